package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands in for review what came from elsewhere, such as from a git repository. Those who wrote it there do not approve it here:
 * neither the account whose address the version bears, nor whoever handed it in. Thread-safe; blocks on the database.
 */
public final class SyncedReviews {
    private static final Logger LOG = LoggerFactory.getLogger(SyncedReviews.class);

    private final Database database;
    private final Reviews reviews;

    SyncedReviews(Database database, Reviews reviews) {
        this.database = database;
        this.reviews = reviews;
    }

    /** An asset by its kind and name. */
    public record Named(AssetKind kind, AssetName name) {}

    /**
     * Hands in the newest versions of those assets that came from elsewhere, are not approved, and were never handed in.
     *
     * @param by names the program in the review, such as {@code git:library}
     * @param limit how many at most
     * @return how many were handed in; with as many as the limit there may be more
     */
    public int handIn(UUID organization, Collection<Named> assets, String by, String message, int limit) {
        List<Named> open = database.inOrganization(
                organization,
                handle -> handle.createQuery("""
                        SELECT a.kind, a.namespace, a.path
                        FROM unnest(:kinds::text[], :namespaces::text[], :paths::text[]) AS wanted (kind, namespace, path)
                        JOIN assets a USING (kind, namespace, path)
                        JOIN asset_versions v ON v.asset_id = a.id AND v.version = a.version
                        WHERE a.deleted_at IS NULL AND v.author_id = :nobody
                            AND NOT EXISTS (SELECT FROM asset_approvals p WHERE p.asset_id = a.id AND p.version = a.version)
                            AND NOT EXISTS (SELECT FROM reviews r WHERE r.asset_id = a.id AND r.version = a.version)
                        ORDER BY a.kind, a.namespace, a.path
                        LIMIT :limit
                        """)
                        .bindArray(
                                "kinds",
                                String.class,
                                assets.stream().map(asset -> asset.kind().id()).toList())
                        .bindArray(
                                "namespaces",
                                String.class,
                                assets.stream()
                                        .map(asset -> asset.name().namespace())
                                        .toList())
                        .bindArray(
                                "paths",
                                String.class,
                                assets.stream()
                                        .map(asset -> asset.name().path())
                                        .toList())
                        .bind("nobody", AssetSync.NOBODY)
                        .bind("limit", limit)
                        .map((row, _) -> new Named(
                                AssetKind.of(row.getString("kind")),
                                new AssetName(row.getString("namespace"), row.getString("path"))))
                        .list());
        Caller program = new Caller(
                organization,
                AssetSync.NOBODY,
                Text.storable(by, 200),
                PrincipalKind.SERVICE_ACCOUNT,
                null,
                List.of(),
                null,
                null,
                AccessRights.EVERYTHING);
        for (Named asset : open) {
            try {
                reviews.submitExactly(program, asset.kind(), asset.name(), message);
            } catch (GantryException refused) {
                if (refused.code() == ErrorCode.DATABASE_UNAVAILABLE) {
                    throw refused;
                }
                // With a conflict somebody else changed it or handed it in a moment ago; nothing else keeps the others.
                if (refused.code() != ErrorCode.CONFLICT) {
                    LOG.warn("{} cannot be handed in for review", asset.name(), refused);
                }
            }
        }
        return open.size();
    }
}
