package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.registry.AssetMirror.Named;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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

    /** The names of assets that came from elsewhere, part by part in an order of their own. */
    @FunctionalInterface
    public interface Names {
        /**
         * Returns the next part.
         *
         * @param last the last name of the part before; null for the first
         * @return empty after the last
         */
        List<Named> after(@Nullable Named last);
    }

    /**
     * What was done.
     *
     * @param handedIn how many versions were handed in
     * @param refused how many could not be, which the log tells of
     */
    public record Outcome(int handedIn, int refused) {}

    /**
     * Hands in the newest versions of those assets that came from elsewhere, are not approved, and were never handed in.
     *
     * @param by names the program in the review, such as {@code git:library}
     */
    public Outcome handIn(UUID organization, Names names, String by, String message) {
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
        int handedIn = 0;
        int refused = 0;
        List<Named> part = names.after(null);
        while (!part.isEmpty()) {
            for (Named asset : open(organization, part)) {
                try {
                    reviews.submitExactly(program, asset.kind(), asset.name(), message);
                    handedIn++;
                } catch (GantryException failed) {
                    if (failed.code() == ErrorCode.DATABASE_UNAVAILABLE) {
                        throw failed;
                    }
                    // With a conflict somebody else changed it or handed it in a moment ago; nothing else keeps the
                    // others.
                    if (failed.code() != ErrorCode.CONFLICT) {
                        refused++;
                        LOG.warn("{} cannot be handed in for review", asset.name(), failed);
                    }
                }
            }
            part = names.after(part.getLast());
        }
        return new Outcome(handedIn, refused);
    }

    private List<Named> open(UUID organization, List<Named> assets) {
        return database.inOrganization(
                organization,
                handle -> AssetMirror.bindNames(handle.createQuery("""
                        SELECT a.kind, a.namespace, a.path
                        FROM unnest(:kinds::text[], :namespaces::text[], :paths::text[]) AS wanted (kind, namespace, path)
                        JOIN assets a USING (kind, namespace, path)
                        JOIN asset_versions v ON v.asset_id = a.id AND v.version = a.version
                        WHERE a.deleted_at IS NULL AND v.author_id = :nobody
                            AND NOT EXISTS (SELECT FROM asset_approvals p WHERE p.asset_id = a.id AND p.version = a.version)
                            AND NOT EXISTS (SELECT FROM reviews r WHERE r.asset_id = a.id AND r.version = a.version)
                        ORDER BY a.kind, a.namespace, a.path
                        """), assets)
                        .bind("nobody", AssetSync.NOBODY)
                        .map((row, _) -> AssetMirror.named(row))
                        .list());
    }
}
