-- What of the assets somebody else has who keeps a copy of them, such as a git repository that they are exported to. A row is
-- written when the copy has been made, so that after a crash a change is looked at again and never forgotten.
CREATE TABLE asset_copies (
    organization_id uuid    NOT NULL,
    holder          text    COLLATE "C" NOT NULL,
    asset_id        uuid    NOT NULL REFERENCES assets,
    version         integer NOT NULL,
    removed         boolean NOT NULL,
    PRIMARY KEY (organization_id, holder, asset_id)
);

ALTER TABLE asset_copies ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_copies FORCE  ROW LEVEL SECURITY;
CREATE POLICY tenant ON asset_copies USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
