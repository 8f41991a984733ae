-- What an attempt at a step did before it ended, such as the turns of an agent: the next attempt goes on from there.
CREATE TABLE run_journal (
    organization_id uuid    NOT NULL,
    run_id          uuid    NOT NULL,
    scope           text    NOT NULL,
    step            text    NOT NULL,
    sequence        integer NOT NULL,
    entry           bytea   NOT NULL,
    PRIMARY KEY (organization_id, run_id, scope, step, sequence)
);

ALTER TABLE run_journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_journal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_journal
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

-- Results that later runs may take in place of doing a step.
CREATE TABLE run_cache (
    organization_id uuid        NOT NULL,
    -- SHA-256 over all that decides the result, the team among it
    key             bytea       NOT NULL,
    run_id          uuid        NOT NULL,
    output          bytea       NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, key)
);
CREATE INDEX run_cache_expiry ON run_cache (organization_id, expires_at);

ALTER TABLE run_cache ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_cache FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_cache
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

-- The run whose result a step took.
ALTER TABLE run_steps ADD COLUMN cached_from uuid;
