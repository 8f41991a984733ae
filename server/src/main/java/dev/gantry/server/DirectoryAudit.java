package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
import dev.gantry.audit.AuditResult;
import dev.gantry.kernel.Ids;
import dev.gantry.signin.DirectoryEvents;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes into the audit log what identity providers may not do. Thread-safe. */
record DirectoryAudit(AuditLog log, AuditEvent.Origin writer, Clock clock) implements DirectoryEvents {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryAudit.class);

    @Override
    public void administratorKept(
            UUID organization, UUID principalId, String principal, String provider, List<String> groups) {
        LOG.warn(
                "Identity provider {} takes {} out of {}, which would leave nobody to administer the organization;"
                        + " they stay. Give somebody else the role 'owner'",
                provider,
                principal,
                groups);
        log.append(new AuditEvent(
                Ids.next(),
                clock.instant(),
                "group.member.remove",
                new AuditEvent.Actor(null, null, ""),
                organization,
                null,
                null,
                "users/" + principal,
                "remove",
                AuditResult.DENIED,
                "Nobody would be left who may do everything",
                0L,
                null,
                null,
                "",
                "",
                Map.of(
                        "provider", new AuditDetail.Text(provider),
                        "groups", new AuditDetail.Text(String.join(", ", groups))),
                writer));
    }
}
