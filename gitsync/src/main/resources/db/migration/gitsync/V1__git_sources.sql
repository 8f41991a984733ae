-- What became of each repository that assets are taken from. A row per source of the configuration.
CREATE TABLE git_sources (
    organization_id uuid        NOT NULL,
    source          text        NOT NULL,
    -- the task that looks at the repository; another one after every start of a node
    task_id         uuid        NOT NULL,
    -- the commit whose files the registry has; empty before the first
    commit_id       text        NOT NULL,
    -- what of the settings decides which files mean what: when it changes, every file is looked at again
    settings_hash   text        NOT NULL,
    synced_at       timestamptz,
    tried_commit    text        NOT NULL,
    tried_at        timestamptz,
    state           text        NOT NULL CHECK (state IN ('new', 'synced', 'broken', 'unreachable')),
    problem         text        NOT NULL,
    findings        jsonb       NOT NULL,
    finding_count   integer     NOT NULL,
    asset_count     integer     NOT NULL,
    wanted_at       timestamptz,
    PRIMARY KEY (organization_id, source)
);

-- The files of the last good commit that are assets.
CREATE TABLE git_files (
    organization_id uuid        NOT NULL,
    source          text        NOT NULL,
    path            text        COLLATE "C" NOT NULL,
    blob_id         text        NOT NULL,
    kind            text        NOT NULL,
    namespace       text        COLLATE "C" NOT NULL,
    name            text        COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, source, path),
    -- One place says what an asset is.
    UNIQUE (organization_id, kind, namespace, name) DEFERRABLE INITIALLY DEFERRED
);

ALTER TABLE git_sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE git_sources FORCE  ROW LEVEL SECURITY;
ALTER TABLE git_files   ENABLE ROW LEVEL SECURITY;
ALTER TABLE git_files   FORCE  ROW LEVEL SECURITY;

CREATE POLICY tenant ON git_sources USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON git_files   USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
