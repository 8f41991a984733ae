package dev.gantry.registry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterable;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Tells somebody who keeps a copy of the assets what has changed since: every version, in the order in which they were made,
 * and what is gone. Assets that only their owners see are never told of. Inside of the transactions of others; thread-safe.
 */
public final class AssetFeed {
    private static final String SHOWN = """
            a.audience <> '' AND a.namespace NOT LIKE '~%'
                AND (cardinality(:namespaces::text[]) = 0 OR a.namespace = ANY(:namespaces::text[]))
            """;

    AssetFeed() {}

    /** Something that the holder of a copy does not have yet. */
    public sealed interface Change {
        /** Returns which asset. */
        UUID asset();

        /** Returns where it lies in a library that has a directory for each namespace. */
        String path();

        /** Returns its version. */
        int version();

        /**
         * A version.
         *
         * @param name with its kind, such as {@code pattern team-a/review}
         * @param content of the file
         * @param authorId all zeros for somebody elsewhere
         */
        @SuppressWarnings("ArrayRecordComponent") // Never compared.
        record Version(
                UUID asset,
                String path,
                String name,
                int version,
                byte[] content,
                UUID authorId,
                String author,
                Instant at)
                implements Change {}

        /**
         * It is gone, or no longer shown.
         *
         * @param name with its kind
         */
        record Removal(UUID asset, String path, String name, int version, Instant at) implements Change {}
    }

    /**
     * What a copy lacks.
     *
     * @param more whether there is more than this
     */
    public record Pending(List<Change> changes, boolean more) {}

    /** What a copy has. */
    public record Held(UUID asset, int version, boolean removed) {}

    /**
     * Returns what a holder lacks, the oldest first.
     *
     * @param namespaces those that the copy is of; empty for {@code shared} and all teams'
     * @param limit how many changes at most
     * @param bytesMax most bytes of all texts together; at least one change is given nonetheless
     */
    public Pending pending(Handle handle, String holder, List<String> namespaces, int limit, long bytesMax) {
        List<Change> changes = new ArrayList<>();
        long bytes = 0;
        try (ResultIterator<Change> versions =
                versions(handle, holder, namespaces, limit).iterator()) {
            while (versions.hasNext()) {
                Change change = versions.next();
                bytes += change instanceof Change.Version version ? version.content().length : 0;
                if (bytes > bytesMax && !changes.isEmpty()) {
                    return new Pending(changes, true);
                }
                changes.add(change);
            }
        }
        if (changes.size() < limit) {
            changes.addAll(removals(handle, holder, namespaces, limit - changes.size()));
        }
        return new Pending(changes, changes.size() == limit);
    }

    private static ResultIterable<Change> versions(Handle handle, String holder, List<String> namespaces, int limit) {
        return handle.createQuery("""
                        SELECT a.id, a.kind, a.namespace, a.path, v.version, v.content, v.author_id, v.author, v.created_at
                        FROM assets a
                        LEFT JOIN asset_copies c ON c.asset_id = a.id AND c.holder = :holder
                        JOIN asset_versions v ON v.asset_id = a.id
                            AND (v.version > coalesce(c.version, 0)
                                OR (c.removed AND a.deleted_at IS NULL AND v.version = a.version))
                        WHERE (a.version > coalesce(c.version, 0) OR (c.removed AND a.deleted_at IS NULL)) AND
                        """ + SHOWN + """
                        ORDER BY max(v.created_at) OVER (PARTITION BY a.id ORDER BY v.version), a.id, v.version
                        LIMIT :limit
                        """)
                .bind("holder", holder)
                .bindArray("namespaces", String.class, namespaces)
                .bind("limit", limit)
                .setFetchSize(20)
                .<Change>map((row, _) -> {
                    AssetKind kind = AssetKind.of(row.getString("kind"));
                    AssetName name = new AssetName(row.getString("namespace"), row.getString("path"));
                    return new Change.Version(
                            row.getObject("id", UUID.class),
                            AssetFiles.path(kind, name),
                            kind.id() + " " + name,
                            row.getInt("version"),
                            AssetFiles.content(kind, row.getString("content")),
                            row.getObject("author_id", UUID.class),
                            row.getString("author"),
                            AssetStore.instant(row, "created_at"));
                });
    }

    private static List<Change> removals(Handle handle, String holder, List<String> namespaces, int limit) {
        return handle.createQuery("""
                        SELECT a.id, a.kind, a.namespace, a.path, c.version, coalesce(a.deleted_at, a.updated_at) AS at
                        FROM asset_copies c JOIN assets a ON a.id = c.asset_id
                        WHERE c.holder = :holder AND NOT c.removed AND (a.deleted_at IS NOT NULL OR NOT (
                        """ + SHOWN + """
                        ))
                        ORDER BY at, a.id
                        LIMIT :limit
                        """)
                .bind("holder", holder)
                .bindArray("namespaces", String.class, namespaces)
                .bind("limit", limit)
                .<Change>map((row, _) -> {
                    AssetKind kind = AssetKind.of(row.getString("kind"));
                    AssetName name = new AssetName(row.getString("namespace"), row.getString("path"));
                    return new Change.Removal(
                            row.getObject("id", UUID.class),
                            AssetFiles.path(kind, name),
                            kind.id() + " " + name,
                            row.getInt("version"),
                            AssetStore.instant(row, "at"));
                })
                .list();
    }

    /** Notes what a holder has now; of several about one asset the last counts. Nothing is ever noted as older than it is. */
    public void held(Handle handle, UUID organization, String holder, Collection<Held> copies) {
        if (copies.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO asset_copies (organization_id, holder, asset_id, version, removed)
                SELECT :organization, :holder, a.id, :version, :removed FROM assets a WHERE a.id = :asset
                ON CONFLICT (organization_id, holder, asset_id)
                DO UPDATE SET version = greatest(asset_copies.version, excluded.version), removed = excluded.removed
                    WHERE asset_copies.version <= excluded.version
                """);
        copies.forEach(copy -> batch.bind("organization", organization)
                .bind("holder", holder)
                .bind("asset", copy.asset())
                .bind("version", copy.version())
                .bind("removed", copy.removed())
                .add());
        batch.execute();
    }

    /** Forgets what a holder has: the copy is gone, or no longer what it was. */
    public void forget(Handle handle, String holder) {
        handle.createUpdate("DELETE FROM asset_copies WHERE holder = :holder")
                .bind("holder", holder)
                .execute();
    }

    /** Returns how many assets a holder has a copy of. */
    public int count(Handle handle, String holder) {
        return handle.createQuery("SELECT count(*) FROM asset_copies WHERE holder = :holder AND NOT removed")
                .bind("holder", holder)
                .mapTo(Integer.class)
                .one();
    }
}
