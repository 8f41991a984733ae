package dev.gantry.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import dev.gantry.registry.AssetStanding.Deprecation;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads and writes the tables {@code assets} and {@code asset_versions}, inside of the transactions of others. */
final class AssetStore {
    private static final String VERSION_COLUMNS = """
            a.id, a.namespace, a.path, a.version AS current_version, a.audience, a.owners, a.added_tags, a.approved_version,
                a.deprecated_at, a.deprecation_message, a.replacement, a.mirror,
                (SELECT json_build_object('mirror', o.mirror, 'name', o.upstream, 'version', o.upstream_version,
                    'author', o.author, 'at', floor(extract(epoch FROM o.created_at) * 1000))::text
                    FROM asset_origins o WHERE o.asset_id = a.id AND o.version = v.version) AS origin,
                (SELECT array_agg(l.label || '=' || l.version ORDER BY l.label) FROM asset_labels l
                    WHERE l.asset_id = a.id) AS labels,
                (SELECT f.upstream || '@' || f.upstream_version FROM asset_forks f WHERE f.asset_id = a.id) AS upstream,
                EXISTS (SELECT FROM asset_approvals p WHERE p.asset_id = a.id AND p.version = v.version) AS approved,
                (SELECT p.require_approved FROM review_policies p
                    WHERE p.namespace IN (a.namespace, CASE WHEN a.namespace LIKE '~%' THEN '~' ELSE '*' END)
                    ORDER BY p.namespace = a.namespace DESC LIMIT 1) AS require_approved,
                v.version, v.content, v.content_hash, v.description, v.tags, v.author, v.created_at
            """;

    /** Indexes what the part {@code current} of a statement returned for searches: assets with their contents. */
    static final String INDEXING = """
            , heads AS MATERIALIZED (
                SELECT organization_id, id, content, asset_terms(organization_id, kind, namespace, audience, owners, path,
                    tags, description) AS terms
                FROM current
            ), indexed AS (
                INSERT INTO asset_terms (organization_id, asset_id, terms) SELECT organization_id, id, terms FROM heads
                ON CONFLICT (asset_id) DO UPDATE SET terms = excluded.terms
            )
            INSERT INTO asset_texts (organization_id, asset_id, terms)
            SELECT organization_id, id, asset_text_terms(terms, content) FROM heads
            ON CONFLICT (asset_id) DO UPDATE SET terms = excluded.terms
            """;

    /**
     * An asset's row.
     *
     * @param version the current one; 0 while the asset has none yet
     * @param addedTags tags besides those that its text gives
     * @param mirror the mirror that keeps it; null for one that is kept here
     */
    record Row(
            UUID id,
            int version,
            String hash,
            boolean deleted,
            String audience,
            List<String> owners,
            List<String> addedTags,
            @Nullable String mirror) {}

    /**
     * An asset that one of several names led to.
     *
     * @param requireApproved whether the organization lets only approved versions of it run; null if it says nothing
     * @param version null if the asset has no version of the wanted number or label
     */
    record Found(
            UUID id,
            AssetName name,
            int currentVersion,
            @Nullable Boolean requireApproved,
            @Nullable AssetVersion version) {}

    /** Returns the first of the names that exists and that somebody sees, with the wanted version of it or the current one. */
    Optional<Found> findFirst(
            Handle handle, Viewer viewer, AssetKind kind, List<AssetName> names, AssetReference reference) {
        return viewer.bind(handle.createQuery("SELECT " + VERSION_COLUMNS + """
                        FROM unnest(:namespaces::text[], :paths::text[]) WITH ORDINALITY AS wanted (namespace, path, position)
                        JOIN assets a ON a.kind = :kind AND a.namespace = wanted.namespace AND a.path = wanted.path
                            AND a.deleted_at IS NULL AND
                        """ + Viewer.SEES + """
                        LEFT JOIN asset_versions v ON v.asset_id = a.id AND v.version = CASE
                            WHEN :version::integer IS NOT NULL THEN :version::integer
                            WHEN :label::text IS NULL THEN a.version
                            WHEN :label = 'approved' THEN a.approved_version
                            ELSE (SELECT l.version FROM asset_labels l WHERE l.asset_id = a.id AND l.label = :label) END
                        ORDER BY wanted.position
                        LIMIT 1
                        """))
                .bindArray(
                        "namespaces",
                        String.class,
                        names.stream().map(AssetName::namespace).toList())
                .bindArray(
                        "paths",
                        String.class,
                        names.stream().map(AssetName::path).toList())
                .bind("kind", kind.id())
                .bind("version", reference.version())
                .bind("label", reference.label())
                .map((row, context) -> found(kind, row))
                .findOne();
    }

    /** Returns an asset with a version of it, whoever asks; null stands for the current one. */
    Optional<Found> find(Handle handle, AssetKind kind, UUID id, @Nullable Integer version) {
        return handle.createQuery("SELECT " + VERSION_COLUMNS + """
                        FROM assets a JOIN asset_versions v ON v.asset_id = a.id
                            AND v.version = coalesce(:version::integer, a.version)
                        WHERE a.id = :id AND a.kind = :kind AND a.deleted_at IS NULL
                        """)
                .bind("id", id)
                .bind("kind", kind.id())
                .bind("version", version)
                .map((row, context) -> found(kind, row))
                .findOne();
    }

    /** Returns a version that there ever was, also of an asset that is deleted. */
    Optional<Found> pinned(Handle handle, AssetKind kind, AssetName name, int version) {
        return handle.createQuery("SELECT " + VERSION_COLUMNS + """
                        FROM assets a JOIN asset_versions v ON v.asset_id = a.id AND v.version = :version
                        WHERE a.kind = :kind AND a.namespace = :namespace AND a.path = :path
                        """)
                .bind("kind", kind.id())
                .bind("namespace", name.namespace())
                .bind("path", name.path())
                .bind("version", version)
                .map((row, context) -> found(kind, row))
                .findOne();
    }

    /** Returns the history of an asset, newest first, from below a version number on. */
    List<VersionSummary> versions(Handle handle, AssetKind kind, AssetName name, int before, int limit) {
        return handle.createQuery("""
                        SELECT v.version, v.content_hash, v.description, v.author, v.created_at
                        FROM assets a JOIN asset_versions v ON v.asset_id = a.id
                        WHERE a.kind = :kind AND a.namespace = :namespace AND a.path = :path AND v.version < :before
                        ORDER BY v.version DESC
                        LIMIT :limit
                        """)
                .bind("kind", kind.id())
                .bind("namespace", name.namespace())
                .bind("path", name.path())
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> new VersionSummary(
                        row.getInt("version"),
                        row.getString("content_hash"),
                        row.getString("description"),
                        row.getString("author"),
                        instant(row, "created_at")))
                .list();
    }

    /** Returns how many names the organization uses or used. */
    long count(Handle handle) {
        return handle.createQuery("SELECT count(*) FROM assets")
                .mapTo(Long.class)
                .one();
    }

    /**
     * Returns names of a kind that stand next to one in the order of names, for telling somebody which one they may have meant:
     * what is misspelt mostly begins as it should.
     *
     * @param limit how many names are looked at on either side, of which those are returned that somebody sees
     */
    List<AssetName> namesAround(Handle handle, Viewer viewer, AssetKind kind, String path, int limit) {
        return viewer.bind(handle.createQuery("""
                        SELECT a.namespace, a.path
                        FROM (
                            (SELECT namespace, path, audience, owners FROM assets
                            WHERE kind = :kind AND deleted_at IS NULL AND path >= :path
                            ORDER BY path, namespace LIMIT :limit)
                            UNION ALL
                            (SELECT namespace, path, audience, owners FROM assets
                            WHERE kind = :kind AND deleted_at IS NULL AND path < :path
                            ORDER BY path DESC, namespace DESC LIMIT :limit)
                        ) AS a
                        WHERE
                        """ + Viewer.SEES))
                .bind("kind", kind.id())
                .bind("path", path)
                .bind("limit", limit)
                .map((row, context) -> new AssetName(row.getString("namespace"), row.getString("path")))
                .list();
    }

    /** Returns the row of an asset, locked until the transaction ends. */
    Optional<Row> lock(Handle handle, AssetKind kind, AssetName name) {
        return handle.createQuery("""
                        SELECT id, version, content_hash, deleted_at IS NOT NULL AS deleted, audience, owners, added_tags,
                            mirror
                        FROM assets
                        WHERE kind = :kind AND namespace = :namespace AND path = :path
                        FOR UPDATE
                        """)
                .bind("kind", kind.id())
                .bind("namespace", name.namespace())
                .bind("path", name.path())
                .map((row, context) -> new Row(
                        row.getObject("id", UUID.class),
                        row.getInt("version"),
                        row.getString("content_hash"),
                        row.getBoolean("deleted"),
                        row.getString("audience"),
                        texts(row, "owners"),
                        texts(row, "added_tags"),
                        row.getString("mirror")))
                .findOne();
    }

    /** Says who sees an asset and who answers for it, of one whose row is locked. */
    void publish(Handle handle, Row row, String audience, List<String> owners, List<String> addedTags) {
        handle.createUpdate("""
                        WITH current AS (
                            UPDATE assets a SET audience = :audience, owners = :owners::text[], added_tags = :added::text[],
                                tags = ARRAY(SELECT DISTINCT tag FROM unnest(v.tags || :added::text[]) AS tag ORDER BY tag)
                            FROM asset_versions v
                            WHERE a.id = :id AND v.asset_id = a.id AND v.version = a.version
                            RETURNING a.*, v.content
                        )
                        """ + INDEXING)
                .bind("id", row.id())
                .bind("audience", audience)
                .bindArray("owners", String.class, owners)
                .bindArray("added", String.class, addedTags)
                .execute();
    }

    /** Returns the greatest number of a version below another; numbers may have gaps where a mirror gave them. */
    Optional<Integer> versionBefore(Handle handle, AssetKind kind, AssetName name, int version) {
        return handle.createQuery("""
                        SELECT max(v.version) FROM asset_versions v JOIN assets a ON a.id = v.asset_id
                        WHERE a.kind = :kind AND a.namespace = :namespace AND a.path = :path AND v.version < :version
                        """)
                .bind("kind", kind.id())
                .bind("namespace", name.namespace())
                .bind("path", name.path())
                .bind("version", version)
                .mapTo(Integer.class)
                .findOne();
    }

    long countVersions(Handle handle, UUID id) {
        return handle.createQuery("SELECT count(*) FROM asset_versions WHERE asset_id = :id")
                .bind("id", id)
                .mapTo(Long.class)
                .one();
    }

    /** Marks an asset as deprecated, or, without a time, takes the mark away. */
    void deprecate(
            Handle handle, UUID id, @Nullable Instant at, @Nullable String message, @Nullable String replacement) {
        handle.createUpdate("""
                        UPDATE assets SET deprecated_at = :at::timestamptz, deprecation_message = :message,
                            replacement = :replacement
                        WHERE id = :id
                        """)
                .bind("id", id)
                .bind("at", at == null ? null : at(at))
                .bind("message", message)
                .bind("replacement", replacement)
                .execute();
    }

    void markDeleted(Handle handle, Row row, Instant now) {
        handle.createUpdate("""
                        WITH forgotten AS (DELETE FROM asset_terms WHERE asset_id = :id),
                            unread AS (DELETE FROM asset_texts WHERE asset_id = :id),
                            unlabelled AS (DELETE FROM asset_labels WHERE asset_id = :id),
                            unforked AS (DELETE FROM asset_forks WHERE asset_id = :id)
                        UPDATE assets SET deleted_at = :now WHERE id = :id
                        """).bind("now", at(now)).bind("id", row.id()).execute();
    }

    private static Found found(AssetKind kind, ResultSet row) throws SQLException {
        AssetName name = new AssetName(row.getString("namespace"), row.getString("path"));
        String content = row.getString("content");
        AssetVersion version = content == null
                ? null
                : new AssetVersion(
                        kind,
                        name,
                        row.getInt("version"),
                        row.getString("content_hash"),
                        content,
                        row.getString("description"),
                        kind == AssetKind.WORKFLOW
                                ? FrontMatter.described(row.getString("description"), texts(row, "tags"))
                                : FrontMatterReader.read(content).frontMatter(),
                        row.getString("author"),
                        instant(row, "created_at"),
                        standing(row));
        return new Found(
                row.getObject("id", UUID.class),
                name,
                row.getInt("current_version"),
                row.getObject("require_approved", Boolean.class),
                version);
    }

    private static AssetStanding standing(ResultSet row) throws SQLException {
        String audience = row.getString("audience");
        Visibility visibility = AssetStanding.visibility(audience);
        Deprecation deprecation = row.getObject("deprecated_at") == null
                ? null
                : new Deprecation(
                        instant(row, "deprecated_at"),
                        Optional.ofNullable(row.getString("deprecation_message"))
                                .orElse(""),
                        row.getString("replacement"));
        int approved = row.getInt("approved_version");
        return new AssetStanding(
                visibility,
                visibility == Visibility.TEAM ? audience : null,
                texts(row, "owners"),
                texts(row, "added_tags"),
                Labels.read(texts(row, "labels")),
                approved == 0 ? null : approved,
                row.getBoolean("approved"),
                deprecation,
                row.getString("upstream"),
                row.getString("mirror"),
                origin(row.getString("origin")));
    }

    private static @Nullable AssetOrigin origin(@Nullable String written) {
        if (written == null) {
            return null;
        }
        JsonNode origin = Json.read(written.getBytes(StandardCharsets.UTF_8));
        return new AssetOrigin(
                origin.path("mirror").asText(),
                origin.path("name").asText(),
                origin.path("version").asInt(),
                origin.path("author").asText(),
                Instant.ofEpochMilli(origin.path("at").asLong()));
    }

    /** Returns the distinct texts of both lists, in their order. */
    static List<String> union(List<String> first, List<String> second) {
        Set<String> union = new LinkedHashSet<>(first);
        union.addAll(second);
        return List.copyOf(union);
    }

    static List<String> texts(ResultSet row, String column) throws SQLException {
        return row.getArray(column) == null
                ? List.of()
                : List.of((String[]) row.getArray(column).getArray());
    }

    static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
