-- The runs of a team, the newest first.
CREATE INDEX runs_by_team ON runs (organization_id, team, created_at DESC, id DESC) WHERE team IS NOT NULL;

-- Texts of workflows that no registry keeps, by their SHA-256: a run goes on with the text that it was started with, also when
-- the next version of the product brings another.
CREATE TABLE run_definitions (
    organization_id uuid NOT NULL,
    hash            text COLLATE "C" NOT NULL,
    content         text NOT NULL,
    PRIMARY KEY (organization_id, hash)
);

ALTER TABLE run_definitions ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_definitions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_definitions
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

-- Null for a run whose workflow the registry keeps.
ALTER TABLE runs ADD COLUMN definition text;
