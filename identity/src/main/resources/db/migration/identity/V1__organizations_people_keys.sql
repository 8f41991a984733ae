-- Who there is and what they may do. Every table carries the organization in its foreign keys, so that a row can never
-- refer to another tenant's, and forces row-level security.

CREATE TABLE organizations (
    organization_id uuid PRIMARY KEY,
    name            text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 63),
    created_at      timestamptz NOT NULL
);

CREATE TABLE teams (
    team_id         uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 63),
    description     text NOT NULL CHECK (length(description) <= 500),
    active          boolean NOT NULL,
    created_at      timestamptz NOT NULL,
    UNIQUE (organization_id, name),
    UNIQUE (organization_id, team_id)
);

-- Users are named by their e-mail address, service accounts by a name without '@'; both in lower case.
CREATE TABLE principals (
    principal_id    uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    kind            text NOT NULL CHECK (kind IN ('user', 'service_account')),
    name            text NOT NULL CHECK (name = lower(name) AND length(name) BETWEEN 1 AND 254),
    display_name    text NOT NULL CHECK (length(display_name) <= 200),
    active          boolean NOT NULL,
    created_at      timestamptz NOT NULL,
    UNIQUE (organization_id, name),
    UNIQUE (organization_id, principal_id),
    CHECK ((kind = 'user') = (position('@' IN name) > 0))
);

CREATE TABLE memberships (
    organization_id uuid NOT NULL,
    team_id         uuid NOT NULL,
    principal_id    uuid NOT NULL,
    joined_at       timestamptz NOT NULL,
    PRIMARY KEY (organization_id, principal_id, team_id),
    FOREIGN KEY (organization_id, team_id) REFERENCES teams (organization_id, team_id),
    FOREIGN KEY (organization_id, principal_id) REFERENCES principals (organization_id, principal_id)
);
CREATE INDEX memberships_by_team ON memberships (organization_id, team_id, principal_id);

CREATE TABLE groups (
    group_id        uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    description     text NOT NULL CHECK (length(description) <= 500),
    created_at      timestamptz NOT NULL,
    UNIQUE (organization_id, name),
    UNIQUE (organization_id, group_id)
);

CREATE TABLE group_members (
    organization_id uuid NOT NULL,
    group_id        uuid NOT NULL,
    principal_id    uuid NOT NULL,
    joined_at       timestamptz NOT NULL,
    PRIMARY KEY (organization_id, principal_id, group_id),
    FOREIGN KEY (organization_id, group_id) REFERENCES groups (organization_id, group_id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, principal_id) REFERENCES principals (organization_id, principal_id)
);
CREATE INDEX group_members_by_group ON group_members (organization_id, group_id, principal_id);

-- Roles that were made through the API; those of the configuration and the built-in ones have no row.
CREATE TABLE roles (
    role_id         uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 63),
    description     text NOT NULL CHECK (length(description) <= 500),
    permissions     text[] NOT NULL CHECK (cardinality(permissions) <= 1000),
    created_at      timestamptz NOT NULL,
    UNIQUE (organization_id, name)
);

-- The role is a name and not a reference, because it may be one of the configuration.
CREATE TABLE role_assignments (
    assignment_id   uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    role            text NOT NULL CHECK (length(role) BETWEEN 1 AND 63),
    principal_id    uuid,
    group_id        uuid,
    assigned_by     uuid,
    created_at      timestamptz NOT NULL,
    FOREIGN KEY (organization_id, principal_id) REFERENCES principals (organization_id, principal_id),
    FOREIGN KEY (organization_id, group_id) REFERENCES groups (organization_id, group_id) ON DELETE CASCADE,
    CHECK (num_nonnulls(principal_id, group_id) = 1)
);
CREATE UNIQUE INDEX role_assignments_of_principal ON role_assignments (organization_id, principal_id, role)
    WHERE principal_id IS NOT NULL;
CREATE UNIQUE INDEX role_assignments_of_group ON role_assignments (organization_id, group_id, role)
    WHERE group_id IS NOT NULL;
CREATE INDEX role_assignments_of_role ON role_assignments (organization_id, role);

-- permissions is null for a key that may do all that its owner may.
CREATE TABLE api_keys (
    key_id          uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    prefix          text NOT NULL UNIQUE CHECK (length(prefix) = 10),
    principal_id    uuid NOT NULL,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    team_id         uuid,
    project         text CHECK (length(project) BETWEEN 1 AND 63),
    permissions     text[] CHECK (cardinality(permissions) BETWEEN 1 AND 1000),
    created_by      uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz,
    revoked_at      timestamptz,
    last_used_at    timestamptz,
    UNIQUE (organization_id, key_id),
    FOREIGN KEY (organization_id, principal_id) REFERENCES principals (organization_id, principal_id),
    FOREIGN KEY (organization_id, team_id) REFERENCES teams (organization_id, team_id)
);
CREATE INDEX api_keys_of_principal ON api_keys (organization_id, principal_id, key_id);

-- SHA-256 is enough for secrets of 256 random bits; there is nothing to guess. A retired secret stays as history.
CREATE TABLE key_secrets (
    secret_id       uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    key_id          uuid NOT NULL,
    prefix          text NOT NULL,
    hash            bytea NOT NULL CHECK (length(hash) = 32),
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz,
    retired_at      timestamptz,
    FOREIGN KEY (organization_id, key_id) REFERENCES api_keys (organization_id, key_id)
);
CREATE INDEX key_secrets_of_key ON key_secrets (organization_id, key_id);
CREATE INDEX key_secrets_by_prefix ON key_secrets (prefix) WHERE retired_at IS NULL;

DO $$
DECLARE
    each text;
BEGIN
    FOREACH each IN ARRAY ARRAY['organizations', 'teams', 'principals', 'memberships', 'groups', 'group_members',
                                'roles', 'role_assignments', 'api_keys', 'key_secrets']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', each);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', each);
        EXECUTE format('CREATE POLICY tenant ON %I USING (organization_id = gantry_organization()) '
                       'WITH CHECK (organization_id = gantry_organization())', each);
    END LOOP;
END $$;

-- A request that arrives with a key has no tenant yet. Whoever names a prefix sees that one key, and nothing else.
CREATE POLICY presented_key ON api_keys FOR SELECT
    USING (prefix = nullif(current_setting('gantry.key_prefix', true), ''));
CREATE POLICY presented_key ON key_secrets FOR SELECT
    USING (prefix = nullif(current_setting('gantry.key_prefix', true), ''));

-- The first start has to find out whether its organization exists.
CREATE POLICY named_organization ON organizations FOR SELECT
    USING (name = nullif(current_setting('gantry.organization_name', true), ''));
