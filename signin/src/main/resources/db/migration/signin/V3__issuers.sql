-- People are known by their issuer and its subject, not by what the configuration calls the provider: a name that comes to
-- mean another issuer leads nobody into an account. Rows from before go by 'provider:NAME' until their person signs in again.
-- Which memberships came from there is kept with the memberships.
ALTER TABLE external_accounts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE group_members     NO FORCE ROW LEVEL SECURITY;
ALTER TABLE groups            NO FORCE ROW LEVEL SECURITY;
ALTER TABLE memberships       NO FORCE ROW LEVEL SECURITY;
ALTER TABLE teams             NO FORCE ROW LEVEL SECURITY;
ALTER TABLE signin_sessions   NO FORCE ROW LEVEL SECURITY;

ALTER TABLE external_accounts ADD COLUMN issuer text CHECK (length(issuer) BETWEEN 1 AND 500);
UPDATE external_accounts SET issuer = 'provider:' || provider;
UPDATE group_members m SET source = e.issuer
    FROM external_accounts e JOIN groups g ON g.organization_id = e.organization_id AND g.name = ANY (e.groups)
    WHERE m.organization_id = e.organization_id AND m.principal_id = e.principal_id AND m.group_id = g.group_id;
UPDATE memberships m SET source = e.issuer
    FROM external_accounts e JOIN teams t ON t.organization_id = e.organization_id AND t.name = ANY (e.teams)
    WHERE m.organization_id = e.organization_id AND m.principal_id = e.principal_id AND m.team_id = t.team_id;

-- What was applied last: when the provider said it, and a hash of what it said.
ALTER TABLE external_accounts
    ALTER COLUMN issuer SET NOT NULL,
    DROP COLUMN groups,
    DROP COLUMN teams,
    ADD COLUMN stated_at timestamptz,
    ADD COLUMN statement bytea CHECK (length(statement) = 32),
    DROP CONSTRAINT external_accounts_pkey,
    ADD PRIMARY KEY (organization_id, issuer, subject);
CREATE INDEX external_accounts_of_principal ON external_accounts (organization_id, principal_id);

-- A provider's notice that somebody signed out names no organization. It sees the sessions that it may end, nothing else.
-- Sessions from before cannot be found by it, so that their people sign in again.
DROP INDEX signin_sessions_of_provider;
DELETE FROM signin_sessions WHERE provider NOT IN ('api_key', 'password', 'passkey');
ALTER TABLE signin_sessions
    ADD COLUMN issuer text CHECK (length(issuer) BETWEEN 1 AND 500),
    ADD COLUMN subject text CHECK (length(subject) BETWEEN 1 AND 255);
CREATE INDEX signin_sessions_of_subject ON signin_sessions (issuer, subject) WHERE issuer IS NOT NULL;
CREATE INDEX signin_sessions_of_provider ON signin_sessions (issuer, provider_session) WHERE provider_session IS NOT NULL;
CREATE POLICY noticed_session ON signin_sessions FOR SELECT
    USING (issuer = nullif(current_setting('gantry.notice_issuer', true), '')
        AND (provider_session = nullif(current_setting('gantry.notice_session', true), '')
            OR subject = nullif(current_setting('gantry.notice_subject', true), '')));

ALTER TABLE external_accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE group_members     FORCE ROW LEVEL SECURITY;
ALTER TABLE groups            FORCE ROW LEVEL SECURITY;
ALTER TABLE memberships       FORCE ROW LEVEL SECURITY;
ALTER TABLE teams             FORCE ROW LEVEL SECURITY;
ALTER TABLE signin_sessions   FORCE ROW LEVEL SECURITY;

-- What counts once on all nodes together: answers and notices of providers, by hash, until they expire.
CREATE TABLE signin_used (
    what       bytea PRIMARY KEY CHECK (length(what) = 32),
    expires_at timestamptz NOT NULL
);
CREATE INDEX signin_used_expired ON signin_used (expires_at);

-- Failed attempts to sign in by address, on all nodes together. Addresses are hashes.
CREATE TABLE signin_failures (
    address  bytea PRIMARY KEY CHECK (length(address) = 32),
    failures integer NOT NULL,
    since    timestamptz NOT NULL
);
CREATE INDEX signin_failures_by_age ON signin_failures (since);
