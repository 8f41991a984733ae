-- What became of each repository that the registry is exported to. A row per export of the configuration.
CREATE TABLE git_exports (
    organization_id uuid        NOT NULL,
    export          text        NOT NULL,
    -- the task that looks for changes; another one after every start of a node
    task_id         uuid        NOT NULL,
    -- the newest commit that was pushed, or found to have been; empty before the first
    commit_id       text        NOT NULL,
    exported_at     timestamptz,
    tried_at        timestamptz,
    state           text        NOT NULL CHECK (state IN ('new', 'exported', 'refused', 'unreachable')),
    problem         text        NOT NULL,
    wanted_at       timestamptz,
    PRIMARY KEY (organization_id, export)
);

ALTER TABLE git_exports ENABLE ROW LEVEL SECURITY;
ALTER TABLE git_exports FORCE  ROW LEVEL SECURITY;
CREATE POLICY tenant ON git_exports USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
