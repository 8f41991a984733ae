-- What a pattern is tried with. A row holds for its version and those after it, until there is a later row.
CREATE TABLE asset_tests (
    organization_id uuid        NOT NULL,
    asset_id        uuid        NOT NULL REFERENCES assets,
    revision        integer     NOT NULL CHECK (revision > 0),
    since_version   integer     NOT NULL CHECK (since_version > 0),
    content         text        NOT NULL,
    author          text        NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (asset_id, revision)
);

-- What came of trying.
CREATE TABLE asset_test_runs (
    id              uuid        PRIMARY KEY,
    organization_id uuid        NOT NULL,
    asset_id        uuid        NOT NULL REFERENCES assets,
    version         integer     NOT NULL,
    revision        integer     NOT NULL,
    model           text        NOT NULL,
    passed          integer     NOT NULL,
    failed          integer     NOT NULL,
    cost_micro_usd  bigint      NOT NULL,
    results         text        NOT NULL,
    run_by          text        NOT NULL,
    run_at          timestamptz NOT NULL
);
CREATE INDEX asset_test_runs_by_asset ON asset_test_runs (asset_id, version, run_at DESC);
REVOKE UPDATE, DELETE, TRUNCATE ON asset_tests, asset_test_runs FROM gantry_app;

ALTER TABLE asset_tests     ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_tests     FORCE  ROW LEVEL SECURITY;
ALTER TABLE asset_test_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_test_runs FORCE  ROW LEVEL SECURITY;

CREATE POLICY tenant ON asset_tests     USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON asset_test_runs USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
