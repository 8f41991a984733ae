package dev.gantry.gateway;

import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
import dev.gantry.audit.AuditResult;
import dev.gantry.kernel.Ids;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** Opens an audit entry for every request. Thread-safe. */
public final class AuditTrail {
    private final AuditLog log;
    private final UUID home;
    private final AuditEvent.Origin writer;

    /**
     * A trail into a log.
     *
     * @param home the organization whose log holds events of callers who could not be recognized
     * @param writer which process writes
     */
    public AuditTrail(AuditLog log, UUID home, AuditEvent.Origin writer) {
        this.log = log;
        this.home = home;
        this.writer = writer;
    }

    /** Writes what the platform did by itself, into the log of the home organization, and does not wait for it. */
    public void note(Instant time, String eventType, String resource, String action, Map<String, AuditDetail> details) {
        log.append(new AuditEvent(
                Ids.next(),
                time,
                eventType,
                new AuditEvent.Actor(null, null, ""),
                home,
                null,
                null,
                resource,
                action,
                AuditResult.SUCCESS,
                null,
                0L,
                null,
                null,
                "",
                "",
                details,
                writer));
    }

    /** Opens the entry of a request; it is written when it is closed. */
    public AuditEntry open(Origin origin) {
        return new AuditEntry(log, home, writer, origin);
    }
}
