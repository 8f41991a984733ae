-- What an organization asks of versions: for one namespace, for all of teams and shared ('*'), or for all of users ('~').
CREATE TABLE review_policies (
    organization_id  uuid        NOT NULL,
    namespace        text        COLLATE "C" NOT NULL,
    required_reviews integer     NOT NULL CHECK (required_reviews BETWEEN 1 AND 20),
    reviewers        text[]      NOT NULL,
    require_approved boolean     NOT NULL,
    protected_labels text[]      NOT NULL,
    updated_by       text        NOT NULL,
    updated_at       timestamptz NOT NULL,
    PRIMARY KEY (organization_id, namespace)
);

CREATE TABLE reviews (
    id              uuid        PRIMARY KEY,
    organization_id uuid        NOT NULL,
    asset_id        uuid        NOT NULL REFERENCES assets,
    version         integer     NOT NULL,
    base_version    integer,
    state           text        NOT NULL CHECK (state IN ('open', 'published', 'overridden', 'withdrawn', 'superseded')),
    message         text        NOT NULL,
    submitter_id    uuid        NOT NULL,
    submitter       text        NOT NULL,
    submitted_at    timestamptz NOT NULL,
    closed_by       text,
    closed_at       timestamptz,
    reason          text,
    checks          text        NOT NULL
);
CREATE UNIQUE INDEX reviews_open ON reviews (asset_id) WHERE state = 'open';
CREATE INDEX reviews_by_time ON reviews (organization_id, submitted_at DESC, id DESC);

CREATE TABLE review_entries (
    id              uuid        PRIMARY KEY,
    organization_id uuid        NOT NULL,
    review_id       uuid        NOT NULL REFERENCES reviews,
    reviewer_id     uuid        NOT NULL,
    reviewer        text        NOT NULL,
    verdict         text        NOT NULL CHECK (verdict IN ('approve', 'request_changes', 'comment')),
    body            text        NOT NULL,
    lines           text        NOT NULL,
    created_at      timestamptz NOT NULL,
    withdrawn_at    timestamptz
);
CREATE INDEX review_entries_by_review ON review_entries (review_id, id);

-- Versions that may run where only approved ones may. An approval is never taken back or changed.
CREATE TABLE asset_approvals (
    organization_id uuid        NOT NULL,
    asset_id        uuid        NOT NULL REFERENCES assets,
    version         integer     NOT NULL,
    review_id       uuid        NOT NULL REFERENCES reviews,
    approved_by     text[]      NOT NULL,
    override_reason text,
    approved_at     timestamptz NOT NULL,
    PRIMARY KEY (asset_id, version)
);
REVOKE UPDATE, DELETE, TRUNCATE ON asset_approvals FROM gantry_app;
REVOKE DELETE, TRUNCATE ON reviews, review_entries FROM gantry_app;

ALTER TABLE review_policies ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_policies FORCE  ROW LEVEL SECURITY;
ALTER TABLE reviews         ENABLE ROW LEVEL SECURITY;
ALTER TABLE reviews         FORCE  ROW LEVEL SECURITY;
ALTER TABLE review_entries  ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_entries  FORCE  ROW LEVEL SECURITY;
ALTER TABLE asset_approvals ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_approvals FORCE  ROW LEVEL SECURITY;

CREATE POLICY tenant ON review_policies USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON reviews         USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON review_entries  USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON asset_approvals USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
