package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Body;
import dev.gantry.workflow.Expressions;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.StepResult;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction does to one run, which it has locked: rows are read, changed here, and written at the end. All rules
 * about what follows from what are in this class; it decides by rows alone. Used by one thread.
 */
final class Progress {
    private static final int ERROR_LENGTH_MAX = 500;

    final RunRow run;
    final Workflow workflow;
    final Instant now;
    private final TaskTransaction transaction;
    private final Views views;
    private final Expressions expressions;
    private final Vault vault;
    private final Map<String, Map<String, StepRow>> scopes = new HashMap<>();
    private final Deque<StepRow> ready = new ArrayDeque<>();
    private final List<RunEvent> events = new ArrayList<>();
    private boolean ended;

    Progress(
            TaskTransaction transaction,
            RunRow run,
            Workflow workflow,
            Expressions expressions,
            Vault vault,
            Memory memory) {
        this.transaction = transaction;
        this.run = run;
        this.workflow = workflow;
        this.expressions = expressions;
        this.vault = vault;
        this.now = transaction.now();
        this.views = new Views(this, transaction.handle(), vault, memory);
    }

    Handle transactionHandle() {
        return transaction.handle();
    }

    TaskTransaction transaction() {
        return transaction;
    }

    // ---- rows

    Map<String, StepRow> rows(String scope) {
        return scopes.computeIfAbsent(scope, wanted -> {
            Map<String, StepRow> rows = new HashMap<>();
            for (StepRow row : StepRows.ofScope(transaction.handle(), run.id, wanted)) {
                rows.put(row.step, row);
            }
            return rows;
        });
    }

    /** Says that nothing of the run is stored yet, so that there is nothing to read. */
    void isNew() {
        scopes.put("", new HashMap<>());
    }

    @Nullable
    StepRow row(String scope, String step) {
        return rows(scope).get(step);
    }

    private StepRow add(String scope, String step, StepState state) {
        StepRow row = new StepRow(scope, step, state);
        row.changed = true;
        rows(scope).put(step, row);
        return row;
    }

    void event(String kind, String step, ObjectNode data) {
        events.add(new RunEvent(++run.events, now, kind, step, data));
    }

    // ---- what begins

    /** Begins whatever in a body may begin, and ends the body when all of it has ended. */
    void advance(String scope) {
        if (!run.mayBegin()) {
            return;
        }
        Body body = ScopePath.parse(scope).body(workflow);
        Map<String, StepRow> rows = rows(scope);
        boolean moved = true;
        while (moved && run.mayBegin() && isOpen(scope)) {
            moved = false;
            for (Step step : body.steps()) {
                if (!rows.containsKey(step.id()) && haveEnded(rows, step)) {
                    begin(scope, step);
                    moved = true;
                }
            }
        }
        if (run.mayBegin() && isOpen(scope) && body.steps().stream().allMatch(step -> hasEnded(rows.get(step.id())))) {
            bodyEnded(scope, body);
        }
    }

    private static boolean haveEnded(Map<String, StepRow> rows, Step step) {
        return step.dependsOn().stream().allMatch(id -> hasEnded(rows.get(id)));
    }

    private static boolean hasEnded(@Nullable StepRow row) {
        return row != null && row.state.hasEnded();
    }

    /** Returns whether a body is still being done, and all around it. */
    boolean isOpen(String scope) {
        ScopePath path = ScopePath.parse(scope);
        for (int level = 1; level <= path.levels().size(); level++) {
            StepRow container =
                    row(path.text(level - 1), path.levels().get(level - 1).step());
            StepRow body = row(path.text(level), "");
            if (container == null
                    || container.state != StepState.OPEN
                    || body == null
                    || body.state != StepState.OPEN) {
                return false;
            }
        }
        return !ended;
    }

    private void begin(String scope, Step step) {
        try {
            if (step.when() != null && !expressions.test(step.when(), views.of(scope, step))) {
                StepRow row = add(scope, step.id(), StepState.SKIPPED);
                row.startedAt = now;
                row.finishedAt = now;
                event("step.skipped", row.path(), Json.object().put("reason", "its condition is false"));
                return;
            }
            begin(scope, step, step.action());
        } catch (GantryException failure) {
            StepRow row = row(scope, step.id());
            fail(row == null ? add(scope, step.id(), StepState.OPEN) : row, step, failure.getMessage());
        }
    }

    private void begin(String scope, Step step, Action action) {
        switch (action) {
            case Action.RunPattern _,
                    Action.RunAgent _,
                    Action.CallTool _,
                    Action.CallHttp _,
                    Action.Transform _,
                    Action.RunWorkflow _,
                    Action.RunCommand _ -> ready.add(add(scope, step.id(), StepState.READY));
            case Action.ForEach each -> beginMap(scope, step, each);
            case Action.Branch branch -> beginBranch(scope, step, branch);
            case Action.Loop _ -> {
                StepRow row = open(scope, step);
                openBody(row, 0, loopNames(0, NullNode.getInstance()));
            }
            case Action.Approve approve -> {
                String message = expressions.render(approve.message(), views.of(scope, step));
                ObjectNode data = Json.object().put("message", message);
                data.putArray("decisions");
                StepRow row = waiting(scope, step, data);
                Instant end = now.plus(approve.timeout());
                row.dueAt = end;
                setTimer(row, Waits.nextTime(row, approve, false, end));
            }
            case Action.Pause pause -> {
                StepRow row = waiting(scope, step, Json.object());
                row.dueAt = now.plus(pause.duration());
                setTimer(row, now.plus(pause.duration()));
            }
            case Action.AwaitEvent event -> {
                StepRow row = waiting(scope, step, Json.object().put("event", event.event()));
                row.event = event.event();
                row.dueAt = now.plus(event.timeout());
                setTimer(row, now.plus(event.timeout()));
            }
            case Action.AwaitWebhook hook -> {
                StepRow row = waiting(scope, step, Json.object());
                row.dueAt = now.plus(hook.timeout());
                setTimer(row, now.plus(hook.timeout()));
            }
        }
    }

    private StepRow open(String scope, Step step) {
        StepRow row = add(scope, step.id(), StepState.OPEN);
        row.startedAt = now;
        event("step.started", row.path(), Json.object());
        return row;
    }

    private StepRow waiting(String scope, Step step, ObjectNode data) {
        StepRow row = add(scope, step.id(), StepState.WAITING);
        row.startedAt = now;
        row.data(data);
        event("step.waiting", row.path(), Json.object());
        return row;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** Lets the run be looked at at a time, or at its deadline if that comes first. */
    void setTimer(StepRow row, Instant due) {
        UUID timer = Ids.next();
        row.timer = timer;
        row.changed = true;
        transaction.schedule(
                new TaskId(RunEngine.TIMER, run.organization(), timer, run.id),
                JobPriority.HIGH,
                earlier(due, run.deadlineAt));
    }

    void dropTimer(StepRow row) {
        UUID timer = row.timer;
        if (timer != null) {
            transaction.remove(new TaskId(RunEngine.TIMER, run.organization(), timer, run.id));
            row.timer = null;
            row.changed = true;
        }
    }

    private void beginMap(String scope, Step step, Action.ForEach each) {
        JsonNode items = expressions.evaluate(each.items(), views.of(scope, step));
        StepRow row = open(scope, step);
        if (!items.isArray()) {
            fail(row, step, "What it goes over is not a list");
            return;
        }
        if (items.size() > each.itemsMax()) {
            fail(row, step, "The list has " + items.size() + " items, more than the " + each.itemsMax() + " allowed");
            return;
        }
        if (items.isEmpty()) {
            done(row, Json.mapper().createArrayNode());
            return;
        }
        ObjectNode data = Json.object().put("total", items.size());
        data.set("items", items);
        row.data(data.put("next", Math.min(each.parallelMax(), items.size())).put("ended", 0));
        for (int index = 0; index < Math.min(each.parallelMax(), items.size()) && isOpenContainer(row); index++) {
            openBody(row, index, itemNames(each, items.get(index), index));
        }
    }

    private static boolean isOpenContainer(StepRow row) {
        return row.state == StepState.OPEN;
    }

    private static ObjectNode itemNames(Action.ForEach each, JsonNode item, int index) {
        ObjectNode names = Json.object().put("index", index);
        names.set(each.as(), item);
        return names;
    }

    private static ObjectNode loopNames(int index, JsonNode output) {
        ObjectNode names = Json.object();
        names.putObject("loop").put("index", index).set("output", output);
        return names;
    }

    private void beginBranch(String scope, Step step, Action.Branch branch) {
        Scope view = views.of(scope, step);
        int chosen = 0;
        while (chosen < branch.cases().size()
                && !expressions.test(branch.cases().get(chosen).when(), view)) {
            chosen++;
        }
        StepRow row = open(scope, step);
        if (chosen == branch.cases().size() && branch.otherwise() == null) {
            done(row, NullNode.getInstance());
            return;
        }
        openBody(row, chosen, Json.object());
    }

    private void openBody(StepRow container, int index, ObjectNode names) {
        String scope = ScopePath.child(container.scope, container.step, index);
        scopes.put(scope, new HashMap<>());
        StepRow body = add(scope, "", StepState.OPEN);
        body.startedAt = now;
        body.data(names);
        advance(scope);
    }

    // ---- what ends

    /** Ends a step with an output, and goes on with what waited for it. */
    void done(StepRow row, JsonNode output) {
        row.state = StepState.DONE;
        row.output(output);
        finished(row);
        event("step.done", row.path(), facts(row));
    }

    /** The same with an output that was sealed before this transaction began, so that it keeps no one waiting. */
    void done(StepRow row, JsonNode output, Vault.Kept kept) {
        done(row, output);
        row.kept = kept;
    }

    private void skipped(StepRow row, String error) {
        row.state = StepState.SKIPPED;
        row.error = error;
        finished(row);
        event("step.skipped", row.path(), facts(row).put("reason", error));
    }

    private void finished(StepRow row) {
        row.finishedAt = now;
        row.changed = true;
        row.strand = null;
        dropTimer(row);
    }

    private ObjectNode facts(StepRow row) {
        ObjectNode facts = Json.object().put("attempt", row.attempt);
        if (row.startedAt != null) {
            facts.put("duration_ms", Duration.between(row.startedAt, now).toMillis());
        }
        return facts.put("tokens", row.tokens).put("cost_micro_usd", row.cost);
    }

    /** A step has failed for good: what follows is as its policy says. */
    void fail(StepRow row, Step step, @Nullable String reason) {
        String error = Text.storable(String.valueOf(reason), ERROR_LENGTH_MAX);
        closeWithin(row);
        if (!row.fallback) {
            switch (step.policy().onFailure()) {
                case Policy.OnFailure.Abort _ -> {}
                case Policy.OnFailure.Skip _ -> {
                    skipped(row, error);
                    return;
                }
                case Policy.OnFailure.Fallback _ -> {
                    row.fallback = true;
                    row.state = StepState.READY;
                    row.error = error;
                    row.strand = null;
                    row.changed = true;
                    dropTimer(row);
                    event("step.fallback", row.path(), Json.object().put("reason", error));
                    ready.add(row);
                    return;
                }
                case Policy.OnFailure.ContinueWithDefault standIn -> {
                    try {
                        JsonNode value = expressions.evaluate(standIn.value(), views.of(row.scope, step));
                        row.error = error;
                        done(row, value);
                        return;
                    } catch (GantryException noValue) {
                        error = Text.storable(
                                error + "; and its default has no value: " + noValue.getMessage(), ERROR_LENGTH_MAX);
                    }
                }
            }
        }
        row.state = StepState.FAILED;
        row.error = error;
        finished(row);
        event("step.failed", row.path(), facts(row).put("error", error));
        bodyFailed(row.scope, "Step " + row.path() + " failed: " + error);
    }

    private void bodyEnded(String scope, Body body) {
        ScopePath path = ScopePath.parse(scope);
        if (path.isRoot()) {
            succeed();
            return;
        }
        StepRow container = container(path);
        Step step = step(path);
        StepRow place = row(scope, "");
        if (place == null) {
            return;
        }
        JsonNode result;
        try {
            result = expressions.evaluate(body.result(), views.within(scope));
        } catch (GantryException failure) {
            bodyFailed(scope, failure.getMessage());
            return;
        }
        place.state = StepState.DONE;
        place.finishedAt = now;
        place.output(result);
        switch (step.action()) {
            case Action.ForEach each -> itemEnded(container, each);
            case Action.Loop loop -> roundEnded(container, step, loop, path, result);
            default -> done(container, result);
        }
        if (container.state.hasEnded()) {
            advance(container.scope);
        }
    }

    private StepRow container(ScopePath path) {
        StepRow container = row(path.parent(), path.last().step());
        if (container == null) {
            throw new IllegalStateException("A body without its step");
        }
        return container;
    }

    private Step step(ScopePath path) {
        List<Body> bodies = path.bodies(workflow);
        return ScopePath.step(bodies.get(bodies.size() - 2), path.last().step());
    }

    private void roundEnded(StepRow container, Step step, Action.Loop loop, ScopePath path, JsonNode result) {
        int round = path.last().index();
        try {
            Scope view = views.within(path.text(path.levels().size()))
                    .with("loop", Json.object().put("index", round).set("output", result));
            if (round + 1 >= loop.roundsMax() || (loop.until() != null && expressions.test(loop.until(), view))) {
                done(container, result);
                return;
            }
        } catch (GantryException failure) {
            fail(container, step, failure.getMessage());
            return;
        }
        openBody(container, round + 1, loopNames(round + 1, result));
    }

    private void itemEnded(StepRow container, Action.ForEach each) {
        ObjectNode data = (ObjectNode) views.data(container);
        int ended = data.path("ended").asInt() + 1;
        int next = data.path("next").asInt();
        int total = data.path("total").asInt();
        data.put("ended", ended).put("next", Math.min(total, next + 1));
        container.data(data);
        if (ended == total) {
            done(container, collected(container, each, total));
        } else if (next < total) {
            openBody(container, next, itemNames(each, data.path("items").path(next), next));
        }
    }

    private ArrayNode collected(StepRow container, Action.ForEach each, int total) {
        ArrayNode results = Json.mapper().createArrayNode();
        for (int index = 0; index < total; index++) {
            StepRow body = row(ScopePath.child(container.scope, container.step, index), "");
            if (body != null && body.state == StepState.DONE) {
                results.add(views.output(body));
            } else if (each.onItemFailure() == Action.OnItemFailure.KEEP_NULL) {
                results.addNull();
            }
        }
        return results;
    }

    private void bodyFailed(String scope, @Nullable String error) {
        ScopePath path = ScopePath.parse(scope);
        if (path.isRoot()) {
            end(RunState.FAILING, error);
            return;
        }
        StepRow container = container(path);
        Step step = step(path);
        StepRow body = row(scope, "");
        if (body == null || container.state != StepState.OPEN || body.state != StepState.OPEN) {
            return;
        }
        body.state = StepState.FAILED;
        body.error = Text.storable(String.valueOf(error), ERROR_LENGTH_MAX);
        body.finishedAt = now;
        body.changed = true;
        giveUp(new ArrayList<>(rows(scope).values()));
        if (step.action() instanceof Action.ForEach each && each.onItemFailure() != Action.OnItemFailure.ABORT) {
            itemEnded(container, each);
        } else {
            fail(container, step, error);
        }
        if (container.state.hasEnded()) {
            advance(container.scope);
        }
    }

    /** Gives up what lies within a container that ends before its bodies do. */
    private void closeWithin(StepRow container) {
        if (container.state == StepState.OPEN) {
            List<StepRow> inner = new ArrayList<>();
            for (StepRow found : StepRows.openWithin(transaction.handle(), run.id, container.path())) {
                StepRow known = row(found.scope, found.step);
                inner.add(known == null ? found : known);
            }
            scopes.forEach((scope, rows) -> {
                if (scope.startsWith(container.path() + "[")) {
                    inner.addAll(rows.values());
                }
            });
            giveUp(inner);
        }
    }

    private void giveUp(List<StepRow> rows) {
        for (StepRow row : rows) {
            if (row.state == StepState.READY || row.state == StepState.WAITING || row.state == StepState.OPEN) {
                if (row.state == StepState.READY) {
                    withdraw(row);
                }
                boolean waits = row.state == StepState.WAITING;
                row.state = StepState.CANCELLED;
                row.finishedAt = now;
                row.changed = true;
                dropTimer(row);
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
        transaction.schedule(new TaskId(RunEngine.CANCEL, run.organization(), Ids.next(), child), JobPriority.NORMAL);
    }

    /** Gives up the step of the strand that asks, which then goes on without one. */
    void giveUp(StepRow row) {
        row.state = StepState.CANCELLED;
        row.strand = null;
        row.finishedAt = now;
        row.changed = true;
    }

    /** Takes back a step that is ready, from its task if it has one. */
    private void withdraw(StepRow row) {
        UUID strand = row.strand;
        if (ready.remove(row)) {
            return;
        }
        if (strand == null) {
            run.unassigned--;
        } else if (transaction.remove(new TaskId(RunEngine.STRAND, run.organization(), strand, run.id))) {
            run.strands--;
            row.strand = null;
        }
    }

    private void succeed() {
        try {
            ObjectNode outputs = Json.object();
            Scope view = views.within("");
            workflow.outputs()
                    .forEach(output -> outputs.set(output.name(), expressions.evaluate(output.value(), view)));
            RunRows.outputs(transaction.handle(), run.id, vault.keep(run.organization(), run.id, "outputs", outputs));
            run.state = RunState.SUCCEEDED;
            over();
        } catch (GantryException failure) {
            end(RunState.FAILING, "The outputs have no value: " + failure.getMessage());
        }
    }

    /** Lets nothing more begin; the run is over as soon as nothing is under way. */
    void end(RunState towards, @Nullable String error) {
        ended = true;
        run.state = towards;
        run.error = error == null ? null : Text.storable(error, ERROR_LENGTH_MAX);
        List<StepRow> open = StepRows.ofStates(
                        transaction.handle(), run.id, List.of(StepState.READY, StepState.WAITING, StepState.OPEN))
                .stream()
                .map(row -> {
                    StepRow known = row(row.scope, row.step);
                    return known == null ? row : known;
                })
                .toList();
        List<StepRow> all = new ArrayList<>(open);
        scopes.values().forEach(rows -> all.addAll(rows.values()));
        giveUp(all);
        if (towards == RunState.CANCELLING) {
            // Heard by every node as soon as this transaction has committed.
            transaction
                    .handle()
                    .createQuery("SELECT pg_notify(:channel, :run)::text")
                    .bind("channel", RunEngine.CANCEL_CHANNEL)
                    .bind("run", run.id.toString())
                    .mapTo(String.class)
                    .one();
        }
        event(
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
        event("run." + run.state.id(), "", facts);
    }

    // ---- who does it

    /** Takes one of the steps that are ready, those of this transaction first. */
    @Nullable
    StepRow takeReady() {
        StepRow row = ready.poll();
        if (row != null) {
            return row;
        }
        if (run.unassigned == 0 || !run.mayBegin()) {
            return null;
        }
        List<StepRow> found = StepRows.unassigned(transaction.handle(), run.id, 1);
        if (found.isEmpty()) {
            run.unassigned = 0;
            return null;
        }
        run.unassigned--;
        StepRow stored = row(found.getFirst().scope, found.getFirst().step);
        return stored == null ? found.getFirst() : stored;
    }

    /** Gives the steps that are ready to tasks of their own, as many as may run at a time; the others wait. */
    void spread() {
        while (run.mayBegin() && run.strands < workflow.parallelStepsMax()) {
            StepRow row = takeReady();
            if (row == null) {
                break;
            }
            spawn(row, null);
        }
        while (!ready.isEmpty()) {
            StepRow row = ready.poll();
            row.strand = null;
            run.unassigned++;
        }
    }

    /** Gives a step a task of its own, at once or at a time. */
    void spawn(StepRow row, @Nullable Instant due) {
        UUID strand = Ids.next();
        row.strand = strand;
        row.state = StepState.READY;
        row.dueAt = due;
        row.changed = true;
        run.strands++;
        schedule(strand, due);
    }

    /** Lets a task close the run, where none is there to do it. */
    void spawnCloser() {
        run.strands++;
        schedule(Ids.next(), null);
    }

    private void schedule(UUID strand, @Nullable Instant due) {
        TaskId task = new TaskId(RunEngine.STRAND, run.organization(), strand, run.id);
        if (due == null) {
            transaction.schedule(task, JobPriority.NORMAL);
        } else {
            transaction.schedule(task, JobPriority.NORMAL, earlier(due, run.deadlineAt));
        }
    }

    Scope view(StepRow row, Step step) {
        return views.of(row.scope, step);
    }

    JsonNode data(StepRow row) {
        return views.data(row);
    }

    StepResult result(StepRow row, Step step) {
        return views.result(row, step);
    }

    /** Adds a row that was read by itself, so that it is written. */
    StepRow keep(StepRow row) {
        StepRow known = row(row.scope, row.step);
        return known == null ? row : known;
    }

    /** Writes everything. */
    void flush() {
        List<StepRow> all = new ArrayList<>();
        scopes.values().forEach(rows -> all.addAll(rows.values()));
        StepRows.write(transaction.handle(), run, all, vault);
        RunRows.append(transaction.handle(), run, events);
        RunRows.update(transaction.handle(), run);
    }

    boolean hasEvents() {
        return !events.isEmpty();
    }
}
