-- Replies to POST requests that carried an Idempotency-Key, so that a repeated request gets the first reply again.
-- A row without a reply belongs to an attempt that is under way, or that died when its lease has run out.
CREATE TABLE idempotent_requests (
    organization_id uuid        NOT NULL,
    principal_id    uuid        NOT NULL,
    key             text        NOT NULL,
    request_hash    bytea       NOT NULL,
    attempt         uuid        NOT NULL,
    leased_until    timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    sealed_reply    bytea,
    PRIMARY KEY (organization_id, principal_id, key)
);

CREATE INDEX idempotent_requests_expiry ON idempotent_requests (organization_id, expires_at);

ALTER TABLE idempotent_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotent_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON idempotent_requests
    USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
