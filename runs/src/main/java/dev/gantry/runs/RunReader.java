package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows runs: as far as they can be read. */
record RunReader(RunEngine engine, TaskTransaction transaction, RunRow run) {
    private static final Logger LOG = LoggerFactory.getLogger(RunReader.class);

    RunView read(boolean withOutputs, int stepsMax) {
        List<StepRow> rows = asTree(StepRows.all(transaction.handle(), run.id, stepsMax).stream()
                .filter(row -> !row.step.isEmpty())
                .toList());
        List<String> unreadable = new ArrayList<>();
        Workflow workflow = attempt(
                "workflow " + run.workflow + "@" + run.version, unreadable, () -> engine.workflow(transaction, run));
        List<RunView.StepView> steps;
        if (workflow == null) {
            steps = rows.stream().map(RunReader::bare).toList();
        } else {
            Progress progress =
                    new Progress(transaction, run, workflow, engine.expressions, engine.vault, new Memory());
            steps = rows.stream()
                    .map(row -> {
                        RunView.StepView step = attempt(
                                "step " + row.path(), unreadable, () -> step(progress, workflow, row, withOutputs));
                        return step == null ? bare(row) : step;
                    })
                    .toList();
        }
        JsonNode inputs = attempt(
                "inputs",
                unreadable,
                () -> engine.vault.open(
                        run.organization(), run.id, "inputs", RunRows.inputs(transaction.handle(), run.id), null));
        JsonNode outputs = run.state == RunState.SUCCEEDED
                ? attempt("outputs", unreadable, () -> engine.outputs(transaction, run))
                : null;
        return view(run, inputs, outputs, unreadable, workflow == null ? List.of() : planned(workflow), steps);
    }

    /** Returns steps in the order in which they began, each followed by what is within it, item by item. */
    private static List<StepRow> asTree(List<StepRow> rows) {
        Map<String, List<StepRow>> within = new LinkedHashMap<>();
        rows.forEach(row -> within.computeIfAbsent(row.scope.replaceFirst("\\[\\d+]$", ""), _ -> new ArrayList<>())
                .add(row));
        within.values().forEach(steps -> steps.sort(Comparator.comparingLong(StepRow::index)));
        Set<StepRow> ordered = new LinkedHashSet<>();
        addWithin("", within, ordered);
        // What is within nothing that is there.
        ordered.addAll(rows);
        return List.copyOf(ordered);
    }

    private static void addWithin(String container, Map<String, List<StepRow>> within, Set<StepRow> ordered) {
        for (StepRow row : within.getOrDefault(container, List.of())) {
            if (ordered.add(row)) {
                addWithin(row.path(), within, ordered);
            }
        }
    }

    /** Reads a part of a run; that it cannot be read is told instead, since the rest can be shown. */
    private static <T extends @Nullable Object> @Nullable T attempt(
            String part, List<String> unreadable, Supplier<T> read) {
        try {
            return read.get();
        } catch (GantryException failure) {
            RunEngine.throwOwnTrouble(failure);
            unreadable.add(part + ": " + failure.getMessage());
            return null;
        } catch (RuntimeException broken) {
            if (unreadable.isEmpty()) {
                LOG.warn("A run cannot be shown as a whole: {}", part, broken);
            }
            unreadable.add(part + ": it makes no sense to this version");
            return null;
        }
    }

    private static List<RunView.Planned> planned(Workflow workflow) {
        return workflow.body().steps().stream()
                .map(step -> new RunView.Planned(
                        step.id(),
                        step.title(),
                        step.dependsOn().stream().sorted().toList()))
                .toList();
    }

    /** What is known of a step from its row alone. */
    private static RunView.StepView bare(StepRow row) {
        return new RunView.StepView(
                row.path(),
                "unknown",
                row.step,
                row.state,
                row.attempt,
                row.tokens,
                row.cost,
                row.error,
                null,
                null,
                List.of(),
                row.childRun,
                row.cachedFrom,
                row.dueAt,
                row.startedAt,
                row.finishedAt);
    }

    private RunView.StepView step(Progress progress, Workflow workflow, StepRow row, boolean withOutput) {
        Step step = ScopePath.step(ScopePath.parse(row.scope).body(workflow), row.step);
        boolean approval = row.state == StepState.WAITING && step.action() instanceof Action.Approve;
        boolean call = row.state == StepState.WAITING && step.action() instanceof Action.AwaitWebhook;
        return new RunView.StepView(
                row.path(),
                RunListener.kind(step.action()),
                step.title(),
                row.state,
                row.attempt,
                row.tokens,
                row.cost,
                row.error,
                withOutput && row.state == StepState.DONE
                        ? progress.result(row, step).output()
                        : null,
                approval || call ? progress.data(row) : null,
                step.action() instanceof Action.Approve approve && approval
                        ? Waits.approvers(progress, row, approve)
                        : List.of(),
                row.childRun,
                row.cachedFrom,
                row.dueAt,
                row.startedAt,
                row.finishedAt);
    }

    static List<RunView> list(Handle handle, RunQuery query) {
        // Written together from what is asked for, so that each question finds its index.
        StringBuilder where = new StringBuilder("WHERE true");
        where.append(query.workflow() == null ? "" : " AND workflow = :workflow");
        where.append(query.state() == null ? "" : " AND state = :state");
        // Said in the statement itself, so that the indexes of what is rare serve it.
        where.append(query.state() == null || query.state() == RunState.SUCCEEDED ? "" : " AND state <> 'succeeded'");
        // What was given up has failed, and failures are rare.
        where.append(query.deadLetter() ? " AND dead_letter AND state = 'failed' AND state <> 'succeeded'" : "");
        where.append(query.principal() == null ? "" : " AND principal = :principal");
        where.append(query.team() == null ? "" : " AND team = :team");
        where.append(query.from() == null ? "" : " AND created_at >= :from");
        where.append(query.to() == null ? "" : " AND created_at < :to");
        where.append(query.after() == null ? "" : " AND (created_at, id) < (:time, :after)");
        var select = handle.createQuery(RunRows.COLUMNS + where + " ORDER BY created_at DESC, id DESC LIMIT :limit");
        bind(select, "workflow", query.workflow());
        bind(select, "state", query.state() == null ? null : query.state().id());
        bind(select, "principal", query.principal());
        bind(select, "team", query.team());
        bind(select, "from", query.from());
        bind(select, "to", query.to());
        bind(select, "time", query.after() == null ? null : query.after().time());
        bind(select, "after", query.after() == null ? null : query.after().id());
        return select.bind("limit", query.limit())
                .map((row, _) -> summary(RunRows.run(row)))
                .list();
    }

    private static void bind(org.jdbi.v3.core.statement.Query select, String name, @Nullable Object value) {
        if (value != null) {
            select.bind(name, value);
        }
    }

    /** Returns a run without its steps and values. */
    static RunView summary(RunRow run) {
        return view(run, null, null, List.of(), List.of(), List.of());
    }

    private static RunView view(
            RunRow run,
            @Nullable JsonNode inputs,
            @Nullable JsonNode outputs,
            List<String> unreadable,
            List<RunView.Planned> plan,
            List<RunView.StepView> steps) {
        return new RunView(
                run.id,
                run.workflow,
                run.version,
                run.state,
                run.starter,
                inputs,
                outputs,
                run.error,
                run.budget,
                run.used,
                run.reserved,
                run.cost,
                run.deadlineAt,
                run.createdAt,
                run.startedAt,
                run.finishedAt,
                run.parentRun,
                run.cause == null ? null : run.cause.trigger(),
                run.deadLetter,
                unreadable,
                plan,
                steps);
    }
}
