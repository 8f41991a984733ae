package dev.gantry.runs;

import dev.gantry.workflow.Action;
import org.jspecify.annotations.Nullable;

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

    /**
     * Says why a step cannot be done here, as far as its parameters tell; asked when its workflow is started.
     *
     * @return words that go on after "Step 'x' (line 3)", such as {@code calls a tool of the server 'y', which ...}; null if
     *     nothing is known against it
     */
    default @Nullable String refusal(Starter starter, Action action) {
        return null;
    }

    /**
     * Returns what decides the result beside what the step is given, such as the version of a pattern, for steps that take
     * earlier results ({@code cache}).
     *
     * @throws dev.gantry.kernel.GantryException if the starter may not do the step
     */
    default String identity(StepCall call) {
        return "";
    }
}
