-- Which principal somebody of an identity provider is, and which memberships came from there and go with it.
CREATE TABLE external_accounts (
    organization_id uuid NOT NULL,
    provider        text NOT NULL CHECK (length(provider) BETWEEN 1 AND 63),
    subject         text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    principal_id    uuid NOT NULL,
    groups          text[] NOT NULL,
    teams           text[] NOT NULL,
    PRIMARY KEY (organization_id, provider, subject),
    UNIQUE (organization_id, provider, principal_id),
    FOREIGN KEY (organization_id, principal_id) REFERENCES principals (organization_id, principal_id)
);
ALTER TABLE external_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE external_accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON external_accounts USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

-- The provider's own name of a session, by which it ends it.
ALTER TABLE signin_sessions ADD COLUMN provider_session text CHECK (length(provider_session) <= 255);
CREATE INDEX signin_sessions_of_provider ON signin_sessions (organization_id, provider, provider_session)
    WHERE provider_session IS NOT NULL;
