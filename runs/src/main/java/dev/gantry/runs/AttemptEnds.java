package dev.gantry.runs;

import dev.gantry.kernel.Json;
import dev.gantry.workflow.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** What the end of an attempt at a step does to its run. */
final class AttemptEnds {
    private static final Duration DEFER = Duration.ofSeconds(1);

    private AttemptEnds() {}

    static StepRow used(Progress progress, Claim claim, long tokens, long costMicroUsd) {
        StepRow row = Objects.requireNonNull(progress.row(claim.row().scope, claim.row().step));
        progress.run.reserved -= row.reserved;
        progress.run.used += tokens;
        progress.run.cost += costMicroUsd;
        row.reserved = 0;
        row.tokens += tokens;
        row.cost += costMicroUsd;
        row.strand = null;
        return row;
    }

    /** Nobody knows what an attempt that was given up has used: all that it might have. */
    static StepRow usedAll(Progress progress, Claim claim) {
        StepRow row = Objects.requireNonNull(progress.row(claim.row().scope, claim.row().step));
        return used(progress, claim, row.reserved, 0);
    }

    static void fail(Progress progress, Claim claim, StepRow row, StepFailure failure) {
        Policy.Retry retry = claim.step().policy().retry();
        boolean again = retry.on().isEmpty() ? failure.mayPass() : retry.on().contains(failure.kind());
        if (again
                && !row.fallback
                && row.attempt - row.lost < retry.attemptsMax()
                && progress.run.mayBegin()
                && progress.isOpen(row.scope)) {
            Instant due = progress.now.plus(retry.delayAfter(row.attempt - row.lost));
            row.error = String.valueOf(failure.getMessage());
            progress.event(
                    "step.retry",
                    row.path(),
                    Json.object()
                            .put("attempt", row.attempt)
                            .put("error", row.error)
                            .put("due", due.toString()));
            progress.ready().spawn(row, due);
            return;
        }
        progress.fail(row, claim.step(), failure.getMessage());
    }

    static void defer(Progress progress, Claim claim) {
        // What it had reserved before it asked for more is spent; at the first time that is nothing.
        StepRow row = usedAll(progress, claim);
        row.attempt--;
        progress.ready().spawn(row, progress.now.plus(DEFER));
    }
}
