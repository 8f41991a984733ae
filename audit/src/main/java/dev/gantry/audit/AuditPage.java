package dev.gantry.audit;

import dev.gantry.kernel.TimeCursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of events.
 *
 * @param events newest first
 * @param next where the next page begins; null when this is the last
 */
public record AuditPage(List<AuditEvent> events, @Nullable TimeCursor next) {
    /** Copies the list. */
    public AuditPage {
        events = List.copyOf(events);
    }
}
