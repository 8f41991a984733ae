-- V3 kept events of the first form aside. No release ever wrote that form, so nothing moves them: they go.
DROP TABLE IF EXISTS audit_events_v1;
DROP FUNCTION audit_events_refuse_change();

-- Rows of the log are added and never changed, so that vacuuming them only freezes them. By default autovacuum does that again
-- and again while a table grows, beside those who write it. A month is left alone while it is written, and vacuumed once when it
-- is over, unless retention drops it before. The protection against transaction id wraparound stays in force for all.
CREATE OR REPLACE FUNCTION audit_events_make_partition(month date) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
DECLARE
    name text := 'audit_events_' || to_char(month, 'YYYY_MM');
    first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    next timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass('gantry.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE gantry.%I (LIKE gantry.audit_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
                    WITH (autovacuum_vacuum_insert_threshold = -1)', name);
    PERFORM audit_events_protect(name);
    EXECUTE format('ALTER TABLE gantry.audit_events ATTACH PARTITION gantry.%I FOR VALUES FROM (%L) TO (%L)',
                   name, first, next);
    RETURN true;
END
$$;

-- Lets autovacuum have the partitions of months (UTC) before the given one; for the owner only.
CREATE FUNCTION audit_events_close_months(before date) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT relname FROM pg_class
        WHERE relnamespace = 'gantry'::regnamespace AND relispartition AND relkind = 'r'
          AND relname ~ '^audit_events_[0-9]{4}_[0-9]{2}$' AND relname < 'audit_events_' || to_char(before, 'YYYY_MM')
          AND 'autovacuum_vacuum_insert_threshold=-1' = ANY (reloptions)
    LOOP
        EXECUTE format('ALTER TABLE gantry.%I RESET (autovacuum_vacuum_insert_threshold)', name);
    END LOOP;
END
$$;

REVOKE ALL ON FUNCTION audit_events_close_months(date) FROM PUBLIC;

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT relname FROM pg_class
        WHERE relnamespace = 'gantry'::regnamespace AND relispartition AND relkind = 'r'
          AND relname ~ '^audit_events_[0-9]{4}_[0-9]{2}$'
    LOOP
        EXECUTE format('ALTER TABLE gantry.%I SET (autovacuum_vacuum_insert_threshold = -1)', name);
    END LOOP;
END
$$;

-- What stays for ever has no month to wait for: large steps instead of a fifth of the table.
ALTER TABLE audit_batches
    SET (autovacuum_vacuum_insert_threshold = 20000000, autovacuum_vacuum_insert_scale_factor = 0);
ALTER TABLE audit_inbox
    SET (autovacuum_vacuum_insert_threshold = 20000000, autovacuum_vacuum_insert_scale_factor = 0);
ALTER TABLE audit_log
    SET (autovacuum_vacuum_insert_threshold = 20000000, autovacuum_vacuum_insert_scale_factor = 0);
