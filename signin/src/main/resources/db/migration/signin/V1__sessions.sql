-- Who is signed in. The token itself is not kept; for a moment after it was replaced the one before it is good as well, as
-- other requests of the same browser are under way. csrf_token protects nobody who has not the token too.
CREATE TABLE signin_sessions (
    session_id      uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    principal_id    uuid NOT NULL,
    key_id          uuid,
    provider        text NOT NULL CHECK (length(provider) BETWEEN 1 AND 63),
    token_hash      bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    previous_hash   bytea UNIQUE CHECK (length(previous_hash) = 32),
    previous_until  timestamptz,
    rights_hash     bytea NOT NULL,
    csrf_token      text NOT NULL CHECK (length(csrf_token) BETWEEN 32 AND 64),
    address         text NOT NULL CHECK (length(address) <= 100),
    user_agent      text CHECK (length(user_agent) <= 300),
    created_at      timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    FOREIGN KEY (organization_id, principal_id) REFERENCES principals (organization_id, principal_id),
    FOREIGN KEY (organization_id, key_id) REFERENCES api_keys (organization_id, key_id)
);
CREATE INDEX signin_sessions_of_principal ON signin_sessions (organization_id, principal_id);
CREATE INDEX signin_sessions_ended ON signin_sessions (organization_id, least(idle_expires_at, expires_at));

ALTER TABLE signin_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE signin_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON signin_sessions USING (organization_id = gantry_organization())
    WITH CHECK (organization_id = gantry_organization());

-- A request that arrives with a token has no tenant yet. Whoever has the token sees that one session, and nothing else.
CREATE POLICY presented_session ON signin_sessions FOR SELECT
    USING (token_hash = decode(nullif(current_setting('gantry.session_hash', true), ''), 'hex')
        OR previous_hash = decode(nullif(current_setting('gantry.session_hash', true), ''), 'hex'));
