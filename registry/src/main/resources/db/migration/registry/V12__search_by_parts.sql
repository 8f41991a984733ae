-- Each part of a search is a condition of its own: the index passes from match to match of the rarest one, where it would weigh all
-- terms of a single query at each of their matches. The plans do not depend on what is searched for, so they are made once.
DROP FUNCTION asset_search_find(text[], text[], integer, integer);

-- The assets of the organization that satisfy the facts, and of the first pair of queries both; then those that match the second
-- pair, and so on until there are enough; an asset may come again. The first queries look at the terms without the text; where
-- others are empty, there is no second query.
CREATE FUNCTION asset_search_find(facts text, queries text[], others text[], without_text integer, enough integer, most integer)
    RETURNS TABLE (asset_id uuid, tier integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = gantry, pg_temp
    SET enable_seqscan = off
    SET enable_indexscan = off
    SET plan_cache_mode = force_generic_plan
    SET jit = off
    AS $$
        DECLARE
            organization uuid    := gantry_organization();
            fact         tsquery := facts::tsquery;
            query        tsquery;
            other        tsquery;
            found        integer;
        BEGIN
            IF organization IS NULL THEN
                RETURN;
            END IF;
            FOR number IN 1 .. coalesce(array_length(queries, 1), 0) LOOP
                query := queries[number]::tsquery;
                other := nullif(others[number], '')::tsquery;
                IF number <= without_text AND other IS NULL THEN
                    RETURN QUERY SELECT candidate.asset_id, number FROM asset_terms AS candidate
                        WHERE candidate.terms @@ fact AND candidate.terms @@ query
                            AND candidate.organization_id = organization LIMIT most;
                ELSIF number <= without_text THEN
                    RETURN QUERY SELECT candidate.asset_id, number FROM asset_terms AS candidate
                        WHERE candidate.terms @@ fact AND candidate.terms @@ query AND candidate.terms @@ other
                            AND candidate.organization_id = organization LIMIT most;
                ELSIF other IS NULL THEN
                    RETURN QUERY SELECT candidate.asset_id, number FROM asset_texts AS candidate
                        WHERE candidate.terms @@ fact AND candidate.terms @@ query
                            AND candidate.organization_id = organization LIMIT most;
                ELSE
                    RETURN QUERY SELECT candidate.asset_id, number FROM asset_texts AS candidate
                        WHERE candidate.terms @@ fact AND candidate.terms @@ query AND candidate.terms @@ other
                            AND candidate.organization_id = organization LIMIT most;
                END IF;
                GET DIAGNOSTICS found = ROW_COUNT;
                EXIT WHEN found >= enough;
            END LOOP;
        END
    $$;
REVOKE EXECUTE ON FUNCTION asset_search_find(text, text[], text[], integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION asset_search_find(text, text[], text[], integer, integer, integer) TO gantry_app;

-- With the organization in the index of resembling words, which takes the extension btree_gin, what other organizations have costs a
-- search nothing. Without it everything works as before.
ALTER FUNCTION asset_search_setup() RENAME TO asset_search_setup_words;

CREATE FUNCTION asset_search_setup() RETURNS boolean
    LANGUAGE plpgsql
    AS $setup$
        DECLARE
            home text;
        BEGIN
            IF to_regprocedure('gantry.asset_search_near(text, integer)') IS NULL AND NOT asset_search_setup_words() THEN
                RETURN false;
            END IF;
            IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gin') THEN
                BEGIN
                    CREATE EXTENSION btree_gin;
                EXCEPTION WHEN OTHERS THEN
                    RAISE NOTICE 'no extension btree_gin: %', SQLERRM;
                    RETURN true;
                END;
            END IF;
            SELECT nspname INTO home FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
                WHERE extname = 'pg_trgm';
            EXECUTE format('CREATE INDEX IF NOT EXISTS asset_words_by_organization ON asset_words'
                ' USING gin (organization_id, word %I.gin_trgm_ops) WITH (gin_pending_list_limit = 128)', home);
            DROP INDEX IF EXISTS asset_words_by_trigram;
            RETURN true;
        END
    $setup$;
REVOKE EXECUTE ON FUNCTION asset_search_setup(), asset_search_setup_words() FROM PUBLIC;
SELECT asset_search_setup();
