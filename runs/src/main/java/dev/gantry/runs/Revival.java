package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Body;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How runs go on that had stopped. */
final class Revival {
    private Revival() {}

    /** Begins what may begin in every body that is open, and looks at what waited meanwhile. */
    static void goOn(Progress progress) {
        Set<String> scopes = new TreeSet<>(Set.of(""));
        for (StepRow row : StepRows.ofStates(
                progress.transactionHandle(), progress.run.id, EnumSet.of(StepState.OPEN, StepState.WAITING))) {
            if (row.step.isEmpty()) {
                scopes.add(row.scope);
            }
            if (row.state == StepState.WAITING) {
                StepRow kept = progress.keep(row);
                Instant due = kept.dueAt;
                if (kept.timer == null && kept.childRun == null && due != null) {
                    Waits.setTimer(progress, kept, due);
                }
            }
        }
        // Inner bodies first, since what ends there may end what is around.
        scopes.stream()
                .sorted((one, other) -> Integer.compare(other.length(), one.length()))
                .forEach(progress::advance);
    }

    /** Gives steps that wait for people, events or calls the time back in which nobody could do anything about them. */
    static void makeUpForPause(Progress progress) {
        Instant since = progress.run.pausedAt;
        progress.run.pausedAt = null;
        if (since == null) {
            return;
        }
        for (StepRow found :
                StepRows.ofStates(progress.transactionHandle(), progress.run.id, EnumSet.of(StepState.WAITING))) {
            StepRow row = progress.keep(found);
            Instant due = row.dueAt;
            if (due != null && Waits.isForOthers(Waits.step(progress, row).action())) {
                Instant begun = row.startedAt == null || row.startedAt.isBefore(since) ? since : row.startedAt;
                row.dueAt = due.plus(Duration.between(begun, progress.now));
                row.changed = true;
                progress.dropTimer(row);
            }
        }
    }

    static void retry(RunEngine engine, Progress progress, String by) {
        RunRow run = progress.run;
        if ((run.state != RunState.FAILED && run.state != RunState.CANCELLED) || !run.closed) {
            throw Runs.conflict(
                    "Only a run that has failed or was cancelled can be retried; this one is " + run.state.id());
        }
        for (StepRow row : StepRows.ofStates(
                progress.transactionHandle(), run.id, EnumSet.of(StepState.FAILED, StepState.CANCELLED))) {
            // A whole container is done anew from where its bodies are not done: simplest is from its beginning.
            StepRows.delete(progress.transactionHandle(), run.id, row.scope, row.step);
        }
        Instant now = progress.now;
        if (!now.isBefore(run.deadlineAt)) {
            throw Runs.conflict("The deadline of the run has passed; start or fork it instead");
        }
        run.state = RunState.RUNNING;
        run.error = null;
        run.finishedAt = null;
        run.closed = false;
        run.deadLetter = false;
        run.revivals++;
        run.unassigned = 0;
        progress.event("run.retried", "", Json.object().put("by", by));
        RunQueue.admit(engine, progress.transaction(), run, progress.workflow);
        if (run.mayBegin()) {
            goOn(progress);
        } else {
            progress.event("run.queued", "", Json.object());
        }
    }

    static UUID fork(RunEngine engine, Starter starter, UUID origin, String from, @Nullable ObjectNode inputs) {
        UUID organization = starter.organization();
        engine.vault.prepare(organization);
        Workflow workflow = engine.tasks.transaction(
                organization,
                transaction -> engine.workflow(
                        transaction,
                        RunRows.find(transaction.handle(), origin).orElseThrow(() -> Runs.notFound(origin))));
        Set<String> anew = anew(workflow.body(), from);
        Starts.requireRunnable(engine, starter, workflow);
        return engine.tasks.transaction(organization, transaction -> {
            RunRow old = RunRows.find(transaction.handle(), origin).orElseThrow(() -> Runs.notFound(origin));
            JsonNode given = inputs != null
                    ? inputs
                    : engine.vault.open(
                            organization, origin, "inputs", RunRows.inputs(transaction.handle(), origin), null);
            ObjectNode complete = Inputs.complete(workflow, withoutNulls((ObjectNode) given));
            UUID id = Ids.next();
            WorkflowSource.Registered registered = new WorkflowSource.Registered(old.workflow, old.version, workflow);
            RunRow run = Starts.row(
                    transaction,
                    id,
                    starter,
                    registered,
                    workflow.tokenBudget(),
                    Starts.concurrencyKey(engine, starter, registered, id, complete),
                    null,
                    null,
                    0);
            run.definition = old.definition;
            RunQueue.admit(engine, transaction, run, workflow);
            Progress before = new Progress(transaction, old, workflow, engine.expressions, engine.vault, new Memory());
            List<StepRow> copies = before.rows("").values().stream()
                    .filter(row ->
                            !anew.contains(row.step) && (row.state == StepState.DONE || row.state == StepState.SKIPPED))
                    .map(row -> copy(before, row, workflow))
                    .toList();
            StepRows.write(transaction, run, copies, engine.vault);
            Starts.insert(engine, transaction, run, workflow, complete, null, null, origin);
            return id;
        });
    }

    private static ObjectNode withoutNulls(ObjectNode inputs) {
        ObjectNode kept = inputs.deepCopy();
        inputs.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                kept.remove(field.getKey());
            }
        });
        return kept;
    }

    private static StepRow copy(Progress before, StepRow row, Workflow workflow) {
        StepRow copy = new StepRow(row.scope, row.step, row.state);
        copy.startedAt = before.now;
        copy.finishedAt = before.now;
        copy.error = row.error;
        copy.changed = true;
        if (row.state == StepState.DONE) {
            copy.output(before.result(row, ScopePath.step(workflow.body(), row.step))
                    .output());
        }
        return copy;
    }

    /** Returns a step and all that depend on it. */
    private static Set<String> anew(Body body, String from) {
        TreeSet<String> ids = body.steps().stream().map(Step::id).collect(Collectors.toCollection(TreeSet::new));
        if (!ids.contains(from)) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + Text.shorten(from, 60) + "' is not a step of the workflow's own body"
                            + Text.didYouMean(from, ids));
        }
        Set<String> anew = new HashSet<>(Set.of(from));
        boolean grew = true;
        while (grew) {
            grew = false;
            for (Step step : body.steps()) {
                if (!anew.contains(step.id()) && step.dependsOn().stream().anyMatch(anew::contains)) {
                    anew.add(step.id());
                    grew = true;
                }
            }
        }
        return anew;
    }
}
