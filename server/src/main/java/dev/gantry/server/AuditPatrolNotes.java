package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
import dev.gantry.audit.AuditResult;
import dev.gantry.audit.VerificationReport.Finding;
import dev.gantry.audit.VerificationWatch;
import dev.gantry.audit.Verified;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Text;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what regular verifications of the audit log find: in the log of the node, as an event of the organization that runs
 * the installation, and as one of each organization whose events are concerned. Sinks get these events as all others.
 * Thread-safe.
 *
 * @param home the organization that runs the installation
 */
record AuditPatrolNotes(AuditLog log, UUID home, AuditEvent.Origin writer, Clock clock) implements VerificationWatch {
    private static final Logger LOG = LoggerFactory.getLogger(AuditPatrolNotes.class);
    private static final String EVENT = "audit.verification";
    private static final int REASON_LENGTH_MAX = 300;

    @Override
    public void found(List<Finding> findings) {
        Map<UUID, Integer> counts = new LinkedHashMap<>();
        Map<UUID, String> first = new LinkedHashMap<>();
        for (Finding finding : findings) {
            LOG.error("The audit log is not as it was written: {}", finding.message());
            UUID concerned = finding.organization() == null ? home : finding.organization();
            counts.merge(concerned, 1, Integer::sum);
            first.putIfAbsent(concerned, finding.message());
        }
        // Whoever runs the installation learns of every finding, and of another's no more than that there is one.
        counts.putIfAbsent(home, 0);
        counts.forEach((organization, count) -> append(
                organization,
                AuditResult.FAILED,
                first.getOrDefault(organization, "The log of another organization is not as it was written"),
                Map.of("findings", AuditDetail.of(organization.equals(home) ? findings.size() : count))));
    }

    @Override
    public void finished(Verified verified) {
        boolean sound = verified.findings() == 0;
        if (sound) {
            LOG.info("The audit log was verified: {} events are as they were written", verified.events());
        }
        append(
                home,
                sound ? AuditResult.SUCCESS : AuditResult.FAILED,
                sound ? null : "The audit log is not as it was written",
                Map.of(
                        "events", AuditDetail.of(verified.events()),
                        "findings", AuditDetail.of(verified.findings())));
    }

    private void append(
            UUID organization, AuditResult result, @Nullable String reason, Map<String, AuditDetail> details) {
        try {
            log.append(new AuditEvent(
                    Ids.next(),
                    clock.instant(),
                    EVENT,
                    new AuditEvent.Actor(null, null, ""),
                    organization,
                    null,
                    null,
                    "audit/log",
                    "verify",
                    result,
                    reason == null ? null : Text.shorten(reason, REASON_LENGTH_MAX),
                    0L,
                    null,
                    null,
                    "",
                    "",
                    details,
                    writer));
        } catch (RuntimeException notNoted) {
            LOG.warn("What a verification of the audit log found could not be written to it", notNoted);
        }
    }
}
