CREATE TABLE samples (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    number int NOT NULL CHECK (number >= 0)
);

ALTER TABLE samples ENABLE ROW LEVEL SECURITY;
ALTER TABLE samples FORCE ROW LEVEL SECURITY;
CREATE POLICY organization ON samples
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
