-- What starts workflows without a person: a time, a call from outside, an event.
CREATE TABLE triggers (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('schedule', 'webhook', 'event')),
    name            text        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('active', 'paused', 'stopped')),
    -- why it was stopped
    reason          text,
    -- qualified, with a version where one was asked for
    workflow        text        NOT NULL,
    -- on whose rights and account the runs are done
    principal       uuid        NOT NULL,
    key_id          uuid,
    principal_name  text        NOT NULL,
    team            text,
    project         text,
    -- what the workflow is given, and when it is concerned: sealed, since texts of users are in it
    mapping         bytea       NOT NULL,
    -- the name of the event, of those that hear of one
    event           text,
    started         bigint      NOT NULL DEFAULT 0,
    failed          bigint      NOT NULL DEFAULT 0,
    -- failures since the last run
    failed_in_a_row integer     NOT NULL DEFAULT 0,
    problem         text,
    -- how many runs were started within the minute that began then
    window_at       timestamptz,
    window_count    integer     NOT NULL DEFAULT 0,
    last_at         timestamptz,
    last_run        uuid,
    created_at      timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, kind, name)
);
CREATE INDEX triggers_by_event ON triggers (organization_id, event) WHERE event IS NOT NULL AND state = 'active';

-- One row for each run that is to be started, until it is.
CREATE TABLE trigger_firings (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    trigger_id      uuid        NOT NULL,
    -- facts on what happened, sealed
    facts           bytea       NOT NULL,
    chain           smallint    NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX trigger_firings_of ON trigger_firings (organization_id, trigger_id);

-- One row for each event that somebody hears of, until all have.
CREATE TABLE trigger_events (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    event           text        NOT NULL,
    facts           bytea       NOT NULL,
    chain           smallint    NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);

-- The secrets of webhooks, sealed: one, and while it is being exchanged two.
CREATE TABLE trigger_secrets (
    organization_id uuid        NOT NULL,
    trigger_id      uuid        NOT NULL,
    id              uuid        NOT NULL,
    sealed          bytea       NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz,
    PRIMARY KEY (organization_id, trigger_id, id)
);

-- Calls that were accepted, so that the same call starts one run.
CREATE TABLE trigger_deliveries (
    organization_id uuid        NOT NULL,
    trigger_id      uuid        NOT NULL,
    -- of the signed id, where the scheme has one, otherwise of the body
    digest          bytea       NOT NULL,
    run_id          uuid,
    received_at     timestamptz NOT NULL,
    PRIMARY KEY (organization_id, trigger_id, digest)
);
CREATE INDEX trigger_deliveries_age ON trigger_deliveries (organization_id, received_at);

ALTER TABLE triggers           ENABLE ROW LEVEL SECURITY;
ALTER TABLE triggers           FORCE  ROW LEVEL SECURITY;
ALTER TABLE trigger_firings    ENABLE ROW LEVEL SECURITY;
ALTER TABLE trigger_firings    FORCE  ROW LEVEL SECURITY;
ALTER TABLE trigger_events     ENABLE ROW LEVEL SECURITY;
ALTER TABLE trigger_events     FORCE  ROW LEVEL SECURITY;
ALTER TABLE trigger_secrets    ENABLE ROW LEVEL SECURITY;
ALTER TABLE trigger_secrets    FORCE  ROW LEVEL SECURITY;
ALTER TABLE trigger_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE trigger_deliveries FORCE  ROW LEVEL SECURITY;
CREATE POLICY tenant ON triggers
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON trigger_firings
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON trigger_events
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON trigger_secrets
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON trigger_deliveries
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
