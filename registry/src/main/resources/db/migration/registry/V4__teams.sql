-- Who sees an asset besides its namespace's owner and its owners: '*' the organization, a team's name that team, '' nobody.
ALTER TABLE assets
    ADD COLUMN audience            text   COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN owners              text[] NOT NULL DEFAULT '{}',
    ADD COLUMN added_tags          text[] NOT NULL DEFAULT '{}',
    ADD COLUMN approved_version    integer,
    ADD COLUMN deprecated_at       timestamptz,
    ADD COLUMN deprecation_message text,
    ADD COLUMN replacement         text,
    DROP COLUMN search;
DROP FUNCTION asset_search(text, text, text[], text);

-- Names for versions, such as production.
CREATE TABLE asset_labels (
    organization_id uuid        NOT NULL,
    asset_id        uuid        NOT NULL REFERENCES assets,
    label           text        COLLATE "C" NOT NULL,
    version         integer     NOT NULL,
    moved_by        text        NOT NULL,
    moved_at        timestamptz NOT NULL,
    PRIMARY KEY (asset_id, label)
);

-- What an asset was made from. The text is the common ancestor of the next merge: the upstream's as it was last taken over.
CREATE TABLE asset_forks (
    organization_id  uuid        NOT NULL,
    asset_id         uuid        PRIMARY KEY REFERENCES assets,
    upstream         text        NOT NULL,
    upstream_id      uuid,
    upstream_version integer     NOT NULL,
    base_content     text        NOT NULL,
    forked_by        text        NOT NULL,
    forked_at        timestamptz NOT NULL,
    merged_at        timestamptz
);
CREATE INDEX asset_forks_by_upstream ON asset_forks (organization_id, upstream_id);

-- What an asset is found by. A lexeme's first letter says where it is from: n name, t tag, d description, x text; with a colon
-- as second, it is no word but a fact that a search narrows by: o organization, k kind, s namespace, a audience, w owner, g tag.
CREATE TABLE asset_terms (
    organization_id uuid     NOT NULL,
    asset_id        uuid     PRIMARY KEY REFERENCES assets,
    terms           tsvector NOT NULL
);
CREATE INDEX asset_terms_by_term ON asset_terms USING gin (terms) WITH (gin_pending_list_limit = 256);

-- Words of names, tags and descriptions, among which the one is looked for that a misspelt one was meant to be.
CREATE TABLE asset_words (
    organization_id uuid NOT NULL,
    word            text COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, word)
);

ALTER TABLE asset_labels ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_labels FORCE  ROW LEVEL SECURITY;
ALTER TABLE asset_forks  ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_forks  FORCE  ROW LEVEL SECURITY;
ALTER TABLE asset_terms  ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_terms  FORCE  ROW LEVEL SECURITY;
ALTER TABLE asset_words  ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_words  FORCE  ROW LEVEL SECURITY;

CREATE POLICY tenant ON asset_labels USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON asset_forks  USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON asset_terms  USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON asset_words  USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());

-- Where row-level security binds, PostgreSQL looks up no index with the operators of text search, which are not leakproof. So
-- it does not bind the owner on these two tables, and the owner reads them in the two functions below only, which name the
-- organization themselves. What they return are keys: the rows behind them are read under row-level security.
CREATE POLICY searching ON asset_terms FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY searching ON asset_words FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION asset_lexemes(letter text, content text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT letter || lexeme FROM unnest(to_tsvector('pg_catalog.english', content)) WHERE length(lexeme) < 500
        UNION
        SELECT letter || lexeme FROM unnest(to_tsvector('pg_catalog.simple', content)) WHERE length(lexeme) < 500
    $$;

-- English stemming leaves words of other languages as they are; names, tags and descriptions are found by their unstemmed
-- words as well.
CREATE FUNCTION asset_terms(organization uuid, kind text, namespace text, audience text, owners text[], path text,
        tags text[], description text, content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT array_to_tsvector(array(
            SELECT 'o:' || organization
            UNION SELECT 'k:' || kind
            UNION SELECT 's:' || namespace
            UNION SELECT 'a:' || audience
            UNION SELECT 'w:' || owner FROM unnest(owners) AS owner
            UNION SELECT 'g:' || lower(tag) FROM unnest(tags) AS tag
            UNION SELECT asset_lexemes('n', translate(path, '_-/.', '    '))
            UNION SELECT asset_lexemes('t', translate(array_to_string(tags, ' '), '_-/.', '    '))
            UNION SELECT asset_lexemes('d', translate(description, '_-/.', '    '))
            UNION SELECT 'x' || lexeme
                FROM unnest(to_tsvector('pg_catalog.english', translate(left(content, 50000), '_-/.', '    ')))
                WHERE length(lexeme) < 500
        ))
    $$;

-- The assets of the organization that match the first query, then those that match the second and not the first, and so on.
CREATE FUNCTION asset_search_find(queries text[], most integer) RETURNS TABLE (asset_id uuid, tier integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = gantry, pg_temp
    SET enable_seqscan = off
    AS $$
        DECLARE
            scope    tsquery := ('''o:' || gantry_organization() || '''')::tsquery;
            previous tsquery;
            query    tsquery;
            found    integer := 0;
            added    integer;
        BEGIN
            IF scope IS NULL THEN
                RETURN;
            END IF;
            FOR number IN 1 .. coalesce(array_length(queries, 1), 0) LOOP
                query := scope && queries[number]::tsquery;
                IF previous IS NOT NULL THEN
                    query := query && !!previous;
                END IF;
                RETURN QUERY SELECT candidate.asset_id, number FROM asset_terms AS candidate
                    WHERE candidate.terms @@ query LIMIT most - found;
                GET DIAGNOSTICS added = ROW_COUNT;
                found := found + added;
                EXIT WHEN found >= most;
                previous := queries[number]::tsquery;
            END LOOP;
        END
    $$;
REVOKE EXECUTE ON FUNCTION asset_search_find(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION asset_search_find(text[], integer) TO gantry_app;

-- Makes the look-up of misspelt words, if the extension pg_trgm is there or may be made. Where it comes later, the owner of
-- the tables calls this again.
CREATE FUNCTION asset_search_setup() RETURNS boolean
    LANGUAGE plpgsql
    AS $setup$
        DECLARE
            home text;
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
                BEGIN
                    CREATE EXTENSION pg_trgm;
                EXCEPTION WHEN OTHERS THEN
                    RAISE NOTICE 'no extension pg_trgm: %', SQLERRM;
                    RETURN false;
                END;
            END IF;
            SELECT nspname INTO home FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
                WHERE extname = 'pg_trgm';
            EXECUTE format('CREATE INDEX IF NOT EXISTS asset_words_by_trigram ON asset_words USING gin (word %I.gin_trgm_ops)',
                home);
            EXECUTE format($create$
                CREATE OR REPLACE FUNCTION asset_search_near(written text, most integer) RETURNS SETOF text
                    LANGUAGE sql STABLE SECURITY DEFINER
                    SET search_path = gantry, %1$I, pg_temp
                    SET enable_seqscan = off
                    AS $$
                        SELECT word FROM asset_words
                        WHERE organization_id = gantry_organization() AND word OPERATOR(%1$I.%%) written
                        ORDER BY similarity(word, written) DESC, word
                        LIMIT most
                    $$
                $create$, home);
            REVOKE EXECUTE ON FUNCTION asset_search_near(text, integer) FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION asset_search_near(text, integer) TO gantry_app;
            RETURN true;
        END
    $setup$;
REVOKE EXECUTE ON FUNCTION asset_search_setup() FROM PUBLIC;
SELECT asset_search_setup();

-- Row-level security binds the owner, so it is lifted while what is there is brought into the new form.
ALTER TABLE assets         NO FORCE ROW LEVEL SECURITY;
ALTER TABLE asset_versions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE asset_terms    NO FORCE ROW LEVEL SECURITY;
ALTER TABLE asset_words    NO FORCE ROW LEVEL SECURITY;

UPDATE assets SET audience = CASE WHEN namespace = 'shared' THEN '*' WHEN namespace LIKE '~%' THEN '' ELSE namespace END,
    owners = coalesce((SELECT ARRAY[first.author] FROM asset_versions AS first
        WHERE first.asset_id = assets.id AND first.version = 1), '{}');

INSERT INTO asset_terms (organization_id, asset_id, terms)
SELECT a.organization_id, a.id, asset_terms(a.organization_id, a.kind, a.namespace, a.audience, a.owners, a.path, a.tags,
    a.description, v.content)
FROM assets AS a JOIN asset_versions AS v ON v.asset_id = a.id AND v.version = a.version
WHERE a.deleted_at IS NULL;

CREATE FUNCTION asset_words(path text, tags text[], description text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT lexeme FROM unnest(to_tsvector('pg_catalog.simple',
            translate(path || ' ' || array_to_string(tags, ' ') || ' ' || description, '_-/.', '    ')))
        WHERE length(lexeme) BETWEEN 4 AND 40 AND lexeme ~ '^[[:alpha:]]+$'
    $$;

INSERT INTO asset_words (organization_id, word)
SELECT DISTINCT a.organization_id, found.word
FROM assets AS a CROSS JOIN LATERAL asset_words(a.path, a.tags, a.description) AS found (word)
WHERE a.deleted_at IS NULL;

ALTER TABLE assets         FORCE ROW LEVEL SECURITY;
ALTER TABLE asset_versions FORCE ROW LEVEL SECURITY;
ALTER TABLE asset_terms    FORCE ROW LEVEL SECURITY;
ALTER TABLE asset_words    FORCE ROW LEVEL SECURITY;
