package dev.gantry.runs;

import dev.gantry.workflow.Action;
import dev.gantry.workflow.Expressions;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import java.time.Instant;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * One attempt at a step.
 *
 * @param starter on whose permissions it is done, narrowed by the workflow's
 * @param workflowName qualified
 * @param workflowVersion of the registry
 * @param path names the step within the run, such as {@code each[3]/score}
 * @param action what to do: the step's own, or its fallback
 * @param scope what its expressions see
 * @param attempt from 1
 * @param idempotencyKey the same for every attempt at this step of this run, and for no other; to be given to whoever is
 *     called, so that a repetition is known as one
 * @param until when the attempt is given up
 * @param budget the run's tokens
 * @param journal what earlier attempts have done
 * @param cancelled whether the result is wanted no more: the run was cancelled, or another node has the step. To be asked right
 *     before something is done outside that cannot be undone
 */
public record StepCall(
        Starter starter,
        UUID run,
        String workflowName,
        int workflowVersion,
        Workflow workflow,
        String path,
        Step step,
        Action action,
        Scope scope,
        Expressions expressions,
        int attempt,
        String idempotencyKey,
        Instant until,
        TokenBudget budget,
        StepJournal journal,
        BooleanSupplier cancelled) {}
