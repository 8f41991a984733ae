-- A deleted user gives up the name. It is remembered, so that nobody becomes that user again by merely signing in at a
-- provider whose tokens live on.
ALTER TABLE provisioned ADD COLUMN former_name text CHECK (length(former_name) <= 254);
CREATE INDEX provisioned_by_former_name ON provisioned (organization_id, former_name) WHERE former_name IS NOT NULL;
