-- A suspended organization's keys do not work; a closed one is suspended for good. What it wrote stays.
ALTER TABLE organizations
    ADD COLUMN status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'closed')),
    ADD COLUMN status_since timestamptz NOT NULL DEFAULT now();

-- Who runs the installation lists its tenants: their names and states, and nothing that is theirs.
CREATE POLICY platform ON organizations FOR SELECT
    USING (current_setting('gantry.platform', true) = 'on');

-- The name of an organization must not come to mean another one.
REVOKE DELETE ON organizations FROM gantry_app;
