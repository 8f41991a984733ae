-- What an identity provider that provisions users and groups (SCIM) keeps with them beyond what Gantry itself needs. A
-- resource that it deleted is hidden from it; the user stays, inactive, since the audit log goes on naming them.
CREATE TABLE provisioned (
    organization_id uuid NOT NULL REFERENCES organizations,
    resource_id     uuid NOT NULL,
    external_id     text CHECK (length(external_id) <= 500),
    attributes      jsonb NOT NULL CHECK (length(attributes::text) <= 40000),
    version         bigint NOT NULL,
    updated_at      timestamptz NOT NULL,
    deleted_at      timestamptz,
    PRIMARY KEY (organization_id, resource_id)
);
CREATE INDEX provisioned_by_external_id ON provisioned (organization_id, external_id) WHERE external_id IS NOT NULL;
ALTER TABLE provisioned ENABLE ROW LEVEL SECURITY;
ALTER TABLE provisioned FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON provisioned USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
