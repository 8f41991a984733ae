-- How people prove who they are to this installation itself: passwords, second factors, passkeys. Every table forces
-- row-level security and refers to the people of module identity.

-- The hash names its algorithm and its cost (PHC string format).
CREATE TABLE passwords (
    organization_id uuid NOT NULL,
    principal_id    uuid NOT NULL,
    hash            text NOT NULL CHECK (length(hash) <= 300),
    must_change     boolean NOT NULL,
    changed_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, principal_id),
    FOREIGN KEY (organization_id, principal_id) REFERENCES principals (organization_id, principal_id)
);

-- A token with which one may choose a new password, once. At most one for each; the newest counts.
CREATE TABLE password_resets (
    organization_id uuid NOT NULL,
    principal_id    uuid NOT NULL,
    token_hash      bytea NOT NULL CHECK (length(token_hash) = 32),
    issued_by       uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, principal_id),
    FOREIGN KEY (organization_id, principal_id) REFERENCES principals (organization_id, principal_id)
);

-- Failures by subject: an account with an address, an account, an address. Subjects are hashes, so that the table is no
-- list of who exists or of what was mistyped into the field for the name.
CREATE TABLE sign_in_attempts (
    organization_id uuid NOT NULL REFERENCES organizations,
    subject         bytea NOT NULL CHECK (length(subject) = 32),
    attempts        integer NOT NULL CHECK (attempts >= 0),
    since           timestamptz NOT NULL,
    proven_at       timestamptz,
    PRIMARY KEY (organization_id, subject)
);
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (organization_id, since);

-- The secret is sealed by the organization's data key. last_step is the time step of the newest code that was taken.
CREATE TABLE totp_secrets (
    organization_id uuid NOT NULL,
    principal_id    uuid NOT NULL,
    sealed          bytea NOT NULL,
    confirmed_at    timestamptz,
    last_step       bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, principal_id),
    FOREIGN KEY (organization_id, principal_id) REFERENCES principals (organization_id, principal_id)
);

-- A person's codes share one salt, so that checking one costs one computation.
CREATE TABLE recovery_codes (
    organization_id uuid NOT NULL,
    principal_id    uuid NOT NULL,
    number          smallint NOT NULL CHECK (number BETWEEN 1 AND 20),
    hash            text NOT NULL CHECK (length(hash) <= 300),
    created_at      timestamptz NOT NULL,
    used_at         timestamptz,
    PRIMARY KEY (organization_id, principal_id, number),
    FOREIGN KEY (organization_id, principal_id) REFERENCES principals (organization_id, principal_id)
);

CREATE TABLE passkeys (
    passkey_id      uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    principal_id    uuid NOT NULL,
    credential_id   bytea NOT NULL CHECK (length(credential_id) BETWEEN 1 AND 1023),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    credential      bytea NOT NULL CHECK (length(credential) <= 4096),
    sign_count      bigint NOT NULL CHECK (sign_count >= 0),
    backed_up       boolean NOT NULL,
    transports      text[] NOT NULL,
    created_at      timestamptz NOT NULL,
    last_used_at    timestamptz,
    UNIQUE (organization_id, credential_id),
    FOREIGN KEY (organization_id, principal_id) REFERENCES principals (organization_id, principal_id)
);
CREATE INDEX passkeys_of_principal ON passkeys (organization_id, principal_id);

-- Challenges that were answered; each may be once.
CREATE TABLE spent_challenges (
    organization_id uuid NOT NULL REFERENCES organizations,
    challenge_hash  bytea NOT NULL CHECK (length(challenge_hash) = 32),
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, challenge_hash)
);
CREATE INDEX spent_challenges_by_age ON spent_challenges (organization_id, expires_at);

DO $$
DECLARE
    each text;
BEGIN
    FOREACH each IN ARRAY ARRAY['passwords', 'password_resets', 'sign_in_attempts', 'totp_secrets', 'recovery_codes',
                                'passkeys', 'spent_challenges']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', each);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', each);
        EXECUTE format('CREATE POLICY tenant ON %I USING (organization_id = gantry_organization()) '
                       'WITH CHECK (organization_id = gantry_organization())', each);
    END LOOP;
END $$;
