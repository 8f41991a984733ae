package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Tells another registry that mirrors this one what there is, as far as its key may read it: the assets in the order of their
 * names, and their versions. What lies in the namespaces of users, and what only its owners see, is never told of.
 *
 * <p>Thread-safe; blocks on the database.
 */
public final class AssetInventory {
    /** Assets of which versions are given at a time. */
    public static final int WANTED_MAX = 80;

    private static final int VERSIONS_MAX = 400;

    /** Another one when the list comes to say something else of assets. */
    private static final String FORMAT = "2";

    private static final String SHOWN = """
            a.deleted_at IS NULL AND a.audience <> '' AND a.namespace NOT LIKE '~%'
                AND (cardinality(:namespaces::text[]) = 0 OR a.namespace = ANY(:namespaces::text[]))
                AND
            """ + Viewer.SEES;

    private static final String LABELS = """
            (SELECT array_agg(l.label || '=' || l.version || '=' || v.content_hash ORDER BY l.label)
                FROM asset_labels l JOIN asset_versions v ON v.asset_id = l.asset_id AND v.version = l.version
                WHERE l.asset_id = a.id)
            """;

    private final Database database;

    AssetInventory(Database database) {
        this.database = database;
    }

    /**
     * What a label stands for.
     *
     * @param hash of the version's text
     */
    public record Labelled(int version, String hash) {}

    /**
     * An asset as it stands.
     *
     * @param hash of its newest version's text
     * @param addedTags tags besides those that its text gives
     * @param labels versions by label
     * @param deprecation null unless it is deprecated
     * @param visibility never {@link Visibility#PRIVATE}
     */
    public record Item(
            UUID id,
            AssetKind kind,
            AssetName name,
            int version,
            String hash,
            Instant updatedAt,
            List<String> addedTags,
            Map<String, Labelled> labels,
            AssetStanding.@Nullable Deprecation deprecation,
            Visibility visibility) {}

    /**
     * A part of the list. It may be empty although there is more.
     *
     * @param next where the next part begins; null after the last
     */
    public record Page(List<Item> items, @Nullable String next) {}

    /** A version with its text. */
    public record Copy(
            UUID asset,
            AssetKind kind,
            AssetName name,
            int version,
            String hash,
            String content,
            String author,
            Instant at) {}

    /**
     * Versions.
     *
     * @param complete whether these are all that were asked for
     */
    public record Copies(List<Copy> copies, boolean complete) {}

    /**
     * Returns what stands for all that a caller may mirror: while it is the same, nothing has changed. It may change although
     * nothing of the caller's has. Costs reading one row.
     *
     * @param namespaces the only ones; empty for all
     */
    public String state(Caller caller, List<String> namespaces) {
        requireSomeReading(caller);
        String revision = database.inOrganization(
                caller.organization(),
                handle -> handle.createQuery("SELECT revision FROM asset_revisions")
                        .mapTo(String.class)
                        .findOne()
                        .orElse(""));
        Viewer viewer = Viewer.of(caller);
        String reader = String.join(
                "\n",
                caller.principal(),
                String.valueOf(viewer.everything()),
                new TreeSet<>(viewer.audiences()).toString(),
                caller.rights().describe().toString());
        String all =
                String.join("\n", FORMAT, caller.organization().toString(), revision, namespaces.toString(), reader);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    /**
     * Returns a part of the list.
     *
     * @param namespaces the only ones; empty for all
     * @param after what the part before said; null for the first
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if {@code after} is nothing of the kind;
     *     {@link ErrorCode#PERMISSION_DENIED} if the caller may read nothing
     */
    public Page page(Caller caller, List<String> namespaces, @Nullable String after, int limit) {
        requireSomeReading(caller);
        String[] start = start(after);
        List<Item> rows = database.inOrganization(
                caller.organization(),
                handle -> shown(
                                handle,
                                Viewer.of(caller),
                                namespaces,
                                """
                                SELECT a.id, a.kind, a.namespace, a.path, a.version, a.content_hash, a.updated_at, a.added_tags,
                                    a.deprecated_at, a.deprecation_message, a.replacement, a.audience, %s AS labels
                                FROM assets a WHERE (a.kind, a.namespace, a.path) > (:kind, :namespace, :path) AND
                                """.formatted(LABELS) + SHOWN + " ORDER BY a.kind, a.namespace, a.path LIMIT :limit")
                        .bind("kind", start[0])
                        .bind("namespace", start[1])
                        .bind("path", start[2])
                        .bind("limit", limit)
                        .map((row, _) -> item(row))
                        .list());
        String next = null;
        if (rows.size() == limit) {
            Item last = rows.getLast();
            String position = last.kind().id() + "\n" + last.name().namespace() + "\n"
                    + last.name().path();
            next = Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
        }
        return new Page(
                rows.stream()
                        .filter(item -> Namespaces.mayRead(caller, item.kind(), item.name()))
                        .toList(),
                next);
    }

    private static void requireSomeReading(Caller caller) {
        if (!caller.rights().allowSome(AssetKind.WORKFLOW.resource(), "read")) {
            Namespaces.requireSomeReading(caller, AssetKind.PATTERN);
        }
    }

    private static String[] start(@Nullable String after) {
        if (after == null) {
            return new String[] {"", "", ""};
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8);
            String[] parts = text.split("\n", -1);
            if (parts.length == 3 && text.indexOf('\0') < 0) {
                return parts;
            }
        } catch (IllegalArgumentException malformed) {
            // Reported below, together with what has another form.
        }
        throw new GantryException(
                ErrorCode.INVALID_REQUEST, "'cursor' is not one of a previous page; pass it on unchanged");
    }

    /**
     * Returns versions with their texts, oldest first.
     *
     * @param wanted the assets, each with the number after which versions are wanted; up to {@link #WANTED_MAX}
     * @param charsMax most characters of all texts together; at least one version is given nonetheless
     */
    public Copies versions(Caller caller, Map<UUID, Integer> wanted, long charsMax) {
        List<UUID> ids = List.copyOf(wanted.keySet());
        return database.inOrganization(caller.organization(), handle -> {
            Query query = shown(
                            handle,
                            Viewer.of(caller),
                            List.of(),
                            """
                            SELECT a.id, a.kind, a.namespace, a.path, v.version, v.content_hash, v.content, v.author, v.created_at
                            FROM unnest(:ids::uuid[], :afters::integer[]) WITH ORDINALITY AS wanted (id, after, position)
                            JOIN assets a ON a.id = wanted.id
                            JOIN asset_versions v ON v.asset_id = a.id AND v.version > wanted.after
                            WHERE
                            """ + SHOWN + " ORDER BY wanted.position, v.version LIMIT :limit")
                    .bindArray("ids", UUID.class, ids)
                    .bindArray(
                            "afters",
                            Integer.class,
                            ids.stream().map(wanted::get).toList())
                    .bind("limit", VERSIONS_MAX + 1)
                    .setFetchSize(16);
            return read(caller, query, charsMax);
        });
    }

    private static Copies read(Caller caller, Query query, long charsMax) {
        List<Copy> copies = new ArrayList<>();
        long chars = 0;
        try (ResultIterator<Copy> found = query.map((row, _) -> copy(row)).iterator()) {
            while (found.hasNext()) {
                Copy copy = found.next();
                chars += copy.content().length();
                if (!copies.isEmpty() && (chars > charsMax || copies.size() == VERSIONS_MAX)) {
                    return new Copies(copies, false);
                }
                if (Namespaces.mayRead(caller, copy.kind(), copy.name())) {
                    copies.add(copy);
                }
            }
        }
        return new Copies(copies, true);
    }

    private static Query shown(Handle handle, Viewer viewer, List<String> namespaces, String sql) {
        return viewer.bind(handle.createQuery(sql)).bindArray("namespaces", String.class, namespaces);
    }

    private static Item item(ResultSet row) throws SQLException {
        AssetStanding.Deprecation deprecation = row.getObject("deprecated_at") == null
                ? null
                : new AssetStanding.Deprecation(
                        AssetStore.instant(row, "deprecated_at"),
                        Optional.ofNullable(row.getString("deprecation_message"))
                                .orElse(""),
                        row.getString("replacement"));
        return new Item(
                row.getObject("id", UUID.class),
                AssetKind.of(row.getString("kind")),
                new AssetName(row.getString("namespace"), row.getString("path")),
                row.getInt("version"),
                row.getString("content_hash"),
                AssetStore.instant(row, "updated_at"),
                AssetStore.texts(row, "added_tags"),
                labels(AssetStore.texts(row, "labels")),
                deprecation,
                AssetStanding.visibility(row.getString("audience")));
    }

    private static Map<String, Labelled> labels(List<String> entries) {
        Map<String, Labelled> labels = new LinkedHashMap<>();
        for (String entry : entries) {
            String[] parts = entry.split("=", 3);
            labels.put(parts[0], new Labelled(Integer.parseInt(parts[1]), parts[2]));
        }
        return labels;
    }

    private static Copy copy(ResultSet row) throws SQLException {
        return new Copy(
                row.getObject("id", UUID.class),
                AssetKind.of(row.getString("kind")),
                new AssetName(row.getString("namespace"), row.getString("path")),
                row.getInt("version"),
                row.getString("content_hash"),
                row.getString("content"),
                row.getString("author"),
                AssetStore.instant(row, "created_at"));
    }
}
