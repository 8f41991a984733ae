package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
import dev.gantry.audit.AuditResult;
import dev.gantry.database.GroupCommit;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.runs.RunListener;
import dev.gantry.runs.RunState;
import dev.gantry.runs.Starter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Writes what runs do into the audit log, and waits until it is durable there, before it takes effect. Thread-safe. */
final class RunRecords implements RunListener {
    private final AuditLog log;
    private final AuditEvent.Origin writer;
    private final RunMetrics metrics;
    private final Clock clock;
    private final Duration commitTimeout;

    RunRecords(AuditLog log, AuditEvent.Origin writer, RunMetrics metrics, Clock clock, Duration commitTimeout) {
        this.log = log;
        this.writer = writer;
        this.metrics = metrics;
        this.clock = clock;
        this.commitTimeout = commitTimeout;
    }

    @Override
    public void ended(StepDone step) {
        ended(List.of(step), null, null);
    }

    @Override
    public void ended(List<StepDone> steps, @Nullable RunDone run, @Nullable Handle look) {
        if (look == null) {
            record(steps, run, null);
            return;
        }
        List<UUID> ids = new ArrayList<>(steps.stream().map(StepDone::id).toList());
        if (run != null) {
            ids.add(run.id());
            ids.addAll(run.instead());
        }
        UUID about = run == null ? steps.getFirst().run() : run.run();
        Set<UUID> recorded = log.recorded(look, about.toString(), ids);
        record(
                steps.stream().filter(step -> !recorded.contains(step.id())).toList(),
                run == null || recorded.contains(run.id()) ? null : run,
                run == null
                        ? null
                        : run.instead().stream()
                                .filter(recorded::contains)
                                .findFirst()
                                .orElse(null));
    }

    /** Records what ended; {@code lost} is the event of an end of the run that did not take effect, null if there is none. */
    private void record(List<StepDone> steps, @Nullable RunDone run, @Nullable UUID lost) {
        List<GroupCommit.Commit> writes = new ArrayList<>(steps.size() + 1);
        steps.forEach(step -> writes.add(append(step)));
        if (run != null) {
            writes.add(append(run, lost));
        }
        writes.forEach(write -> write.await(commitTimeout));
        steps.forEach(metrics::ended);
        if (run != null) {
            metrics.ended(run);
        }
    }

    private GroupCommit.Commit append(StepDone step) {
        Map<String, AuditDetail> details = new HashMap<>();
        details.put("run", AuditDetail.of(step.run().toString()));
        details.put("step", AuditDetail.of(step.path()));
        details.put("kind", AuditDetail.of(step.kind()));
        details.put("attempt", AuditDetail.of(step.attempt()));
        return append(
                step.id(),
                step.run(),
                "step.execute",
                step.starter(),
                step.workflow(),
                step.status(),
                step.error(),
                step.took(),
                step.tokens(),
                step.costMicroUsd(),
                details);
    }

    private GroupCommit.Commit append(RunDone run, @Nullable UUID lost) {
        Map<String, AuditDetail> details = new HashMap<>();
        details.put("run", AuditDetail.of(run.run().toString()));
        details.put("version", AuditDetail.of(run.version()));
        if (lost != null) {
            details.put("instead_of", AuditDetail.of(lost.toString()));
        }
        return append(
                run.id(),
                run.run(),
                "workflow.execute",
                run.starter(),
                run.workflow(),
                run.state() == RunState.SUCCEEDED ? "success" : run.state().id(),
                run.error(),
                run.took(),
                run.tokens(),
                run.costMicroUsd(),
                details);
    }

    private GroupCommit.Commit append(
            UUID id,
            UUID run,
            String type,
            Starter starter,
            String workflow,
            String status,
            @Nullable String error,
            Duration took,
            long tokens,
            long costMicroUsd,
            Map<String, AuditDetail> details) {
        details.put("status", AuditDetail.of(status));
        return log.append(new AuditEvent(
                id,
                clock.instant(),
                type,
                new AuditEvent.Actor(starter.name(), null, null),
                starter.organization(),
                starter.team(),
                starter.project(),
                "workflows/" + workflow,
                "execute",
                status.equals("success") ? AuditResult.SUCCESS : AuditResult.FAILED,
                error,
                took.toMillis(),
                tokens,
                new MicroDollars(costMicroUsd),
                run.toString(),
                null,
                details,
                writer));
    }
}
