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

-- Null for a run whose workflow the registry keeps. No index on runs is built in this transaction: while that takes its time, nodes
-- that are at work would hold what the column needs, and the migration would be ended as the victim of a deadlock.
ALTER TABLE runs ADD COLUMN definition text;
