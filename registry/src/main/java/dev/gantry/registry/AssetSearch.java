package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Lists and finds assets, stored and built-in ones in one order. The built-in ones travel into the statement, so that the
 * database ranks both by the same rules.
 *
 * <p>A match in the name counts most, an exact one first of all; then tags, then the description, then the text with
 * English stemming ({@code summaries} finds {@code summarize}).
 */
final class AssetSearch {
    private static final Pattern SEPARATORS = Pattern.compile("[_\\-/.\\s]+");
    private static final Pattern LIKE_SPECIAL = Pattern.compile("([%_\\\\])");

    /** Built-in texts are short; what lies beyond does not help to find them. */
    private static final int BUILTIN_CHARS_MAX = 4_000;

    private static final String SQL = """
            WITH candidate AS (
                SELECT namespace, path, version, content_hash, description, tags, author, updated_at, search
                FROM assets
                WHERE kind = :kind AND namespace = ANY(:namespaces::text[]) AND deleted_at IS NULL
                UNION ALL
                SELECT 'builtin', path, version, content_hash, description, string_to_array(tags, ','), :builtinAuthor,
                    NULL, asset_search(path, description, string_to_array(tags, ','), content)
                FROM unnest(:paths::text[], :versions::integer[], :hashes::text[], :descriptions::text[],
                        :tagLists::text[], :contents::text[])
                    AS builtin (path, version, content_hash, description, tags, content)
            ), matching AS (
                SELECT *, translate(path, '_-/.', '    ') AS words FROM candidate
                WHERE tags @> :tags::text[] AND (search @@ websearch_to_tsquery('pg_catalog.english', :text)
                    OR translate(path, '_-/.', '    ') LIKE '%' || :like || '%' OR description ILIKE '%' || :like || '%'
                    OR :text = ANY(tags))
            ), ranked AS (
                SELECT *, CASE WHEN words = :words THEN 100000
                        WHEN words LIKE '% ' || :like THEN 90000
                        WHEN words LIKE :like || '%' THEN 80000
                        WHEN words LIKE '%' || :like || '%' THEN 60000
                        WHEN :text = ANY(tags) THEN 50000
                        WHEN description ILIKE '%' || :like || '%' THEN 20000
                        ELSE 0 END
                    + least(9999, ts_rank_cd(search, websearch_to_tsquery('pg_catalog.english', :text)) * 1000)::integer AS rank
                FROM matching
            )
            SELECT rank, namespace, path, version, content_hash, description, tags, author, updated_at FROM ranked
            WHERE NOT :continued OR rank < :afterRank
                OR (rank = :afterRank AND (path COLLATE "C", namespace COLLATE "C") > (:afterPath, :afterNamespace))
            ORDER BY rank DESC, path COLLATE "C", namespace COLLATE "C"
            LIMIT :limit
            """;

    private static final String LIST_SQL = """
            SELECT 0 AS rank, namespace, path, version, content_hash, description, tags, author, updated_at FROM assets
            WHERE kind = :kind AND namespace = ANY(:namespaces::text[]) AND deleted_at IS NULL
                AND tags @> :tags::text[] AND (path, namespace) > (:afterPath, :afterNamespace)
            ORDER BY path, namespace
            LIMIT :limit
            """;

    private static final Comparator<Position> BY_NAME =
            Comparator.comparing(Position::path).thenComparing(Position::namespace);

    /** An asset with its place in the order. */
    record Hit(AssetSummary asset, Position position) {}

    /** A place in the order of a list. */
    record Position(int rank, String path, String namespace) {
        String encode() {
            String text = rank + "\n" + path + "\n" + namespace;
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        static Position parse(String cursor) {
            try {
                String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
                String[] parts = text.split("\n", -1);
                if (parts.length == 3 && text.indexOf('\0') < 0) {
                    return new Position(Integer.parseInt(parts[0]), parts[1], parts[2]);
                }
            } catch (IllegalArgumentException malformed) {
                // Reported below, together with cursors of another form.
            }
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "'cursor' is not one of a previous page; pass it on unchanged");
        }
    }

    /**
     * Returns assets after a position in the order of their names. Walks along an index, so that a page costs the same of
     * however many assets.
     */
    List<Hit> list(
            Handle handle,
            AssetQuery query,
            List<String> namespaces,
            Collection<AssetVersion> builtins,
            @Nullable Position after,
            int limit) {
        Position start = after == null ? new Position(0, "", "") : after;
        Stream<Hit> stored = handle
                .createQuery(LIST_SQL)
                .bind("kind", query.kind().id())
                .bindArray("namespaces", String.class, namespaces)
                .bindArray("tags", String.class, query.tags())
                .bind("afterPath", start.path())
                .bind("afterNamespace", start.namespace())
                .bind("limit", limit)
                .map((row, context) -> hit(query.kind(), row))
                .list()
                .stream();
        Stream<Hit> builtIn = builtins.stream()
                .filter(asset -> asset.tags().containsAll(query.tags()))
                .map(AssetSearch::hit)
                .filter(hit -> BY_NAME.compare(hit.position(), start) > 0);
        return Stream.concat(stored, builtIn)
                .sorted(Comparator.comparing(Hit::position, BY_NAME))
                .limit(limit)
                .toList();
    }

    /** Returns what matches the query's text, after a position, best first. */
    List<Hit> find(
            Handle handle,
            AssetQuery query,
            List<String> namespaces,
            Collection<AssetVersion> builtins,
            @Nullable Position after,
            int limit) {
        String text = Objects.requireNonNullElse(query.text(), "").toLowerCase(Locale.ROOT);
        String words = SEPARATORS.matcher(text).replaceAll(" ").strip();
        Query statement = handle.createQuery(SQL)
                .bind("kind", query.kind().id())
                .bindArray("namespaces", String.class, namespaces)
                .bind("builtinAuthor", Builtins.AUTHOR)
                .bindArray("tags", String.class, query.tags())
                .bind("text", text)
                .bind("words", words)
                .bind(
                        "like",
                        LIKE_SPECIAL.matcher(words.isEmpty() ? text : words).replaceAll("\\\\$1"))
                .bind("continued", after != null)
                .bind("afterRank", after == null ? 0 : after.rank())
                .bind("afterPath", after == null ? "" : after.path())
                .bind("afterNamespace", after == null ? "" : after.namespace())
                .bind("limit", limit);
        bindBuiltins(statement, builtins);
        return statement.map((row, context) -> hit(query.kind(), row)).list();
    }

    private static void bindBuiltins(Query statement, Collection<AssetVersion> builtins) {
        List<AssetVersion> list = List.copyOf(builtins);
        statement
                .bindArray(
                        "paths",
                        String.class,
                        list.stream().map(asset -> asset.name().path()).toList())
                .bindArray(
                        "versions",
                        Integer.class,
                        list.stream().map(AssetVersion::version).toList())
                .bindArray(
                        "hashes",
                        String.class,
                        list.stream().map(AssetVersion::hash).toList())
                .bindArray(
                        "descriptions",
                        String.class,
                        list.stream().map(AssetVersion::description).toList())
                .bindArray(
                        "tagLists",
                        String.class,
                        list.stream()
                                .map(asset -> String.join(",", asset.tags()))
                                .toList())
                .bindArray(
                        "contents",
                        String.class,
                        list.stream().map(asset -> beginning(asset.content())).toList());
    }

    private static String beginning(String content) {
        return content.substring(0, Math.min(content.length(), BUILTIN_CHARS_MAX));
    }

    private static Hit hit(AssetVersion builtin) {
        AssetSummary asset = new AssetSummary(
                builtin.kind(),
                builtin.name(),
                builtin.version(),
                builtin.hash(),
                builtin.description(),
                builtin.tags(),
                builtin.author(),
                builtin.createdAt());
        return new Hit(
                asset, new Position(0, builtin.name().path(), builtin.name().namespace()));
    }

    private static Hit hit(AssetKind kind, ResultSet row) throws SQLException {
        AssetName name = new AssetName(row.getString("namespace"), row.getString("path"));
        Array tags = row.getArray("tags");
        OffsetDateTime updatedAt = row.getObject("updated_at", OffsetDateTime.class);
        AssetSummary asset = new AssetSummary(
                kind,
                name,
                row.getInt("version"),
                row.getString("content_hash"),
                row.getString("description"),
                List.of((String[]) tags.getArray()),
                row.getString("author"),
                updatedAt == null ? null : updatedAt.toInstant());
        return new Hit(asset, new Position(row.getInt("rank"), name.path(), name.namespace()));
    }
}
