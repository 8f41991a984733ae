package dev.gantry.runs;

import dev.gantry.workflow.Action;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import org.jspecify.annotations.Nullable;

/** A step that a strand has to do. */
record Claim(
        RunRow run,
        Workflow workflow,
        StepRow row,
        Step step,
        Action action,
        @Nullable Scope scope) {
    /**
     * Returns the step's row in a transaction of the strand that has it.
     *
     * @throws IllegalStateException if another has it now
     */
    StepRow mine(Progress progress) {
        StepRow mine = progress.row(row.scope, row.step);
        if (mine == null || mine.fence != row.fence || mine.state != StepState.RUNNING) {
            throw new IllegalStateException("Step " + row.path() + " is no more this strand's");
        }
        return mine;
    }
}
