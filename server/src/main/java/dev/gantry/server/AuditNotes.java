package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What an operation adds to its audit event. Used by the request's own thread. */
final class AuditNotes {
    private final Map<String, AuditDetail> details = new HashMap<>();
    private final Map<String, List<String>> lists = new HashMap<>();
    private String object = "";

    void add(String name, AuditDetail detail) {
        details.put(name, detail);
    }

    /** Notes a list whole, over several details and events where that takes them. */
    void add(String name, List<String> values) {
        lists.put(name, List.copyOf(values));
    }

    /**
     * Says what was made, or whom it is about, where the path does not; the last word counts.
     *
     * @param segments of a path; people's names belong here, since they are sealed, and not among the details
     */
    void object(List<String> segments) {
        object = String.join("/", segments);
    }

    void addTo(AuditEntry entry) {
        details.forEach(entry::detail);
        lists.forEach(entry::details);
        if (!object.isEmpty()) {
            entry.object(object);
        }
    }
}
