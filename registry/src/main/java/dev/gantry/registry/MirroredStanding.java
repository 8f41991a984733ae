package dev.gantry.registry;

import dev.gantry.registry.AssetMirror.Facts;
import dev.gantry.registry.AssetMirror.Named;
import dev.gantry.registry.AssetMirror.Stood;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Says of mirrored assets what is said of them in the other registry, as far as the policies of reviews here let it. Inside of
 * the transactions of others; thread-safe.
 */
final class MirroredStanding {
    private final AssetStore store;
    private final AssetResolver resolver;
    private final ReviewPolicies policies;
    private final Clock clock;

    MirroredStanding(AssetStore store, AssetResolver resolver, ReviewPolicies policies, Clock clock) {
        this.store = store;
        this.resolver = resolver;
        this.policies = policies;
        this.clock = clock;
    }

    /** Says it of an asset whose row is locked. */
    Stood say(Handle handle, UUID organization, String mirror, Named asset, AssetStore.Row row, Facts facts) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        boolean approvedOnly = resolver.requiresApproval(handle, organization, asset.kind(), asset.name());
        String audience = facts.visibility() == Visibility.ORGANIZATION
                ? Viewer.EVERYBODY
                : AssetStanding.audienceOf(asset.name().namespace());
        boolean withheld = audience.equals(Viewer.EVERYBODY)
                && !row.audience().equals(Viewer.EVERYBODY)
                && (approvedOnly
                        || policies.of(handle, asset.name().namespace()).asked())
                && !isApproved(handle, row);
        String shown = withheld ? row.audience() : audience;
        boolean published = !shown.equals(row.audience()) || !facts.addedTags().equals(row.addedTags());
        if (published) {
            store.publish(handle, row, shown, row.owners(), facts.addedTags());
        }
        boolean deprecated = deprecate(handle, row.id(), facts.deprecation(), now);
        Labelling labelled = label(handle, organization, mirror, row.id(), facts.labels(), approvedOnly, now);
        return new Stood(
                published || deprecated || labelled.changed(), labelled.missing(), labelled.waiting(), withheld);
    }

    private static boolean isApproved(Handle handle, AssetStore.Row row) {
        return handle.createQuery(
                        "SELECT EXISTS (SELECT FROM asset_approvals WHERE asset_id = :asset AND version = :version)")
                .bind("asset", row.id())
                .bind("version", row.version())
                .mapTo(Boolean.class)
                .one();
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

    private record Labelling(boolean changed, List<String> missing, List<String> waiting) {}

    private static Labelling label(
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
                .bind("mover", AssetMirror.mover(mirror))
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
                .map((row, _) -> new Labelling(
                        row.getBoolean("changed"), AssetStore.texts(row, "missing"), AssetStore.texts(row, "waiting")))
                .one();
    }
}
