package dev.gantry.runs;

import dev.gantry.kernel.TimeCursor;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which runs are wanted, newest first; null wherever it does not matter.
 *
 * @param workflow qualified name
 * @param principal who started it
 * @param team that it was started for
 * @param deadLetter true: only runs that were given up, since they could not be worked on
 * @param from created at or after
 * @param to created before
 * @param after the place where the page before ended
 * @param limit of the page
 */
public record RunQuery(
        @Nullable String workflow,
        @Nullable RunState state,
        @Nullable UUID principal,
        @Nullable String team,
        boolean deadLetter,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable TimeCursor after,
        int limit) {
    /** Runs whether they were given up or not. */
    public RunQuery(
            @Nullable String workflow,
            @Nullable RunState state,
            @Nullable UUID principal,
            @Nullable String team,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable TimeCursor after,
            int limit) {
        this(workflow, state, principal, team, false, from, to, after, limit);
    }
}
