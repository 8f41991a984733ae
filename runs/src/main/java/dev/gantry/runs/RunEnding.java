package dev.gantry.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.TaskId;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How a run ends, and how what it has no more use for is given up. Used by one thread. */
final class RunEnding {
    private final Progress progress;
    private final RunRow run;
    private final Instant now;
    private boolean ended;

    RunEnding(Progress progress) {
        this.progress = progress;
        this.run = progress.run;
        this.now = progress.now;
    }

    /** Returns whether the run has begun to end in this transaction. */
    boolean hasBegun() {
        return ended;
    }

    /** Gives up what lies within a container that ends before its bodies do. */
    void closeWithin(StepRow container) {
        if (container.state == StepState.OPEN) {
            List<StepRow> inner = new ArrayList<>();
            for (StepRow found : StepRows.openWithin(progress.transaction().handle(), run.id, container.path())) {
                StepRow known = progress.row(found.scope, found.step);
                inner.add(known == null ? found : known);
            }
            progress.scopes().forEach((scope, rows) -> {
                if (scope.startsWith(container.path() + "[")) {
                    inner.addAll(rows.values());
                }
            });
            giveUp(inner);
        }
    }

    void giveUp(List<StepRow> rows) {
        for (StepRow row : rows) {
            if (row.state == StepState.READY || row.state == StepState.WAITING || row.state == StepState.OPEN) {
                if (row.state == StepState.READY) {
                    progress.ready().withdraw(row);
                }
                boolean waits = row.state == StepState.WAITING;
                row.state = StepState.CANCELLED;
                row.finishedAt = now;
                row.changed = true;
                progress.dropTimer(row);
                if (waits && row.childRun != null) {
                    giveUpChild(row, row.childRun);
                }
            }
        }
    }

    /** Cancels a run that a step waited for. It counts as a strand until it is over: what it uses is part of this run. */
    private void giveUpChild(StepRow row, UUID child) {
        row.strand = child;
        run.strands++;
        progress.transaction()
                .schedule(new TaskId(RunEngine.CANCEL, run.organization(), Ids.next(), child), JobPriority.NORMAL);
    }

    /** Gives up the step of the strand that asks, which then goes on without one. */
    void giveUp(StepRow row) {
        row.state = StepState.CANCELLED;
        row.strand = null;
        row.finishedAt = now;
        row.changed = true;
    }

    void succeed() {
        try {
            ObjectNode outputs = Json.object();
            Scope view = progress.views().within("");
            progress.workflow
                    .outputs()
                    .forEach(output ->
                            outputs.set(output.name(), progress.expressions().evaluate(output.value(), view)));
            run.outputs = progress.vault().keep(run.organization(), run.id, "outputs", outputs);
            run.state = RunState.SUCCEEDED;
            over();
        } catch (GantryException failure) {
            RunEngine.throwOwnTrouble(failure);
            end(RunState.FAILING, "The outputs have no value: " + failure.getMessage());
        }
    }

    /** Lets nothing more begin; the run is over as soon as nothing is under way. */
    void end(RunState towards, @Nullable String error) {
        ended = true;
        run.state = towards;
        run.error = error == null ? null : Text.storable(error, StepEndings.ERROR_LENGTH_MAX);
        // Of a run that is not stored yet all is known here.
        List<StepRow> open = run.beginning != null
                ? List.of()
                : StepRows.ofStates(
                                progress.transaction().handle(),
                                run.id,
                                List.of(StepState.READY, StepState.WAITING, StepState.OPEN))
                        .stream()
                        .map(row -> {
                            StepRow known = progress.row(row.scope, row.step);
                            return known == null ? row : known;
                        })
                        .toList();
        List<StepRow> all = new ArrayList<>(open);
        progress.scopes().values().forEach(rows -> all.addAll(rows.values()));
        giveUp(all);
        if (towards == RunState.CANCELLING) {
            // Heard by every node as soon as this progress.transaction() has committed.
            progress.transaction()
                    .handle()
                    .createQuery("SELECT pg_notify(:channel, :run)::text")
                    .bind("channel", RunEngine.CANCEL_CHANNEL)
                    .bind("run", run.id.toString())
                    .mapTo(String.class)
                    .one();
        }
        progress.event(
                towards == RunState.CANCELLING ? "run.cancelling" : "run.failing",
                "",
                Json.object().put("error", run.error));
    }

    /** Ends a run that is to end, when no step of it is under way any more. */
    void settle(boolean lastStrand) {
        if ((run.state == RunState.FAILING || run.state == RunState.CANCELLING) && lastStrand) {
            run.state = run.state == RunState.FAILING ? RunState.FAILED : RunState.CANCELLED;
            run.reserved = 0;
            over();
        }
    }

    private void over() {
        ended = true;
        run.finishedAt = now;
        ObjectNode facts = Json.object().put("tokens", run.used).put("cost_micro_usd", run.cost);
        if (run.error != null) {
            facts.put("error", run.error);
        }
        progress.event("run." + run.state.id(), "", facts);
    }
}
