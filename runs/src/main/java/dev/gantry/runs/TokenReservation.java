package dev.gantry.runs;

import dev.gantry.jobs.RunningTask;
import dev.gantry.workflow.Policy;

/** Takes tokens from the budget of a run for an attempt at a step. */
final class TokenReservation {
    private TokenReservation() {}

    /** See {@link TokenBudget#reserve}. */
    static long reserve(RunEngine engine, RunningTask task, Claim claim, long wanted, long least)
            throws StepFailure, StepDeferred {
        long[] outcome = new long[1];
        boolean others =
                task.transaction(transaction -> engine.change(transaction, claim.run().id, new Memory(), progress -> {
                            StepRow row = claim.mine(progress);
                            long left = progress.run.budget - progress.run.used - progress.run.reserved;
                            if (left >= least) {
                                outcome[0] = Math.min(left, wanted);
                                progress.run.reserved += outcome[0];
                                row.reserved += outcome[0];
                                row.changed = true;
                            }
                            return progress.run.reserved > row.reserved;
                        })
                        .orElse(false));
        if (outcome[0] > 0 || least == 0) {
            return outcome[0];
        }
        if (others) {
            throw new StepDeferred("Other steps hold what is left of the budget");
        }
        throw new StepFailure(
                Policy.FailureKind.OTHER,
                false,
                "The run's budget of " + claim.run().budget + " tokens leaves too few: this step needs at least "
                        + least);
    }
}
