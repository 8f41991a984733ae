package dev.gantry.runs;

/** Does the work of one kind of steps. Thread-safe. */
@FunctionalInterface
public interface StepExecutor {
    /**
     * Does it once, on a thread of its own, which is interrupted when it takes too long or is to be given up. It may be done
     * again for the same step, with the same {@link StepCall#idempotencyKey}, when the process died before its result was
     * stored.
     *
     * @throws StepFailure if it fails, with what the workflow's rules need to know
     * @throws Exception any other failure; {@link dev.gantry.kernel.GantryException} tells its kind by its code
     */
    StepOutcome execute(StepCall call) throws Exception;
}
