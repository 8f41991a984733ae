package dev.gantry.identity;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which of the users or groups that are found are wanted, in the order in which they were made.
 *
 * @param after the last one that is known already; null to begin with the first
 * @param skip how many to leave out
 * @param rowsMax at most so many
 */
public record Slice(@Nullable UUID after, int skip, int rowsMax) {
    private static final UUID FIRST = new UUID(0, 0);

    UUID begin() {
        return after == null ? FIRST : after;
    }
}
