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
        @Nullable Scope scope) {}
