-- A run of a workflow is a state machine over rows: nothing is replayed, and what waits is a row.
CREATE TABLE runs (
    organization_id  uuid        NOT NULL,
    id               uuid        NOT NULL,
    workflow         text        NOT NULL,
    -- of the registry; a run goes on with the version that it was started with
    version          integer     NOT NULL,
    state            text        NOT NULL CHECK (state IN
        ('queued', 'running', 'paused', 'failing', 'cancelling', 'succeeded', 'failed', 'cancelled')),
    principal        uuid        NOT NULL,
    principal_name   text        NOT NULL,
    team             text,
    project          text,
    inputs           bytea       NOT NULL,
    outputs          bytea,
    outputs_ref      text,
    error            text,
    token_budget     bigint      NOT NULL,
    tokens_used      bigint      NOT NULL DEFAULT 0,
    tokens_reserved  bigint      NOT NULL DEFAULT 0,
    cost_micro_usd   bigint      NOT NULL DEFAULT 0,
    -- tasks that work on this run, waiting and running ones, and ready steps that no task has yet
    strands          integer     NOT NULL DEFAULT 0,
    unassigned       integer     NOT NULL DEFAULT 0,
    events           bigint      NOT NULL DEFAULT 0,
    closed           boolean     NOT NULL DEFAULT false,
    deadline_at      timestamptz NOT NULL,
    created_at       timestamptz NOT NULL,
    started_at       timestamptz,
    finished_at      timestamptz,
    parent_run       uuid,
    parent_scope     text,
    parent_step      text,
    depth            smallint    NOT NULL DEFAULT 0,
    idempotency_key  text,
    request_hash     bytea,
    forked_from      uuid,
    concurrency_key  text,
    PRIMARY KEY (organization_id, id)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX runs_idempotency ON runs (organization_id, principal, workflow, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX runs_newest ON runs (organization_id, created_at DESC, id DESC);
CREATE INDEX runs_by_workflow ON runs (organization_id, workflow, created_at DESC, id DESC);
CREATE INDEX runs_by_state ON runs (organization_id, state, created_at DESC, id DESC);
CREATE INDEX runs_active ON runs (organization_id, concurrency_key, created_at)
    WHERE finished_at IS NULL AND concurrency_key IS NOT NULL;
CREATE INDEX runs_finished ON runs (organization_id, finished_at) WHERE finished_at IS NOT NULL;

ALTER TABLE runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE runs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON runs
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

-- One row for each step that has begun, and, with an empty name, for each body of a map, branch or loop.
CREATE TABLE run_steps (
    organization_id uuid        NOT NULL,
    run_id          uuid        NOT NULL,
    -- where the step lies: empty for the workflow itself, review[3] for the fourth item of the map review
    scope           text        NOT NULL,
    step            text        NOT NULL,
    state           text        NOT NULL CHECK (state IN
        ('ready', 'running', 'open', 'waiting', 'done', 'skipped', 'failed', 'cancelled')),
    attempt         integer     NOT NULL DEFAULT 0,
    -- rises with every claim; whoever commits must know it
    fence           bigint      NOT NULL DEFAULT 0,
    strand          uuid,
    timer           uuid,
    child_run       uuid,
    fallback        boolean     NOT NULL DEFAULT false,
    reserved        bigint      NOT NULL DEFAULT 0,
    tokens          bigint      NOT NULL DEFAULT 0,
    cost_micro_usd  bigint      NOT NULL DEFAULT 0,
    error           text,
    output          bytea,
    output_ref      text,
    data            bytea,
    due_at          timestamptz,
    started_at      timestamptz,
    finished_at     timestamptz,
    PRIMARY KEY (organization_id, run_id, scope, step)
) WITH (fillfactor = 70);
CREATE INDEX run_steps_waiting ON run_steps (organization_id, due_at) WHERE state = 'waiting';

ALTER TABLE run_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_steps FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_steps
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

CREATE TABLE run_events (
    organization_id uuid        NOT NULL,
    run_id          uuid        NOT NULL,
    sequence        bigint      NOT NULL,
    at              timestamptz NOT NULL,
    kind            text        NOT NULL,
    step            text        NOT NULL,
    data            jsonb       NOT NULL,
    PRIMARY KEY (organization_id, run_id, sequence)
);

ALTER TABLE run_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_events
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
