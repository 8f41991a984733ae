package dev.gantry.gateway;

import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
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

    /** Opens the entry of a request; it is written when it is closed. */
    public AuditEntry open(Origin origin) {
        return new AuditEntry(log, home, writer, origin);
    }
}
