-- Many requests that were handed in at once. A request's body and reply lie here sealed; a body is erased when its request
-- is over.
CREATE TABLE batches (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    name            text,
    principal_id    uuid        NOT NULL,
    principal       text        NOT NULL,
    key_id          uuid,
    -- what the submitter wished of the way of all its requests
    wishes          jsonb       NOT NULL,
    state           text        NOT NULL CHECK (state IN ('running', 'cancelling', 'finished')),
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    finished_at     timestamptz,
    total           integer     NOT NULL,
    succeeded       integer     NOT NULL DEFAULT 0,
    failed          integer     NOT NULL DEFAULT 0,
    cancelled       integer     NOT NULL DEFAULT 0,
    expired         integer     NOT NULL DEFAULT 0,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX batches_newest ON batches (organization_id, created_at DESC, id DESC);
CREATE INDEX batches_open ON batches (organization_id) WHERE state <> 'finished';

ALTER TABLE batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE batches FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON batches
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

-- The durable tasks that work on a batch side by side.
CREATE TABLE batch_runners (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    batch_id        uuid NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES batches ON DELETE CASCADE
);
CREATE INDEX batch_runners_batch ON batch_runners (organization_id, batch_id);

ALTER TABLE batch_runners ENABLE ROW LEVEL SECURITY;
ALTER TABLE batch_runners FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON batch_runners
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

CREATE TABLE batch_items (
    organization_id uuid        NOT NULL,
    batch_id        uuid        NOT NULL,
    number          integer     NOT NULL,
    custom_id       text        NOT NULL,
    endpoint        text        NOT NULL,
    state           text        NOT NULL
        CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'cancelled', 'expired')),
    sealed_body     bytea,
    attempts        integer     NOT NULL DEFAULT 0,
    not_before      timestamptz NOT NULL,
    -- who works on it, and under which id and time its line of the ledger is written, however often it is begun
    runner          uuid,
    execution_id    uuid,
    started_at      timestamptz,
    finished_at     timestamptz,
    status          integer,
    request_id      text,
    sealed_reply    bytea,
    PRIMARY KEY (organization_id, batch_id, number),
    UNIQUE (organization_id, batch_id, custom_id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES batches ON DELETE CASCADE
);
CREATE INDEX batch_items_waiting ON batch_items (organization_id, batch_id, number) WHERE state = 'waiting';
CREATE INDEX batch_items_running ON batch_items (organization_id, runner) WHERE state = 'running';

ALTER TABLE batch_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE batch_items FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON batch_items
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
