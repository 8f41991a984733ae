package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.jobs.RunningTask;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Scope;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;

/** Runs that steps of other runs are. */
final class ChildRuns {
    private static final int DEPTH_MAX = 10;

    private ChildRuns() {}

    /**
     * Returns what starts the run that a step is, and lets the step wait for it.
     *
     * @throws GantryException if it cannot be started
     */
    static Consumer<Progress> start(RunEngine engine, Claim claim, Action.RunWorkflow action, Scope scope) {
        if (claim.run().depth >= DEPTH_MAX) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "Workflows call each other more than " + DEPTH_MAX + " deep");
        }
        ObjectNode inputs = Json.object();
        action.inputs().forEach((name, value) -> inputs.set(name, engine.expressions.evaluate(value, scope)));
        // A run within another may do no more than that one, whoever wrote its workflow.
        Starter starter = claim.run().starter.within(claim.workflow().permissions());
        WorkflowSource.Registered found = engine.source.resolve(starter, action.workflow());
        ObjectNode complete = Inputs.complete(found.workflow(), inputs);
        Starts.requireRunnable(engine, starter, found.workflow());
        return progress -> {
            StepRow row = AttemptEnds.used(progress, claim, 0, 0);
            long left = progress.run.budget - progress.run.used - progress.run.reserved;
            long budget = Math.min(left, found.workflow().tokenBudget());
            UUID child = Ids.next();
            try {
                Starts.child(engine, progress, row, starter, found, complete, child, budget);
            } catch (GantryException full) {
                if (full.code() != ErrorCode.RATE_LIMITED && full.code() != ErrorCode.CONFLICT) {
                    throw full;
                }
                AttemptEnds.fail(progress, claim, row, Attempt.asFailure(full));
                return;
            }
            row.childRun = child;
            row.state = StepState.WAITING;
            row.reserved = budget;
            progress.run.reserved += budget;
            progress.event("step.waiting", row.path(), Json.object().put("run", child.toString()));
        };
    }

    /** A run that a step of another waited for is over. */
    static void isOver(RunEngine engine, RunningTask task) {
        UUID child = Objects.requireNonNull(task.id().subject());
        UUID[] parent = new UUID[1];
        task.transaction(transaction -> {
            transaction.finish();
            RunRow over = RunRows.find(transaction.handle(), child).orElse(null);
            if (over == null || over.parentRun == null || !over.closed) {
                return null;
            }
            if (RunRows.find(transaction.handle(), over.parentRun)
                    .map(run -> run.closed)
                    .orElse(true)) {
                // It was given up, and needs nothing any more.
                return null;
            }
            parent[0] = over.parentRun;
            JsonNode outputs = engine.outputs(transaction, over);
            return engine.change(transaction, over.parentRun, new Memory(), progress -> {
                StepRow row = progress.row(String.valueOf(over.parentScope), String.valueOf(over.parentStep));
                if (row != null && child.equals(row.childRun)) {
                    if (row.state == StepState.WAITING) {
                        childUsed(progress, row, over);
                        Waits.childIsOver(progress, row, over, outputs);
                    } else if (child.equals(row.strand)) {
                        childUsed(progress, row, over);
                        row.strand = null;
                        progress.run.strands--;
                    }
                }
                RunEngine.handOver(progress);
                return null;
            });
        });
        if (parent[0] != null) {
            engine.signals.tell(parent[0]);
        }
    }

    private static void childUsed(Progress progress, StepRow row, RunRow child) {
        progress.run.reserved -= row.reserved;
        row.reserved = 0;
        progress.run.used += child.used;
        progress.run.cost += child.cost;
        row.tokens += child.used;
        row.cost += child.cost;
        row.changed = true;
    }

    /** The step that waited for a run was given up, and with it that run. */
    static void cancel(RunEngine engine, RunningTask task) {
        UUID child = Objects.requireNonNull(task.id().subject());
        task.transaction(transaction -> {
            transaction.finish();
            return engine.change(transaction, child, new Memory(), progress -> {
                if (!progress.run.state.isOver() && progress.run.state != RunState.CANCELLING) {
                    progress.end(RunState.CANCELLING, "The run that it is part of needs it no more");
                }
                RunEngine.handOver(progress);
                return null;
            });
        });
        engine.signals.tell(child);
    }
}
