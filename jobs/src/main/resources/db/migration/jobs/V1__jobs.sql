-- What is to be done, and when, and who does it at the moment: the table of db-scheduler. It belongs to no organization,
-- since a node looks for work of all of them; so it holds nothing of theirs but identifiers. Whatever a task is about lies
-- in tables that are bound by row-level security, and is read there on behalf of the organization whose id the task carries.
CREATE TABLE job_tasks (
    task_name            text        NOT NULL,
    -- <organization>/<id>; an id is never used twice, so that a version means one thing only
    task_instance        text        NOT NULL,
    task_data            bytea,
    execution_time       timestamptz NOT NULL,
    picked               boolean     NOT NULL,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    -- rises with every change of who has the task: the fencing number of whoever has it
    version              bigint      NOT NULL,
    priority             smallint    NOT NULL DEFAULT 50,
    tenant               uuid        NOT NULL GENERATED ALWAYS AS (left(task_instance, 36)::uuid) STORED,
    PRIMARY KEY (task_name, task_instance)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- One lane for each tenant and priority, so that a poll takes from every lane without reading the others.
CREATE INDEX job_tasks_lane ON job_tasks (tenant, priority DESC, execution_time) WHERE NOT picked;
CREATE INDEX job_tasks_due ON job_tasks (execution_time) WHERE NOT picked;
CREATE INDEX job_tasks_alive ON job_tasks (last_heartbeat) WHERE picked;

CREATE TABLE jobs (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    -- the task that does it; another one when it is revived
    task            uuid        NOT NULL,
    kind            text        NOT NULL,
    -- what the caller names the job, so that it is accepted once
    key             text,
    state           text        NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead', 'cancelled')),
    priority        smallint    NOT NULL,
    payload         jsonb       NOT NULL,
    attempts        integer     NOT NULL DEFAULT 0,
    attempts_max    integer     NOT NULL,
    progress        smallint    NOT NULL DEFAULT 0,
    reason          text,
    result          jsonb,
    created_at      timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    started_at      timestamptz,
    finished_at     timestamptz,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX jobs_key ON jobs (organization_id, kind, key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX jobs_task ON jobs (organization_id, task);
CREATE INDEX jobs_newest ON jobs (organization_id, created_at DESC, id DESC);
CREATE INDEX jobs_finished ON jobs (organization_id, finished_at) WHERE finished_at IS NOT NULL;

ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON jobs
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

CREATE TABLE job_schedules (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    kind            text        NOT NULL,
    name            text        NOT NULL,
    cron            text        NOT NULL,
    zone            text        NOT NULL,
    missed          text        NOT NULL CHECK (missed IN ('skip', 'once', 'all')),
    enabled         boolean     NOT NULL,
    payload         jsonb       NOT NULL,
    next_at         timestamptz,
    fired_at        timestamptz,
    fired           bigint      NOT NULL DEFAULT 0,
    problem         text,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, kind, name)
);

ALTER TABLE job_schedules ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_schedules FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON job_schedules
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
