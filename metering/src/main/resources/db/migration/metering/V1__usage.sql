-- The ledger: one row for every call to a model, written once. Amounts are in micro-dollars.
CREATE TABLE usage (
    organization_id    uuid        NOT NULL,
    occurred_at        timestamptz NOT NULL,
    id                 uuid        NOT NULL,
    team               text COLLATE "C",
    project            text COLLATE "C",
    principal_id       uuid        NOT NULL,
    principal          text COLLATE "C" NOT NULL,
    key_id             uuid,
    pattern            text COLLATE "C",
    pattern_version    integer,
    model              text COLLATE "C" NOT NULL,
    provider           text COLLATE "C" NOT NULL,
    input_tokens       bigint      NOT NULL,
    output_tokens      bigint      NOT NULL,
    cache_read_tokens  bigint      NOT NULL,
    cache_write_tokens bigint      NOT NULL,
    reasoning_tokens   bigint      NOT NULL,
    estimated          boolean     NOT NULL,
    cost_micro_usd     bigint      NOT NULL,
    endpoint           text COLLATE "C" NOT NULL,
    status             text COLLATE "C" NOT NULL,
    duration_ms        bigint      NOT NULL,
    request_id         text COLLATE "C" NOT NULL,
    -- The only index, so that writing stays cheap: rows arrive in its order, and every question names a period.
    PRIMARY KEY (organization_id, occurred_at, id)
);

ALTER TABLE usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage FORCE ROW LEVEL SECURITY;

-- The subquery makes PostgreSQL ask for the organization once per statement instead of once per row.
CREATE POLICY usage_read ON usage FOR SELECT
    USING (organization_id = (SELECT gantry_organization()));
CREATE POLICY usage_add ON usage FOR INSERT
    WITH CHECK (organization_id = (SELECT gantry_organization()));

REVOKE UPDATE, DELETE, TRUNCATE ON usage FROM gantry_app;

CREATE FUNCTION usage_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'Lines of the ledger are never changed or deleted' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER usage_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON usage
    FOR EACH STATEMENT EXECUTE FUNCTION usage_refuse_change();
