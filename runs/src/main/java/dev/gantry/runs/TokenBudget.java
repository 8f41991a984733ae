package dev.gantry.runs;

/** The tokens of a run, of which a step takes before it uses any. */
@FunctionalInterface
public interface TokenBudget {
    /**
     * Reserves tokens for this attempt, durably, so that the steps of a run never use more than its budget together. What is
     * not used comes back with the attempt's end; of an attempt that was lost with its process, all counts as used.
     *
     * @param wanted as many as it may use
     * @param least what makes sense at all
     * @return how many may be used: from {@code least} to {@code wanted}
     * @throws StepFailure if fewer are left than {@code least}, and no other step can give some back
     * @throws StepDeferred if other steps hold what is missing: the step waits for them
     */
    long reserve(long wanted, long least) throws StepFailure, StepDeferred;
}
