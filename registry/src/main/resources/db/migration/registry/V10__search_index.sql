-- Searches go from the best matches to the least and stop when there are enough. So what matches well, which is little, has an
-- index of its own, and the texts are looked through only by searches that find little elsewhere.
DROP FUNCTION asset_search_find(text[], integer);
DROP TABLE asset_terms;
DROP FUNCTION asset_terms(uuid, text, text, text, text[], text, text[], text, text);
DROP FUNCTION asset_lexemes(text, text);

-- What an asset is found by. A term says first where it is from, by a mark that no word begins with: ":n" name, ":t" tag,
-- ":d" description; ":=" the whole name. Others are facts that a search narrows by, of the organization and kind that they name:
-- ":s" namespace, ":a" audience, ":v" visibility, ":w" owner, ":g" tag, ":o" none.
CREATE TABLE asset_terms (
    organization_id uuid     NOT NULL,
    asset_id        uuid     PRIMARY KEY REFERENCES assets,
    terms           tsvector NOT NULL
);

-- The same terms, and without a mark the words of the text.
CREATE TABLE asset_texts (
    organization_id uuid     NOT NULL,
    asset_id        uuid     PRIMARY KEY REFERENCES assets,
    terms           tsvector NOT NULL
);

-- English stemming leaves words of other languages as they are; names, tags and descriptions are found by their unstemmed
-- words as well.
CREATE FUNCTION asset_words_of(content text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT tsvector_to_array(to_tsvector('pg_catalog.english', translate(content, '_-/.', '    '))
            || to_tsvector('pg_catalog.simple', translate(content, '_-/.', '    ')))
    $$;

CREATE FUNCTION asset_terms(organization uuid, kind text, namespace text, audience text, owners text[], path text,
        tags text[], description text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT array_to_tsvector(
            ARRAY[
                ':o' || scope,
                ':s' || scope || namespace,
                ':a' || scope || audience,
                ':v' || scope || CASE audience WHEN '*' THEN 'organization' WHEN '' THEN 'private' ELSE 'team' END,
                ':=' || btrim(regexp_replace(lower(path), '[-_/.[:space:]]+', ' ', 'g'))
            ] || array(
                SELECT ':w' || scope || owner FROM unnest(owners) AS owner
                UNION ALL SELECT ':g' || scope || lower(tag) FROM unnest(tags) AS tag
                UNION ALL SELECT ':n' || word FROM unnest(asset_words_of(path)) AS word WHERE length(word) < 500
                UNION ALL SELECT ':t' || word FROM unnest(asset_words_of(array_to_string(tags, ' '))) AS word
                    WHERE length(word) < 500
                UNION ALL SELECT ':d' || word FROM unnest(asset_words_of(description)) AS word WHERE length(word) < 500
            ))
        FROM (SELECT right(organization::text, 12) || kind || ' ' AS scope) AS scoped
    $$;

CREATE FUNCTION asset_text_terms(terms tsvector, content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT terms || strip(to_tsvector('pg_catalog.english', translate(left(content, 50000), '_-/.', '    ')))
    $$;

-- Row-level security binds the owner, so it is lifted while the new tables are filled.
ALTER TABLE assets         NO FORCE ROW LEVEL SECURITY;
ALTER TABLE asset_versions NO FORCE ROW LEVEL SECURITY;

INSERT INTO asset_terms (organization_id, asset_id, terms)
SELECT organization_id, id, asset_terms(organization_id, kind, namespace, audience, owners, path, tags, description)
FROM assets
WHERE deleted_at IS NULL;

INSERT INTO asset_texts (organization_id, asset_id, terms)
SELECT t.organization_id, t.asset_id, asset_text_terms(t.terms, v.content)
FROM asset_terms AS t JOIN assets AS a ON a.id = t.asset_id
    JOIN asset_versions AS v ON v.asset_id = a.id AND v.version = a.version;

ALTER TABLE assets         FORCE ROW LEVEL SECURITY;
ALTER TABLE asset_versions FORCE ROW LEVEL SECURITY;

-- Every search reads all that waits to be sorted in, so that is little.
CREATE INDEX asset_terms_by_term ON asset_terms USING gin (terms) WITH (gin_pending_list_limit = 128);
CREATE INDEX asset_texts_by_term ON asset_texts USING gin (terms) WITH (gin_pending_list_limit = 256);

ALTER TABLE asset_terms ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_terms FORCE  ROW LEVEL SECURITY;
ALTER TABLE asset_texts ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_texts FORCE  ROW LEVEL SECURITY;

CREATE POLICY tenant ON asset_terms USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
CREATE POLICY tenant ON asset_texts USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());

-- The owner reads these tables in the function below only, which names the organization itself.
CREATE POLICY searching ON asset_terms FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY searching ON asset_texts FOR SELECT TO CURRENT_USER USING (true);

-- The assets of the organization that match the first query, then those that match the second, and so on until there are
-- enough; an asset may come again. Of what matches a query, what matches those before it is a part. The settings leave no plan
-- but the index: others go through the whole table when a search has many matches.
CREATE FUNCTION asset_search_find(queries text[], text_queries text[], enough integer, most integer)
    RETURNS TABLE (asset_id uuid, tier integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = gantry, pg_temp
    SET enable_seqscan = off
    SET enable_indexscan = off
    SET jit = off
    AS $$
        DECLARE
            organization uuid    := gantry_organization();
            number       integer := 0;
            found        integer;
            query        tsquery;
        BEGIN
            IF organization IS NULL THEN
                RETURN;
            END IF;
            FOREACH query IN ARRAY queries::tsquery[] LOOP
                number := number + 1;
                RETURN QUERY SELECT candidate.asset_id, number FROM asset_terms AS candidate
                    WHERE candidate.terms @@ query AND candidate.organization_id = organization LIMIT most;
                GET DIAGNOSTICS found = ROW_COUNT;
                IF found >= enough THEN
                    RETURN;
                END IF;
            END LOOP;
            FOREACH query IN ARRAY text_queries::tsquery[] LOOP
                number := number + 1;
                RETURN QUERY SELECT candidate.asset_id, number FROM asset_texts AS candidate
                    WHERE candidate.terms @@ query AND candidate.organization_id = organization LIMIT most;
                GET DIAGNOSTICS found = ROW_COUNT;
                EXIT WHEN found >= enough;
            END LOOP;
        END
    $$;
REVOKE EXECUTE ON FUNCTION asset_search_find(text[], text[], integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION asset_search_find(text[], text[], integer, integer) TO gantry_app;
