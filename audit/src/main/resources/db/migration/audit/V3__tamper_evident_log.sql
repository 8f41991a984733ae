-- The log in the form that docs/audit.md describes. Events of the earlier form are kept aside; the server adds them to the
-- new log when it starts and drops their table. The owner is bound by row-level security too, so it has to be lifted first
-- for the question whether there are any.
ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY;

DO $$
BEGIN
    IF EXISTS (SELECT FROM audit_events) THEN
        ALTER TABLE audit_events RENAME TO audit_events_v1;
        ALTER TABLE audit_events_v1 RENAME CONSTRAINT audit_events_pkey TO audit_events_v1_pkey;
        ALTER TABLE audit_events_v1 FORCE ROW LEVEL SECURITY;
        REVOKE INSERT ON audit_events_v1 FROM gantry_app;
    ELSE
        DROP TABLE audit_events;
    END IF;
END
$$;

-- Row-level security and privileges do not bind a superuser; a trigger does, unless it is removed first.
CREATE FUNCTION audit_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'Rows of the audit log are never changed or deleted' USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Events. `event` is the canonical JSON of the event, byte for byte what its leaf hash covers; the columns after `leaf`
-- repeat parts of it for the search. `recorded_at` is the time of the batch, the same for all its rows, so that a batch
-- never spans two partitions.
CREATE TABLE audit_events (
    organization_id uuid        NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    shard           smallint    NOT NULL,
    batch           bigint      NOT NULL,
    leaf            integer     NOT NULL,
    occurred_at     timestamptz NOT NULL,
    id              uuid        NOT NULL,
    subject         uuid,
    event_type      text COLLATE "C" NOT NULL,
    resource        text COLLATE "C" NOT NULL,
    team            text COLLATE "C",
    result          text COLLATE "C" NOT NULL,
    request_id      text COLLATE "C",
    event           text COLLATE "C" NOT NULL,
    CONSTRAINT audit_events_leaves PRIMARY KEY (organization_id, shard, batch, leaf, recorded_at)
) PARTITION BY RANGE (recorded_at);

-- Every index costs time with each event, and nearly all events are successful answers of models. So the kinds of events and
-- the results are indexed without those: whoever searches for them finds enough at the end of the log anyway.
CREATE INDEX audit_events_in_time ON audit_events (organization_id, occurred_at, id);
CREATE INDEX audit_events_of_request ON audit_events (organization_id, request_id);
CREATE INDEX audit_events_of_subject ON audit_events (organization_id, subject, occurred_at);
CREATE INDEX audit_events_of_type ON audit_events (organization_id, event_type, occurred_at)
    WHERE event_type NOT IN ('model.chat', 'pattern.execute');
CREATE INDEX audit_events_of_result ON audit_events (organization_id, result, occurred_at)
    WHERE result <> 'success';

ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
-- The subquery makes PostgreSQL ask for the organization once per statement instead of once per row.
CREATE POLICY audit_events_read ON audit_events FOR SELECT
    USING (organization_id = (SELECT gantry_organization()));
CREATE POLICY audit_events_add ON audit_events FOR INSERT
    WITH CHECK (organization_id = (SELECT gantry_organization()));
REVOKE UPDATE, DELETE, TRUNCATE ON audit_events FROM gantry_app;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

-- Makes the partition of a month (UTC) unless it is there; for the owner only. Nobody may reach a partition but through the
-- table above. It is attached when it is complete, since that hinders nobody who writes.
CREATE FUNCTION audit_events_make_partition(month date) RETURNS boolean
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
    EXECUTE format('CREATE TABLE gantry.%I (LIKE gantry.audit_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    PERFORM audit_events_protect(name);
    EXECUTE format('ALTER TABLE gantry.audit_events ATTACH PARTITION gantry.%I FOR VALUES FROM (%L) TO (%L)',
                   name, first, next);
    RETURN true;
END
$$;

CREATE FUNCTION audit_events_protect(name text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE gantry.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE gantry.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('REVOKE ALL ON gantry.%I FROM gantry_app', name);
    EXECUTE format('CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gantry.%I
                    FOR EACH STATEMENT EXECUTE FUNCTION gantry.audit_refuse_change()', name);
END
$$;

REVOKE ALL ON FUNCTION audit_events_make_partition(date), audit_events_protect(text) FROM PUBLIC;

-- For a clock that went astray: an event is never refused because its month has no partition yet.
CREATE TABLE audit_events_other PARTITION OF audit_events DEFAULT;
SELECT audit_events_protect('audit_events_other');
SELECT audit_events_make_partition((date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month')::date)
FROM generate_series(0, 3) AS n;

-- Headers of batches: the chain of each organization and shard.
CREATE TABLE audit_batches (
    organization_id uuid        NOT NULL,
    shard           smallint    NOT NULL,
    number          bigint      NOT NULL,
    sequence        bigint      NOT NULL,
    epoch           bigint      NOT NULL,
    recorded_at     timestamptz NOT NULL,
    events          integer     NOT NULL,
    root            bytea       NOT NULL,
    previous        bytea       NOT NULL,
    hash            bytea       NOT NULL,
    PRIMARY KEY (organization_id, shard, number)
);
ALTER TABLE audit_batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_batches FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_batches_read ON audit_batches FOR SELECT
    USING (organization_id = (SELECT gantry_organization()));
CREATE POLICY audit_batches_add ON audit_batches FOR INSERT
    WITH CHECK (organization_id = (SELECT gantry_organization()));
-- Retention deletes headers, as the owner and one organization at a time.
CREATE POLICY audit_batches_expire ON audit_batches FOR DELETE
    USING (organization_id = (SELECT gantry_organization()));
REVOKE UPDATE, DELETE, TRUNCATE ON audit_batches FROM gantry_app;

-- The rest of the log belongs to no organization: it holds hashes, and which organization wrote when.

-- Which chains there are.
CREATE TABLE audit_chains (
    organization_id uuid     NOT NULL,
    shard           smallint NOT NULL,
    PRIMARY KEY (organization_id, shard)
);

-- Hashes of batches in the order of each shard, written with the batch. The key lets no two writers go on from the same
-- place, whatever either of them believes about its lease.
CREATE TABLE audit_inbox (
    shard           smallint NOT NULL,
    sequence        bigint   NOT NULL,
    epoch           bigint   NOT NULL,
    organization_id uuid     NOT NULL,
    hash            bytea    NOT NULL,
    PRIMARY KEY (shard, sequence)
);

-- The log over all shards: its entry at `position` is the header whose hash this is.
CREATE TABLE audit_log (
    position        bigint   NOT NULL PRIMARY KEY,
    shard           smallint NOT NULL,
    sequence        bigint   NOT NULL,
    organization_id uuid     NOT NULL,
    hash            bytea    NOT NULL,
    UNIQUE (shard, sequence)
);

-- Roots of the log's complete subtrees of 256, 65536, … entries, so that a proof reads a few hundred hashes at most.
CREATE TABLE audit_log_nodes (
    level    smallint NOT NULL,
    position bigint   NOT NULL,
    hash     bytea    NOT NULL,
    PRIMARY KEY (level, position)
);

-- Signed checkpoints, with the edge of the tree from which the log goes on.
CREATE TABLE audit_checkpoints (
    size    bigint      NOT NULL PRIMARY KEY,
    made_at timestamptz NOT NULL,
    edge    bytea       NOT NULL,
    note    text COLLATE "C" NOT NULL
);

-- What stands for events that retention removed: for each organization the ends of its chains, and for the log its edge.
CREATE TABLE audit_anchors (
    organization_id uuid        NOT NULL,
    made_at         timestamptz NOT NULL,
    note            text COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, made_at)
);
ALTER TABLE audit_anchors ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_anchors FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_anchors_read ON audit_anchors FOR SELECT
    USING (organization_id = (SELECT gantry_organization()));
CREATE POLICY audit_anchors_add ON audit_anchors FOR INSERT
    WITH CHECK (organization_id = (SELECT gantry_organization()));
CREATE TABLE audit_log_anchors (
    size    bigint      NOT NULL PRIMARY KEY,
    made_at timestamptz NOT NULL,
    note    text COLLATE "C" NOT NULL
);

-- Of the evidence nothing is ever changed, and only the owner removes, when retention says so.
REVOKE UPDATE, DELETE, TRUNCATE ON audit_chains, audit_inbox, audit_log, audit_log_nodes, audit_checkpoints, audit_anchors,
    audit_log_anchors FROM gantry_app;
REVOKE INSERT ON audit_anchors, audit_log_anchors FROM gantry_app;

-- Keys of the people whom events name. `lookup` is a keyed hash of the name; erasing a person removes it and the key.
CREATE TABLE audit_subjects (
    organization_id uuid        NOT NULL,
    subject         uuid        NOT NULL,
    lookup          bytea,
    wrapped_key     bytea,
    created_at      timestamptz NOT NULL DEFAULT now(),
    erased_at       timestamptz,
    PRIMARY KEY (organization_id, subject),
    UNIQUE (organization_id, lookup)
);
ALTER TABLE audit_subjects ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_subjects FORCE ROW LEVEL SECURITY;
CREATE POLICY organization ON audit_subjects
    USING (organization_id = (SELECT gantry_organization()))
    WITH CHECK (organization_id = (SELECT gantry_organization()));
REVOKE UPDATE, DELETE, TRUNCATE ON audit_subjects FROM gantry_app;
GRANT UPDATE (lookup, wrapped_key, erased_at) ON audit_subjects TO gantry_app;

-- How far each sink has come, and which node feeds it.
CREATE TABLE audit_sinks (
    name       text COLLATE "C" NOT NULL PRIMARY KEY,
    position   bigint NOT NULL,
    holder     text,
    held_until timestamptz
);
REVOKE DELETE, TRUNCATE ON audit_sinks FROM gantry_app;
