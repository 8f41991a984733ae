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
        for (String group : groups) {
            append(
                    organization,
                    new AuditEvent.Actor(null, null, ""),
                    "group.member.remove",
                    "groups/" + group + "/" + principal,
                    "remove",
                    AuditResult.DENIED,
                    "Nobody would be left who may do everything",
                    Map.of("provider", new AuditDetail.Text(provider)));
        }
    }

    @Override
    public void sessionEnded(UUID organization, UUID principalId, String principal, String provider, String why) {
        LOG.info("The session of {} from identity provider {} ended: {}", principal, provider, why);
        append(
                organization,
                new AuditEvent.Actor(principal, null, ""),
                "auth.session.revoke",
                "auth/sessions",
                "revoke",
                AuditResult.SUCCESS,
                why,
                Map.of("provider", new AuditDetail.Text(provider)));
    }

    private void append(
            UUID organization,
            AuditEvent.Actor actor,
            String event,
            String resource,
            String action,
            AuditResult result,
            String reason,
            Map<String, AuditDetail> details) {
        log.append(new AuditEvent(
                Ids.next(),
                clock.instant(),
                event,
                actor,
                organization,
                null,
                null,
                resource,
                action,
                result,
                reason,
                0L,
                null,
                null,
                "",
                "",
                details,
                writer));
    }
}
