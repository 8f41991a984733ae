-- What became of each registry that is mirrored here. A row per mirror of the configuration.
CREATE TABLE mirrors (
    organization_id uuid        NOT NULL,
    mirror          text        NOT NULL,
    -- the task that looks at the other registry; another one after every start of a node
    task_id         uuid        NOT NULL,
    -- the entity tag of what was mirrored last, as a whole; empty when something is missing
    etag            text        NOT NULL,
    -- what of the settings decides which assets mean what: when it changes, everything is looked at again
    settings_hash   text        NOT NULL,
    synced_at       timestamptz,
    tried_at        timestamptz,
    -- since when the looks have not succeeded; null while they do
    failing_since   timestamptz,
    state           text        NOT NULL CHECK (state IN ('new', 'synced', 'incomplete', 'refused', 'unreachable')),
    problem         text        NOT NULL,
    findings        jsonb       NOT NULL,
    finding_count   integer     NOT NULL,
    asset_count     integer     NOT NULL,
    wanted_at       timestamptz,
    PRIMARY KEY (organization_id, mirror)
);

-- The assets that mirrors keep, with what they have of each.
CREATE TABLE mirror_assets (
    organization_id  uuid        NOT NULL,
    kind             text        NOT NULL,
    namespace        text        COLLATE "C" NOT NULL,
    path             text        COLLATE "C" NOT NULL,
    mirror           text        NOT NULL,
    -- the newest version there that is here, and the hash of its text
    upstream_version integer     NOT NULL,
    content_hash     text        NOT NULL,
    -- what is said of the asset besides its text, as a hash
    facts_hash       text        NOT NULL,
    gone             boolean     NOT NULL,
    PRIMARY KEY (organization_id, kind, namespace, path)
);
CREATE INDEX mirror_assets_by_mirror ON mirror_assets (organization_id, mirror);

ALTER TABLE mirrors       ENABLE ROW LEVEL SECURITY;
ALTER TABLE mirrors       FORCE  ROW LEVEL SECURITY;
ALTER TABLE mirror_assets ENABLE ROW LEVEL SECURITY;
ALTER TABLE mirror_assets FORCE  ROW LEVEL SECURITY;

CREATE POLICY tenant ON mirrors       USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON mirror_assets USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
