package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
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
import org.jspecify.annotations.Nullable;

/**
 * Lets a program keep assets as they are in another registry: versions with their numbers, labels, tags and deprecations. Nobody
 * else changes them here. It asks for no permissions: what may be written where is the operator's decision.
 *
 * <p>Inside of the transactions of others; thread-safe.
 */
public final class AssetMirror {
    private final Assets assets;
    private final AssetBatch batch;
    private final AssetStore store;
    private final AssetResolver resolver;
    private final Clock clock;

    AssetMirror(Assets assets, AssetBatch batch, AssetStore store, AssetResolver resolver, Clock clock) {
        this.assets = assets;
        this.batch = batch;
        this.store = store;
        this.resolver = resolver;
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
     */
    public record Facts(
            Map<String, AssetInventory.Labelled> labels,
            List<String> addedTags,
            @Nullable String deprecation) {
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
        return new Copy(asset, assets.check(asset.kind(), content), origin);
    }

    /** Returns those of the assets that are there and that the mirror does not keep, with the mirror that does, or empty. */
    public Map<Named, String> taken(Handle handle, String mirror, Collection<Named> wanted) {
        Map<Named, String> taken = new HashMap<>();
        handle.createQuery("""
                        SELECT kind, namespace, path, coalesce(a.mirror, '') AS keeper
                        FROM unnest(:kinds::text[], :namespaces::text[], :paths::text[]) AS wanted (kind, namespace, path)
                        JOIN assets a USING (kind, namespace, path)
                        WHERE a.deleted_at IS NULL AND a.mirror IS DISTINCT FROM :mirror
                        """)
                .bind("mirror", mirror)
                .bindArray(
                        "kinds",
                        String.class,
                        wanted.stream().map(asset -> asset.kind().id()).toList())
                .bindArray(
                        "namespaces",
                        String.class,
                        wanted.stream().map(asset -> asset.name().namespace()).toList())
                .bindArray(
                        "paths",
                        String.class,
                        wanted.stream().map(asset -> asset.name().path()).toList())
                .map((row, _) -> taken.put(
                        new Named(
                                AssetKind.of(row.getString("kind")),
                                new AssetName(row.getString("namespace"), row.getString("path"))),
                        row.getString("keeper")))
                .list();
        return taken;
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
     */
    public record Stood(boolean changed, List<String> missing, List<String> waiting) {}

    /** Says of an asset what is said of it in the other registry. */
    public Stood stand(Handle handle, UUID organization, String mirror, Named asset, Facts facts) {
        AssetStore.Row row = store.lock(handle, asset.kind(), asset.name())
                .filter(found -> !found.deleted() && mirror.equals(found.mirror()))
                .orElseThrow(() -> new IllegalStateException("The mirror '" + mirror + "' does not keep " + asset));
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        boolean retagged = !facts.addedTags().equals(row.addedTags());
        if (retagged) {
            store.publish(handle, row, row.audience(), row.owners(), facts.addedTags());
        }
        boolean deprecated = deprecate(handle, row.id(), facts.deprecation(), now);
        boolean approvedOnly = resolver.requiresApproval(handle, organization, asset.kind(), asset.name());
        Stood labelled = label(handle, organization, mirror, row.id(), facts.labels(), approvedOnly, now);
        return new Stood(retagged || deprecated || labelled.changed(), labelled.missing(), labelled.waiting());
    }

    /** Says why an asset is deprecated, or that it is not; returns whether that is new. */
    private static boolean deprecate(Handle handle, UUID asset, @Nullable String message, Instant now) {
        return handle.createUpdate("""
                        UPDATE assets SET deprecated_at = CASE WHEN :message::text IS NULL THEN NULL ELSE :now END,
                            deprecation_message = :message, replacement = NULL
                        WHERE id = :id AND (deprecation_message IS DISTINCT FROM :message::text OR replacement IS NOT NULL
                            OR (deprecated_at IS NULL) <> (:message::text IS NULL))
                        """)
                        .bind("id", asset)
                        .bind("message", message)
                        .bind("now", AssetStore.at(now))
                        .execute()
                > 0;
    }

    private static Stood label(
            Handle handle,
            UUID organization,
            String mirror,
            UUID asset,
            Map<String, AssetInventory.Labelled> labels,
            boolean approvedOnly,
            Instant now) {
        List<String> names = List.copyOf(labels.keySet());
        List<AssetInventory.Labelled> meant =
                names.stream().map(labels::get).map(Objects::requireNonNull).toList();
        return handle.createQuery("""
                        WITH meant AS (
                            SELECT label, (SELECT v.version FROM asset_versions v
                                WHERE v.asset_id = :asset AND v.content_hash = hash
                                ORDER BY v.version = number DESC, v.version DESC LIMIT 1) AS version
                            FROM unnest(:labels::text[], :numbers::integer[], :hashes::text[]) AS given (label, number, hash)
                        ), wanted AS (
                            SELECT label, version, version IS NOT NULL AND (NOT :approvedOnly
                                OR EXISTS (SELECT FROM asset_approvals p WHERE p.asset_id = :asset AND p.version = meant.version)
                                OR EXISTS (SELECT FROM asset_labels l WHERE l.asset_id = :asset AND l.label = meant.label
                                    AND l.version = meant.version)) AS fits
                            FROM meant
                        ), dropped AS (
                            DELETE FROM asset_labels WHERE asset_id = :asset
                                AND label NOT IN (SELECT label FROM wanted WHERE version IS NOT NULL)
                            RETURNING label
                        ), moved AS (
                            INSERT INTO asset_labels (organization_id, asset_id, label, version, moved_by, moved_at)
                            SELECT :organization, :asset, label, version, :mover, :now FROM wanted WHERE fits
                            ON CONFLICT (asset_id, label) DO UPDATE SET version = excluded.version,
                                moved_by = excluded.moved_by, moved_at = excluded.moved_at
                                WHERE asset_labels.version <> excluded.version
                            RETURNING label
                        )
                        SELECT EXISTS (SELECT FROM dropped) OR EXISTS (SELECT FROM moved) AS changed,
                            ARRAY(SELECT label FROM wanted WHERE version IS NULL ORDER BY label) AS missing,
                            ARRAY(SELECT label FROM wanted WHERE version IS NOT NULL AND NOT fits ORDER BY label) AS waiting
                        """)
                .bind("asset", asset)
                .bind("organization", organization)
                .bind("mover", "mirror:" + mirror)
                .bind("now", AssetStore.at(now))
                .bind("approvedOnly", approvedOnly)
                .bindArray("labels", String.class, names)
                .bindArray(
                        "numbers",
                        Integer.class,
                        meant.stream().map(AssetInventory.Labelled::version).toList())
                .bindArray(
                        "hashes",
                        String.class,
                        meant.stream().map(AssetInventory.Labelled::hash).toList())
                .map((row, _) -> new Stood(
                        row.getBoolean("changed"), AssetStore.texts(row, "missing"), AssetStore.texts(row, "waiting")))
                .one();
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
