package dev.gantry.metering;

import dev.gantry.kernel.MicroDollars;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was consumed in a period.
 *
 * @param groupings what the keys of the lines are, in their order
 * @param lines the most expensive first; in order of time when grouped by day
 * @param total over everything that the filter lets through, lines that were left out included
 * @param truncated whether there are more lines than were asked for
 */
public record UsageSummary(List<UsageGrouping> groupings, List<Line> lines, Line total, boolean truncated) {
    /** Copies the lists. */
    public UsageSummary {
        groupings = List.copyOf(groupings);
        lines = List.copyOf(lines);
    }

    /**
     * Sums over calls.
     *
     * @param key a value for each grouping; null where the calls have none, such as calls without a pattern
     * @param requests calls
     * @param estimatedRequests calls whose tokens we estimated because the provider gave no numbers
     * @param inputTokens prompt tokens outside of the provider's cache
     * @param outputTokens generated tokens, reasoning included
     * @param cacheReadTokens prompt tokens from the provider's cache
     * @param cacheWriteTokens prompt tokens to the provider's cache, for however long
     * @param reasoningTokens the part of the output that was reasoning
     * @param cost what all that cost
     */
    public record Line(
            List<@Nullable String> key,
            long requests,
            long estimatedRequests,
            long inputTokens,
            long outputTokens,
            long cacheReadTokens,
            long cacheWriteTokens,
            long reasoningTokens,
            MicroDollars cost) {
        /** Copies the key. */
        public Line {
            key = Collections.unmodifiableList(new ArrayList<>(key));
        }
    }
}
