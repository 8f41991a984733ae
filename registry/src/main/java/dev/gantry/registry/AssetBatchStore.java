package dev.gantry.registry;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Writes many assets in a few statements however many they are, inside of the transactions of others. */
final class AssetBatchStore {
    /** Texts of one statement, in characters: what is sent at once stays small beside a request's bounds. */
    private static final int STATEMENT_CHARS_MAX = 4 << 20;

    private static final int STATEMENT_ROWS_MAX = 500;

    /** Stands in no tag. */
    private static final String SEPARATOR = "\u001f";

    /** What names an asset. */
    record Key(AssetKind kind, AssetName name) {
        static final Comparator<Key> ORDER = Comparator.comparing(
                        (Key key) -> key.kind().id())
                .thenComparing(key -> key.name().namespace())
                .thenComparing(key -> key.name().path());
    }

    /**
     * An asset that is there.
     *
     * @param deprecation what is said of it where it is deprecated; null otherwise
     */
    record Existing(
            AssetStore.Row row, String author, @Nullable String deprecation) {}

    /**
     * A version that is to be the current one of an asset whose row is locked.
     *
     * @param number above that of the current one
     * @param mirror the mirror that keeps the asset; null for one that is kept here
     */
    record NewVersion(
            Caller author,
            AssetStore.Row row,
            AssetName name,
            AssetText text,
            int number,
            @Nullable String mirror) {
        /** The next version of an asset that is kept here. */
        NewVersion(Caller author, AssetStore.Row row, AssetName name, AssetText text) {
            this(author, row, name, text, row.version() + 1, null);
        }
    }

    /** Returns those of the assets that there are or were. */
    Map<Key, Existing> find(Handle handle, Collection<Key> keys) {
        return find(handle, keys, "");
    }

    /** The same, their rows locked in the order of their names until the transaction ends. */
    Map<Key, Existing> lock(Handle handle, Collection<Key> keys) {
        return find(handle, keys, " FOR UPDATE OF a");
    }

    private static Map<Key, Existing> find(Handle handle, Collection<Key> keys, String locking) {
        Map<Key, Existing> found = new HashMap<>();
        if (keys.isEmpty()) {
            return found;
        }
        handle.createQuery("""
                        SELECT a.kind, a.namespace, a.path, a.id, a.version, a.content_hash, a.author, a.audience, a.owners,
                            a.added_tags, a.mirror, a.deleted_at IS NOT NULL AS deleted,
                            CASE WHEN a.deprecated_at IS NOT NULL THEN coalesce(a.deprecation_message, '') END AS deprecation
                        FROM unnest(:kinds::text[], :namespaces::text[], :paths::text[]) AS wanted (kind, namespace, path)
                        JOIN assets a USING (kind, namespace, path)
                        ORDER BY a.kind, a.namespace, a.path
                        """ + locking)
                .bindArray("kinds", String.class, texts(keys, key -> key.kind().id()))
                .bindArray(
                        "namespaces",
                        String.class,
                        texts(keys, key -> key.name().namespace()))
                .bindArray("paths", String.class, texts(keys, key -> key.name().path()))
                .map((row, _) -> found.put(
                        new Key(
                                AssetKind.of(row.getString("kind")),
                                new AssetName(row.getString("namespace"), row.getString("path"))),
                        new Existing(
                                new AssetStore.Row(
                                        row.getObject("id", UUID.class),
                                        row.getInt("version"),
                                        row.getString("content_hash"),
                                        row.getBoolean("deleted"),
                                        row.getString("audience"),
                                        AssetStore.texts(row, "owners"),
                                        AssetStore.texts(row, "added_tags"),
                                        row.getString("mirror")),
                                row.getString("author"),
                                row.getString("deprecation"))))
                .list();
        return found;
    }

    /**
     * Makes rows without a version, marked as deleted, for {@link #addVersions} to fill in. Waits for other transactions that
     * make the same rows, and leaves theirs alone.
     */
    void insert(Handle handle, UUID organization, Collection<Key> keys, Instant now) {
        if (keys.isEmpty()) {
            return;
        }
        handle.createUpdate("""
                        INSERT INTO assets (id, organization_id, kind, namespace, path, version, content_hash,
                            description, tags, author, created_at, updated_at, deleted_at)
                        SELECT given.id, :organization, given.kind, given.namespace, given.path, 0, '', '', '{}', '',
                            :now, :now, :now
                        FROM unnest(:ids::uuid[], :kinds::text[], :namespaces::text[], :paths::text[])
                            AS given (id, kind, namespace, path)
                        ORDER BY given.kind COLLATE "C", given.namespace COLLATE "C", given.path COLLATE "C"
                        ON CONFLICT (organization_id, kind, namespace, path) DO NOTHING
                        """)
                .bind("organization", organization)
                .bind("now", AssetStore.at(now))
                .bindArray("ids", UUID.class, keys.stream().map(_ -> Ids.next()).toList())
                .bindArray("kinds", String.class, texts(keys, key -> key.kind().id()))
                .bindArray(
                        "namespaces",
                        String.class,
                        texts(keys, key -> key.name().namespace()))
                .bindArray("paths", String.class, texts(keys, key -> key.name().path()))
                .execute();
    }

    /**
     * Writes the next versions of assets whose rows are locked. One that was deleted begins again as its namespace's new
     * assets do: what was said about it to others is forgotten.
     */
    void addVersions(Handle handle, UUID organization, List<NewVersion> versions, Instant now) {
        List<NewVersion> part = new ArrayList<>();
        long chars = 0;
        for (NewVersion version : versions) {
            int length = version.text().content().length();
            if (!part.isEmpty() && (part.size() >= STATEMENT_ROWS_MAX || chars + length > STATEMENT_CHARS_MAX)) {
                addPart(handle, organization, part, now);
                part = new ArrayList<>();
                chars = 0;
            }
            part.add(version);
            chars += length;
        }
        if (!part.isEmpty()) {
            addPart(handle, organization, part, now);
        }
    }

    private static void addPart(Handle handle, UUID organization, List<NewVersion> versions, Instant now) {
        handle.createUpdate("""
                        WITH given AS (
                            SELECT id, version, content, hash, description, string_to_array(written, chr(31)) AS written,
                                string_to_array(tags, chr(31)) AS tags, author_id, author, starts, audience,
                                CASE owner WHEN '' THEN '{}'::text[] ELSE ARRAY[owner] END AS owners,
                                nullif(mirror, '') AS mirror
                            FROM unnest(:ids::uuid[], :versions::integer[], :contents::text[], :hashes::text[],
                                    :descriptions::text[], :written::text[], :tags::text[], :authorIds::uuid[],
                                    :authors::text[], :starts::boolean[], :audiences::text[], :owners::text[],
                                    :mirrors::text[])
                                AS given (id, version, content, hash, description, written, tags, author_id, author, starts,
                                    audience, owner, mirror)
                        ), added AS (
                            INSERT INTO asset_versions (organization_id, asset_id, version, content, content_hash,
                                description, tags, author_id, author, created_at)
                            SELECT :organization, id, version, content, hash, description, written, author_id, author, :now
                            FROM given
                        ), superseded AS (
                            UPDATE reviews SET state = 'superseded', closed_by = given.author, closed_at = :now
                            FROM given WHERE reviews.asset_id = given.id AND reviews.state = 'open'
                        ), current AS (
                            UPDATE assets a SET version = given.version, content_hash = given.hash,
                                description = given.description, tags = given.tags, author = given.author,
                                updated_at = :now, deleted_at = NULL, mirror = given.mirror,
                                audience = CASE WHEN given.starts THEN given.audience ELSE a.audience END,
                                owners = CASE WHEN given.starts THEN given.owners ELSE a.owners END,
                                added_tags = CASE WHEN given.starts THEN '{}' ELSE a.added_tags END,
                                approved_version = CASE WHEN given.starts THEN NULL ELSE a.approved_version END,
                                deprecated_at = CASE WHEN given.starts THEN NULL ELSE a.deprecated_at END,
                                deprecation_message = CASE WHEN given.starts THEN NULL ELSE a.deprecation_message END,
                                replacement = CASE WHEN given.starts THEN NULL ELSE a.replacement END
                            FROM given WHERE a.id = given.id
                            RETURNING a.organization_id, a.id, a.kind, a.namespace, a.audience, a.owners, a.path, a.tags,
                                a.description, given.content
                        )
                        """ + AssetStore.INDEXING)
                .bind("organization", organization)
                .bind("now", AssetStore.at(now))
                .bindArray(
                        "ids",
                        UUID.class,
                        all(versions, version -> version.row().id()))
                .bindArray("versions", Integer.class, all(versions, NewVersion::number))
                .bindArray(
                        "contents",
                        String.class,
                        all(versions, version -> version.text().content()))
                .bindArray(
                        "hashes",
                        String.class,
                        all(versions, version -> version.text().hash()))
                .bindArray(
                        "descriptions",
                        String.class,
                        all(versions, version -> version.text().description()))
                .bindArray("written", String.class, all(versions, version -> String.join(SEPARATOR, written(version))))
                .bindArray("tags", String.class, all(versions, version -> String.join(SEPARATOR, tags(version))))
                .bindArray(
                        "authorIds",
                        UUID.class,
                        all(versions, version -> version.author().principalId()))
                .bindArray(
                        "authors",
                        String.class,
                        all(versions, version -> version.author().principal()))
                .bindArray(
                        "starts",
                        Boolean.class,
                        all(versions, version -> version.row().deleted()))
                .bindArray(
                        "audiences",
                        String.class,
                        all(
                                versions,
                                version ->
                                        AssetStanding.audienceOf(version.name().namespace())))
                .bindArray("owners", String.class, all(versions, AssetBatchStore::owner))
                .bindArray(
                        "mirrors",
                        String.class,
                        all(versions, version -> Objects.requireNonNullElse(version.mirror(), "")))
                .execute();
    }

    private static List<String> written(NewVersion version) {
        return version.text().source().frontMatter().tags();
    }

    /** Returns the tags of the text and those that were added. */
    static List<String> tags(NewVersion version) {
        return AssetStore.union(
                written(version),
                version.row().deleted() ? List.of() : version.row().addedTags());
    }

    /** Nobody owns what comes from elsewhere. */
    private static String owner(NewVersion version) {
        Caller author = version.author();
        return author.principalId().equals(AssetSync.NOBODY) ? "" : author.principal();
    }

    private static List<String> texts(Collection<Key> keys, Function<Key, String> text) {
        return keys.stream().map(text).toList();
    }

    private static <T> List<T> all(List<NewVersion> versions, Function<NewVersion, T> value) {
        return versions.stream().map(value).toList();
    }
}
