package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Step;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a step of a run ends, and what its policy makes of a failure. Used by one thread. */
final class StepEndings {
    static final int ERROR_LENGTH_MAX = 500;

    private final Progress progress;
    private final Instant now;

    StepEndings(Progress progress) {
        this.progress = progress;
        this.now = progress.now;
    }

    /** Ends a step with an output, and goes on with what waited for it. */
    void done(StepRow row, JsonNode output) {
        row.state = StepState.DONE;
        row.output(output);
        finished(row);
        progress.event("step.done", row.path(), facts(row));
    }

    /** The same with an output that was sealed before this transaction began, so that it keeps no one waiting. */
    void done(StepRow row, JsonNode output, Vault.Kept kept) {
        done(row, output);
        row.kept = kept;
    }

    private void skipped(StepRow row, String error) {
        row.state = StepState.SKIPPED;
        row.error = error;
        finished(row);
        progress.event("step.skipped", row.path(), facts(row).put("reason", error));
    }

    private void finished(StepRow row) {
        row.finishedAt = now;
        row.changed = true;
        row.strand = null;
        progress.dropTimer(row);
    }

    private ObjectNode facts(StepRow row) {
        ObjectNode facts = Json.object().put("attempt", row.attempt);
        if (row.startedAt != null) {
            facts.put(
                    "duration_ms",
                    Math.max(0, Duration.between(row.startedAt, now).toMillis()));
        }
        if (row.cachedFrom != null) {
            facts.put("cached_from", row.cachedFrom.toString());
        }
        return facts.put("tokens", row.tokens).put("cost_micro_usd", row.cost);
    }

    /** A step has failed for good: what follows is as its policy says. */
    void fail(StepRow row, Step step, @Nullable String reason) {
        String error = Text.storable(String.valueOf(reason), ERROR_LENGTH_MAX);
        progress.ends().closeWithin(row);
        if (!row.fallback) {
            switch (step.policy().onFailure()) {
                case Policy.OnFailure.Abort _ -> {}
                case Policy.OnFailure.Skip _ -> {
                    skipped(row, error);
                    return;
                }
                case Policy.OnFailure.Fallback _ -> {
                    row.fallback = true;
                    row.state = StepState.READY;
                    row.error = error;
                    row.strand = null;
                    row.changed = true;
                    progress.dropTimer(row);
                    progress.event("step.fallback", row.path(), Json.object().put("reason", error));
                    progress.ready().add(row);
                    return;
                }
                case Policy.OnFailure.ContinueWithDefault standIn -> {
                    try {
                        JsonNode value = progress.expressions()
                                .evaluate(standIn.value(), progress.views().of(row.scope, step));
                        row.error = error;
                        done(row, value);
                        return;
                    } catch (GantryException noValue) {
                        RunEngine.throwOwnTrouble(noValue);
                        error = Text.storable(
                                error + "; and its default has no value: " + noValue.getMessage(), ERROR_LENGTH_MAX);
                    }
                }
            }
        }
        row.state = StepState.FAILED;
        row.error = error;
        finished(row);
        progress.event("step.failed", row.path(), facts(row).put("error", error));
        progress.bodies().failed(row.scope, "Step " + row.path() + " failed: " + error);
    }
}
