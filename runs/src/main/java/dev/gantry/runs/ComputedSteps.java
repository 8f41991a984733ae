package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps that only compute a value are done in the transaction that lets them begin: nothing outside is asked, so that nobody
 * has to claim them, and when the transaction does not happen, neither have they. Bounded, so that a run is not locked for
 * long; what is beyond that is done as every other step. Used by one thread.
 */
final class ComputedSteps {
    private static final int STEPS_MAX = 32;
    private static final long NANOS_MAX = Duration.ofMillis(25).toNanos();

    private final Progress progress;
    private final List<RunListener.StepDone> done = new ArrayList<>();
    private int steps;
    private long nanos;

    ComputedSteps(Progress progress) {
        this.progress = progress;
    }

    /** Returns the steps that were done in this transaction, to be recorded before it commits. */
    List<RunListener.StepDone> done() {
        return done;
    }

    /**
     * Does a step.
     *
     * @return false if it has to be done as every other step
     */
    boolean compute(String scope, Step step, Action.Transform transform) {
        Policy policy = step.policy();
        if (steps >= STEPS_MAX
                || nanos >= NANOS_MAX
                || policy.cache() != null
                || policy.circuitBreaker() != null
                || !policy.retry().on().isEmpty()) {
            return false;
        }
        steps++;
        long begun = System.nanoTime();
        StepRow row = progress.add(scope, step.id(), StepState.RUNNING);
        row.startedAt = progress.now;
        row.attempt = 1;
        progress.event("step.started", row.path(), Json.object().put("attempt", 1));
        try {
            JsonNode value = progress.expressions()
                    .evaluate(transform.value(), progress.views().of(scope, step));
            Vault.Kept kept =
                    progress.vault().keep(progress.run.organization(), progress.run.id, row.place("output"), value);
            nanos += System.nanoTime() - begun;
            record(row, begun, "success", null);
            progress.done(row, value, kept);
        } catch (GantryException failure) {
            RunEngine.throwOwnTrouble(failure);
            nanos += System.nanoTime() - begun;
            record(row, begun, "failed", failure.getMessage());
            // The same expression over the same values fails again: it is not tried again.
            progress.fail(row, step, failure.getMessage());
        }
        return true;
    }

    private void record(StepRow row, long begun, String status, @Nullable String error) {
        done.add(new RunListener.StepDone(
                RunListener.id(progress.run.id, progress.run.revivals, row.path(), row.attempt),
                progress.run.starter,
                progress.run.id,
                progress.run.workflow,
                row.path(),
                "transform",
                row.attempt,
                status,
                error,
                Duration.ofNanos(System.nanoTime() - begun),
                0,
                0));
    }
}
