-- The tenant of the running transaction, as set by the application; null outside of one. Every policy of row-level
-- security compares with it.
CREATE FUNCTION gantry_organization() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('gantry.organization', true), '')::uuid $$;

-- What the owner makes from here on, the application may read and write, and no more.
GRANT USAGE ON SCHEMA gantry TO gantry_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA gantry GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gantry_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA gantry GRANT USAGE ON SEQUENCES TO gantry_app;
