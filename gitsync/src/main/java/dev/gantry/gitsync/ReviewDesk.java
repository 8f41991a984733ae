package dev.gantry.gitsync;

import dev.gantry.registry.SyncedReviews;
import java.util.Collection;
import java.util.UUID;

/** Takes what a source brings for review. Implementations are thread-safe. */
@FunctionalInterface
public interface ReviewDesk {
    /**
     * Hands in those newest versions that are not approved and were never handed in.
     *
     * @param by names the source in the reviews
     * @return how many were handed in; with as many as the limit there may be more
     */
    int handIn(UUID organization, Collection<SyncedReviews.Named> assets, String by, String message, int limit);
}
