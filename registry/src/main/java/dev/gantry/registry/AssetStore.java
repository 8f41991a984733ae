package dev.gantry.registry;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.Ids;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads and writes the tables {@code assets} and {@code asset_versions}, inside of the transactions of others. */
final class AssetStore {
    /**
     * An asset's row.
     *
     * @param version the current one; 0 while the asset has none yet
     */
    record Row(UUID id, int version, String hash, boolean deleted) {}

    /**
     * An asset that one of several names led to.
     *
     * @param version null if the asset has no version of the wanted number
     */
    record Found(
            AssetName name, int currentVersion, @Nullable AssetVersion version) {}

    /** Returns the first of the names that exists, with the wanted version of it or the current one. */
    Optional<Found> findFirst(Handle handle, AssetKind kind, List<AssetName> names, @Nullable Integer version) {
        return handle.createQuery("""
                        SELECT a.namespace, a.path, a.version AS current_version, v.version, v.content, v.content_hash,
                            v.description, v.tags, v.author, v.created_at
                        FROM unnest(:namespaces::text[], :paths::text[]) WITH ORDINALITY AS wanted (namespace, path, position)
                        JOIN assets a ON a.kind = :kind AND a.namespace = wanted.namespace AND a.path = wanted.path
                            AND a.deleted_at IS NULL
                        LEFT JOIN asset_versions v ON v.asset_id = a.id
                            AND v.version = coalesce(:version::integer, a.version)
                        ORDER BY wanted.position
                        LIMIT 1
                        """)
                .bindArray(
                        "namespaces",
                        String.class,
                        names.stream().map(AssetName::namespace).toList())
                .bindArray(
                        "paths",
                        String.class,
                        names.stream().map(AssetName::path).toList())
                .bind("kind", kind.id())
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

    /** Returns some names of a kind, for telling somebody which one they may have meant. */
    List<AssetName> someNames(Handle handle, AssetKind kind, List<String> namespaces, int limit) {
        return handle.createQuery("""
                        SELECT namespace, path FROM assets
                        WHERE kind = :kind AND namespace = ANY(:namespaces::text[]) AND deleted_at IS NULL
                        ORDER BY updated_at DESC
                        LIMIT :limit
                        """)
                .bind("kind", kind.id())
                .bindArray("namespaces", String.class, namespaces)
                .bind("limit", limit)
                .map((row, context) -> new AssetName(row.getString("namespace"), row.getString("path")))
                .list();
    }

    /** Returns the row of an asset, locked until the transaction ends. */
    Optional<Row> lock(Handle handle, AssetKind kind, AssetName name) {
        return handle.createQuery("""
                        SELECT id, version, content_hash, deleted_at IS NOT NULL AS deleted FROM assets
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
                        row.getBoolean("deleted")))
                .findOne();
    }

    /**
     * Makes a row without a version, marked as deleted, for {@link #addVersion} to fill in. Waits for another transaction
     * that makes the same row, and leaves that one's row alone.
     */
    void insert(Handle handle, UUID organization, AssetKind kind, AssetName name, Instant now) {
        handle.createUpdate("""
                        INSERT INTO assets (id, organization_id, kind, namespace, path, version, content_hash,
                            description, tags, author, search, created_at, updated_at, deleted_at)
                        VALUES (:id, :organization, :kind, :namespace, :path, 0, '', '', '{}', '', '', :now, :now, :now)
                        ON CONFLICT (organization_id, kind, namespace, path) DO NOTHING
                        """)
                .bind("id", Ids.next())
                .bind("organization", organization)
                .bind("kind", kind.id())
                .bind("namespace", name.namespace())
                .bind("path", name.path())
                .bind("now", at(now))
                .execute();
    }

    /** Writes the next version of an asset whose row is locked. */
    void addVersion(Handle handle, Caller author, Row row, AssetName name, AssetText text, Instant now) {
        handle.createUpdate("""
                        WITH added AS (
                            INSERT INTO asset_versions (organization_id, asset_id, version, content, content_hash,
                                description, tags, author_id, author, created_at)
                            VALUES (:organization, :id, :version, :content, :hash, :description, :tags::text[], :authorId,
                                :author, :now)
                        )
                        UPDATE assets SET version = :version, content_hash = :hash, description = :description,
                            tags = :tags::text[], author = :author, updated_at = :now, deleted_at = NULL,
                            search = asset_search(:path, :description, :tags::text[], :content)
                        WHERE id = :id
                        """)
                .bind("organization", author.organization())
                .bind("id", row.id())
                .bind("version", row.version() + 1)
                .bind("content", text.content())
                .bind("hash", text.hash())
                .bind("description", text.description())
                .bindArray("tags", String.class, text.source().frontMatter().tags())
                .bind("authorId", author.principalId())
                .bind("author", author.principal())
                .bind("path", name.path())
                .bind("now", at(now))
                .execute();
    }

    void markDeleted(Handle handle, Row row, Instant now) {
        handle.createUpdate("UPDATE assets SET deleted_at = :now WHERE id = :id")
                .bind("now", at(now))
                .bind("id", row.id())
                .execute();
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
                                ? FrontMatter.described(row.getString("description"), tags(row))
                                : FrontMatterReader.read(content).frontMatter(),
                        row.getString("author"),
                        instant(row, "created_at"));
        return new Found(name, row.getInt("current_version"), version);
    }

    private static List<String> tags(ResultSet row) throws SQLException {
        return List.of((String[]) row.getArray("tags").getArray());
    }

    static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
