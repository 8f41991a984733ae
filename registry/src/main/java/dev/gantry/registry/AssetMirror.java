package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Lets a program keep assets as they are in another registry: versions with their numbers, labels, tags, deprecations and
 * who sees them. Nobody else changes them here. It asks for no permissions: what may be written where is the operator's decision.
 *
 * <p>Inside of the transactions of others; thread-safe.
 */
public final class AssetMirror {
    private final AssetWrites writes;
    private final AssetBatch batch;
    private final AssetStore store;
    private final MirroredStanding standing;
    private final Clock clock;

    AssetMirror(
            AssetWrites writes,
            AssetBatch batch,
            AssetStore store,
            AssetResolver resolver,
            ReviewPolicies policies,
            Clock clock) {
        this.writes = writes;
        this.batch = batch;
        this.store = store;
        this.standing = new MirroredStanding(store, resolver, policies, clock);
        this.clock = clock;
    }

    /** An asset by its kind and name. */
    public record Named(AssetKind kind, AssetName name) {}

    /** A checked version that is to be written. */
    public static final class Copy {
        private final Named asset;
        private final AssetText text;
        private final AssetOrigin origin;

        private Copy(Named asset, AssetText text, AssetOrigin origin) {
            this.asset = asset;
            this.text = text;
            this.origin = origin;
        }

        /** Returns which asset it is a version of. */
        public Named asset() {
            return asset;
        }

        /** Returns where it comes from. */
        public AssetOrigin origin() {
            return origin;
        }

        /** Returns SHA-256 of its text, in hexadecimal digits. */
        public String hash() {
            return text.hash();
        }
    }

    /** What became of a version. */
    public sealed interface Result {
        /** It is there, under this number. */
        record Written(int version) implements Result {}

        /** It may not be written. */
        record Refused(String reason) implements Result {}
    }

    /**
     * What is said of an asset besides its text.
     *
     * @param labels what they stand for in the other registry
     * @param deprecation why it is deprecated; null when it is not
     * @param visibility who is to see it here: the organization, or the team whose namespace it lies in
     */
    public record Facts(
            Map<String, AssetInventory.Labelled> labels,
            List<String> addedTags,
            @Nullable String deprecation,
            Visibility visibility) {
        /**
         * Checks labels and tags.
         *
         * @throws GantryException {@link ErrorCode#INVALID_REQUEST}
         */
        public Facts {
            if (labels.size() > Labels.LABELS_MAX) {
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST, "it has more than " + Labels.LABELS_MAX + " labels");
            }
            labels.keySet().forEach(AssetReference::requireOwnLabel);
            labels = Map.copyOf(labels);
            addedTags = FrontMatterReader.checkTags(addedTags);
        }
    }

    /**
     * Checks the text of a version by the rules of this registry.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST}, {@link ErrorCode#INVALID_WORKFLOW},
     *     {@link ErrorCode#REQUEST_TOO_LARGE}
     */
    public Copy check(Named asset, String content, AssetOrigin origin) {
        return new Copy(asset, writes.check(asset.kind(), content), origin);
    }

    /** Returns those of the assets that are there and that the mirror does not keep, with the mirror that does, or empty. */
    public Map<Named, String> taken(Handle handle, String mirror, Collection<Named> wanted) {
        Map<Named, String> taken = new HashMap<>();
        bindNames(handle.createQuery("""
                        SELECT kind, namespace, path, coalesce(a.mirror, '') AS keeper
                        FROM unnest(:kinds::text[], :namespaces::text[], :paths::text[]) AS wanted (kind, namespace, path)
                        JOIN assets a USING (kind, namespace, path)
                        WHERE a.deleted_at IS NULL AND a.mirror IS DISTINCT FROM :mirror
                        """), wanted)
                .bind("mirror", mirror)
                .map((row, _) -> taken.put(named(row), row.getString("keeper")))
                .list();
        return taken;
    }

    /**
     * What a mirror has again.
     *
     * @param version its number in the other registry
     * @param hash of its text
     */
    public record Kept(int version, String hash) {}

    /**
     * Lets a mirror keep assets that it once kept and that were released, as far as nobody changed their texts or labels since.
     *
     * @return those that it keeps again, with what is here
     */
    public Map<Named, Kept> takeBack(Handle handle, String mirror, Collection<Named> wanted) {
        Map<Named, Kept> back = new HashMap<>();
        bindNames(handle.createQuery("""
                        WITH unchanged AS (
                            SELECT a.id, o.upstream_version
                            FROM unnest(:kinds::text[], :namespaces::text[], :paths::text[]) AS wanted (kind, namespace, path)
                            JOIN assets a USING (kind, namespace, path)
                            JOIN asset_origins o ON o.asset_id = a.id AND o.version = a.version AND o.mirror = :mirror
                            WHERE a.deleted_at IS NULL AND a.mirror IS NULL AND NOT EXISTS (
                                SELECT FROM asset_labels l WHERE l.asset_id = a.id AND l.moved_by <> :mover)
                            ORDER BY a.kind COLLATE "C", a.namespace, a.path
                            FOR UPDATE OF a
                        )
                        UPDATE assets a SET mirror = :mirror FROM unchanged WHERE a.id = unchanged.id
                        RETURNING a.kind, a.namespace, a.path, a.content_hash, unchanged.upstream_version
                        """), wanted)
                .bind("mirror", mirror)
                .bind("mover", mover(mirror))
                .map((row, _) ->
                        back.put(named(row), new Kept(row.getInt("upstream_version"), row.getString("content_hash"))))
                .list();
        return back;
    }

    static String mover(String mirror) {
        return "mirror:" + mirror;
    }

    static Named named(ResultSet row) throws SQLException {
        return new Named(
                AssetKind.of(row.getString("kind")), new AssetName(row.getString("namespace"), row.getString("path")));
    }

    static Query bindNames(Query query, Collection<Named> names) {
        return query.bindArray(
                        "kinds",
                        String.class,
                        names.stream().map(asset -> asset.kind().id()).toList())
                .bindArray(
                        "namespaces",
                        String.class,
                        names.stream().map(asset -> asset.name().namespace()).toList())
                .bindArray(
                        "paths",
                        String.class,
                        names.stream().map(asset -> asset.name().path()).toList());
    }

    /**
     * Writes versions; those of one asset in the order of their numbers. A version has the number that it has in the other
     * registry; where that is not above those that are here, the next one. After a refused version none of its asset is written.
     *
     * @return what became of each
     */
    public Map<Copy, Result> write(Handle handle, UUID organization, List<Copy> copies) {
        Map<AssetBatch.Item, Copy> items = new LinkedHashMap<>();
        List<List<AssetBatch.Item>> rounds = new ArrayList<>();
        Map<Named, Integer> counts = new HashMap<>();
        for (Copy copy : copies) {
            AssetBatch.Item item = new AssetBatch.Item(
                    AssetSync.author(organization, copy.origin.author()),
                    copy.asset.kind(),
                    copy.asset.name(),
                    copy.text,
                    copy.origin);
            items.put(item, copy);
            int round = counts.merge(copy.asset, 1, Integer::sum);
            if (rounds.size() < round) {
                rounds.add(new ArrayList<>());
            }
            rounds.get(round - 1).add(item);
        }
        Map<Copy, Result> results = new LinkedHashMap<>();
        Map<Copy, Integer> written = new LinkedHashMap<>();
        batch.writeRounds(handle, organization, rounds, (_, _) -> AssetBatch.Choice.WRITE)
                .forEach((item, result) -> {
                    Copy copy = Objects.requireNonNull(items.get(item), "only what was given is written");
                    switch (result) {
                        case AssetBatch.Result.Written there -> {
                            results.put(copy, new Result.Written(there.version()));
                            written.put(copy, there.version());
                        }
                        case AssetBatch.Result.Refused refused ->
                            results.put(
                                    copy,
                                    new Result.Refused(
                                            String.valueOf(refused.reason().getMessage())));
                        case AssetBatch.Result.Left _ -> throw new IllegalStateException("Every text is to be written");
                    }
                });
        remember(handle, organization, written);
        return results;
    }

    private static void remember(Handle handle, UUID organization, Map<Copy, Integer> written) {
        if (written.isEmpty()) {
            return;
        }
        PreparedBatch origins = handle.prepareBatch("""
                INSERT INTO asset_origins (organization_id, asset_id, version, mirror, upstream, upstream_version, author,
                    created_at)
                SELECT :organization, a.id, :version, :mirror, :upstream, :upstreamVersion, :author, :at
                FROM assets a WHERE a.kind = :kind AND a.namespace = :namespace AND a.path = :path
                ON CONFLICT (asset_id, version) DO NOTHING
                """);
        written.forEach((copy, version) -> origins.bind("organization", organization)
                .bind("version", version)
                .bind("mirror", copy.origin.mirror())
                .bind("upstream", copy.origin.name())
                .bind("upstreamVersion", copy.origin.version())
                .bind("author", copy.origin.author())
                .bind("at", AssetStore.at(copy.origin.at()))
                .bind("kind", copy.asset.kind().id())
                .bind("namespace", copy.asset.name().namespace())
                .bind("path", copy.asset.name().path())
                .add());
        origins.execute();
    }

    /**
     * What became of what is said of an asset.
     *
     * @param changed whether anything is different now
     * @param missing the labels of versions that are not here
     * @param waiting the labels of versions that are not approved where only approved ones run; they stay where they are
     * @param withheld whether it is not shown to the organization before its version is approved
     */
    public record Stood(boolean changed, List<String> missing, List<String> waiting, boolean withheld) {
        /** Returns whether something is to be said again when versions were approved. */
        public boolean isWaiting() {
            return withheld || !waiting.isEmpty();
        }
    }

    /** Says of an asset what is said of it in the other registry. */
    public Stood stand(Handle handle, UUID organization, String mirror, Named asset, Facts facts) {
        AssetStore.Row row = store.lock(handle, asset.kind(), asset.name())
                .filter(found -> !found.deleted() && mirror.equals(found.mirror()))
                .orElseThrow(() -> new IllegalStateException("The mirror '" + mirror + "' does not keep " + asset));
        return standing.say(handle, organization, mirror, asset, row, facts);
    }

    /** Returns a number that grows when a version of what a mirror keeps is approved. */
    public long approvals(Handle handle, String mirror) {
        return handle.createQuery("""
                        SELECT count(*) FROM asset_approvals p JOIN assets a ON a.id = p.asset_id WHERE a.mirror = :mirror
                        """).bind("mirror", mirror).mapTo(Long.class).one();
    }

    /**
     * Marks assets that a mirror keeps as deprecated, since the other registry has or shows them no longer.
     *
     * @param message what those learn who use one
     */
    public void gone(Handle handle, String mirror, Collection<Named> gone, String message) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        for (Named asset : gone) {
            store.lock(handle, asset.kind(), asset.name())
                    .filter(row -> !row.deleted() && mirror.equals(row.mirror()))
                    .ifPresent(row -> store.deprecate(handle, row.id(), now, message, null));
        }
    }

    /** Lets the assets of a mirror be changed here from now on; returns how many they were. */
    public int release(Handle handle, String mirror) {
        return handle.createUpdate("UPDATE assets SET mirror = NULL WHERE mirror = :mirror")
                .bind("mirror", mirror)
                .execute();
    }
}
