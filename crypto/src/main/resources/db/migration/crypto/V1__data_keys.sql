-- The keys that encrypt an organization's secrets, each wrapped by a master key that is not in the database.
CREATE TABLE data_keys (
    organization_id uuid NOT NULL,
    version int NOT NULL CHECK (version > 0),
    master_key_id text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, version)
);

ALTER TABLE data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE data_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY organization ON data_keys
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

-- A lost data key is lost data.
REVOKE DELETE ON data_keys FROM gantry_app;
