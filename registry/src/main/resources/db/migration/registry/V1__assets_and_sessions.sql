-- Patterns, contexts and strategies. A row here is a name with a copy of what lists need of its current version; it stays
-- when the asset is deleted, so that a name that is used again goes on counting its versions.
CREATE TABLE assets (
    id              uuid        PRIMARY KEY,
    organization_id uuid        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('pattern', 'context', 'strategy')),
    namespace       text        COLLATE "C" NOT NULL,
    path            text        COLLATE "C" NOT NULL,
    version         integer     NOT NULL CHECK (version >= 0),
    content_hash    text        NOT NULL,
    description     text        NOT NULL,
    tags            text[]      NOT NULL,
    author          text        NOT NULL,
    search          tsvector    NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    deleted_at      timestamptz,
    -- No index on "search": row-level security lets no operator but leakproof ones use an index, and @@ is not one.
    UNIQUE (organization_id, kind, namespace, path)
);

-- Every text that an asset ever had.
CREATE TABLE asset_versions (
    organization_id uuid        NOT NULL,
    asset_id        uuid        NOT NULL REFERENCES assets,
    version         integer     NOT NULL CHECK (version > 0),
    content         text        NOT NULL,
    content_hash    text        NOT NULL,
    description     text        NOT NULL,
    tags            text[]      NOT NULL,
    author_id       uuid        NOT NULL,
    author          text        NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (asset_id, version)
);

-- Versions are immutable, names are never forgotten.
REVOKE UPDATE, DELETE, TRUNCATE ON asset_versions FROM gantry_app;
REVOKE DELETE, TRUNCATE ON assets FROM gantry_app;

-- What an asset is found by. English stemming leaves words of other languages as they are.
CREATE FUNCTION asset_search(path text, description text, tags text[], content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT setweight(to_tsvector('pg_catalog.english', translate(path, '_-/.', '    ')), 'A')
            || setweight(to_tsvector('pg_catalog.english', array_to_string(tags, ' ')), 'A')
            || setweight(to_tsvector('pg_catalog.english', description), 'B')
            || setweight(to_tsvector('pg_catalog.english', left(content, 50000)), 'D')
    $$;

-- Conversations that go on over several executions. A session is its owner's alone.
CREATE TABLE sessions (
    id              uuid        PRIMARY KEY,
    organization_id uuid        NOT NULL,
    owner_id        uuid        NOT NULL,
    name            text        COLLATE "C" NOT NULL,
    last_sequence   bigint      NOT NULL,
    message_count   integer     NOT NULL,
    character_count bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    UNIQUE (organization_id, owner_id, name)
);

-- The text is encrypted with a key of the organization.
CREATE TABLE session_messages (
    organization_id uuid        NOT NULL,
    session_id      uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    sequence        bigint      NOT NULL,
    role            text        NOT NULL CHECK (role IN ('user', 'assistant')),
    sealed          bytea       NOT NULL,
    character_count integer     NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (session_id, sequence)
);

ALTER TABLE assets           ENABLE ROW LEVEL SECURITY;
ALTER TABLE assets           FORCE  ROW LEVEL SECURITY;
ALTER TABLE asset_versions   ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_versions   FORCE  ROW LEVEL SECURITY;
ALTER TABLE sessions         ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions         FORCE  ROW LEVEL SECURITY;
ALTER TABLE session_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_messages FORCE  ROW LEVEL SECURITY;

CREATE POLICY tenant ON assets           USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON asset_versions   USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON sessions         USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON session_messages USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
