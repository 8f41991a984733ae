package dev.gantry.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list of sessions, in the order of their names.
 *
 * @param nextAfter name to ask from for the next page; null when this is the last
 */
public record SessionPage(
        List<SessionSummary> sessions, @Nullable String nextAfter) {
    /** Copies the list. */
    public SessionPage {
        sessions = List.copyOf(sessions);
    }
}
