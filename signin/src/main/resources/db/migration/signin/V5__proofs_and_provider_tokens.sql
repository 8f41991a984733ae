-- When whoever opened a session last proved who they are, which at a provider may be long before. Null where nobody knows.
ALTER TABLE signin_sessions ADD COLUMN proven_at timestamptz;

-- Whose account was deleted. The row stays, so that they do not come back by merely signing in, whatever their address is then.
ALTER TABLE external_accounts ADD COLUMN departed boolean NOT NULL DEFAULT false;

-- What a provider of OpenID Connect gave for a session, sealed: with the refresh token it is asked again whether the session still
-- holds, and the ID token tells it who signs out. check_at is when it is asked next.
CREATE TABLE signin_provider_tokens (
    session_id      uuid PRIMARY KEY REFERENCES signin_sessions ON DELETE CASCADE,
    organization_id uuid NOT NULL,
    sealed          bytea NOT NULL CHECK (length(sealed) <= 70000)
);
ALTER TABLE signin_provider_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE signin_provider_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON signin_provider_tokens USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());
ALTER TABLE signin_sessions ADD COLUMN check_at timestamptz;
