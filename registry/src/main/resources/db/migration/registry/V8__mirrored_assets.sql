-- The mirror that keeps an asset as it is in another registry, which nobody else changes; null for one that is kept here.
ALTER TABLE assets ADD COLUMN mirror text COLLATE "C";
CREATE INDEX assets_by_mirror ON assets (organization_id, mirror) WHERE mirror IS NOT NULL;

-- Where versions come from that were written in another registry.
CREATE TABLE asset_origins (
    organization_id  uuid        NOT NULL,
    asset_id         uuid        NOT NULL REFERENCES assets,
    version          integer     NOT NULL,
    mirror           text        COLLATE "C" NOT NULL,
    upstream         text        NOT NULL,
    upstream_version integer     NOT NULL,
    author           text        NOT NULL,
    created_at       timestamptz NOT NULL,
    PRIMARY KEY (asset_id, version)
);
REVOKE UPDATE, DELETE, TRUNCATE ON asset_origins FROM gantry_app;

ALTER TABLE asset_origins ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_origins FORCE  ROW LEVEL SECURITY;
CREATE POLICY tenant ON asset_origins USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
