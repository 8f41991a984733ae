-- How much of each named quota an organization uses: one row for each, changed in the transaction of what it counts.
CREATE TABLE quota_usage (
    organization_id uuid   NOT NULL,
    quota           text   NOT NULL,
    used            bigint NOT NULL CHECK (used >= 0),
    PRIMARY KEY (organization_id, quota)
);

ALTER TABLE quota_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE quota_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON quota_usage
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

-- What is in use at the same time: one row for each use, which stops counting when nobody renews it.
CREATE TABLE quota_leases (
    organization_id uuid        NOT NULL,
    quota           text        NOT NULL,
    lease           uuid        NOT NULL,
    ends_at         timestamptz NOT NULL,
    PRIMARY KEY (organization_id, quota, lease)
);

ALTER TABLE quota_leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE quota_leases FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON quota_leases
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
