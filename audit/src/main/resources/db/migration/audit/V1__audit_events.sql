-- Events are rows that are written once. The text of `event` is the event's canonical JSON, character for character, since
-- that is what a proof will cover; json types would rewrite it. The other columns repeat parts of it for the search.
CREATE TABLE audit_events (
    organization_id uuid        NOT NULL,
    occurred_at     timestamptz NOT NULL,
    id              uuid        NOT NULL,
    event_type      text COLLATE "C" NOT NULL,
    actor           text COLLATE "C",
    resource        text COLLATE "C" NOT NULL,
    team            text COLLATE "C",
    result          text COLLATE "C" NOT NULL,
    request_id      text COLLATE "C",
    event           text COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, occurred_at, id)
);

ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;

-- Only reading and adding have a policy, so that nothing else is possible even with the privilege. The subquery makes
-- PostgreSQL ask for the organization once per statement instead of once per row.
CREATE POLICY audit_events_read ON audit_events FOR SELECT
    USING (organization_id = (SELECT gantry_organization()));
CREATE POLICY audit_events_add ON audit_events FOR INSERT
    WITH CHECK (organization_id = (SELECT gantry_organization()));

REVOKE UPDATE, DELETE, TRUNCATE ON audit_events FROM gantry_app;

-- Row-level security and privileges do not bind a superuser; a trigger does, unless it is removed first.
CREATE FUNCTION audit_events_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'Audit events are never changed or deleted' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_events_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse_change();
