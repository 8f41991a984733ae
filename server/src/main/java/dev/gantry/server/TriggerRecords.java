package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
import dev.gantry.audit.AuditResult;
import dev.gantry.kernel.Ids;
import dev.gantry.runs.Starter;
import dev.gantry.triggers.Trigger;
import dev.gantry.triggers.TriggerListener;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Writes what triggers did by themselves into the audit log, and does not wait for it. Thread-safe. */
final class TriggerRecords implements TriggerListener {
    private final AuditLog log;
    private final AuditEvent.Origin writer;
    private final Clock clock;

    TriggerRecords(AuditLog log, AuditEvent.Origin writer, Clock clock) {
        this.log = log;
        this.writer = writer;
        this.clock = clock;
    }

    @Override
    public void fired(Fired fired) {
        Trigger trigger = fired.trigger();
        Starter owner = trigger.owner();
        Map<String, AuditDetail> details = new HashMap<>();
        details.put("trigger", AuditDetail.of(trigger.label()));
        UUID run = fired.run();
        if (run != null) {
            details.put("run", AuditDetail.of(run.toString()));
        }
        if (fired.stopped()) {
            details.put("stopped", AuditDetail.of(true));
        }
        log.append(new AuditEvent(
                Ids.next(),
                clock.instant(),
                "trigger.fire",
                new AuditEvent.Actor(owner.name(), null, null),
                owner.organization(),
                owner.team(),
                owner.project(),
                "workflows/" + trigger.workflow(),
                "execute",
                run == null ? AuditResult.FAILED : AuditResult.SUCCESS,
                fired.problem(),
                0L,
                null,
                null,
                null,
                null,
                details,
                writer));
    }
}
