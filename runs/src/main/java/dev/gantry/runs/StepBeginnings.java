package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Body;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.Step;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What begins in a run, and how: within the transaction of a {@link Progress}. Used by one thread. */
final class StepBeginnings {
    private final Progress progress;
    private final RunRow run;
    private final Instant now;

    StepBeginnings(Progress progress) {
        this.progress = progress;
        this.run = progress.run;
        this.now = progress.now;
    }

    /** Begins whatever in a body may begin, and ends the body when all of it has ended. */
    void advance(String scope) {
        if (!run.mayBegin()) {
            return;
        }
        Body body = ScopePath.parse(scope).body(progress.workflow);
        Map<String, StepRow> rows = progress.rows(scope);
        boolean moved = true;
        while (moved && mayBegin(scope)) {
            moved = false;
            for (Step step : body.steps()) {
                // Each that begins may fail at once, and end the body with that.
                if (mayBegin(scope) && !rows.containsKey(step.id()) && haveEnded(rows, step)) {
                    begin(scope, step);
                    moved = true;
                }
            }
        }
        if (mayBegin(scope) && body.steps().stream().allMatch(step -> hasEnded(rows.get(step.id())))) {
            progress.bodies().ended(scope, body);
        }
    }

    private boolean mayBegin(String scope) {
        return run.mayBegin() && progress.isOpen(scope);
    }

    private static boolean haveEnded(Map<String, StepRow> rows, Step step) {
        return step.dependsOn().stream().allMatch(id -> hasEnded(rows.get(id)));
    }

    private static boolean hasEnded(@Nullable StepRow row) {
        return row != null && row.state.hasEnded();
    }

    private void begin(String scope, Step step) {
        try {
            if (step.when() != null
                    && !progress.expressions()
                            .test(step.when(), progress.views().of(scope, step))) {
                StepRow row = progress.add(scope, step.id(), StepState.SKIPPED);
                row.startedAt = now;
                row.finishedAt = now;
                progress.event("step.skipped", row.path(), Json.object().put("reason", "its condition is false"));
                return;
            }
            begin(scope, step, step.action());
        } catch (GantryException failure) {
            RunEngine.throwOwnTrouble(failure);
            StepRow row = progress.row(scope, step.id());
            progress.fail(
                    row == null ? progress.add(scope, step.id(), StepState.OPEN) : row, step, failure.getMessage());
        }
    }

    private void begin(String scope, Step step, Action action) {
        switch (action) {
            case Action.RunPattern _,
                    Action.RunAgent _,
                    Action.CallTool _,
                    Action.CallHttp _,
                    Action.RunWorkflow _,
                    Action.RunCommand _ -> progress.ready().add(progress.add(scope, step.id(), StepState.READY));
            case Action.Transform transform -> {
                if (!progress.computed().compute(scope, step, transform)) {
                    progress.ready().add(progress.add(scope, step.id(), StepState.READY));
                }
            }
            case Action.ForEach each -> beginMap(scope, step, each);
            case Action.Branch branch -> beginBranch(scope, step, branch);
            case Action.Loop _ -> {
                StepRow row = open(scope, step);
                openBody(row, 0, loopNames(0, NullNode.getInstance()));
            }
            case Action.Approve approve -> {
                String message = progress.expressions()
                        .render(approve.message(), progress.views().of(scope, step));
                ObjectNode data = Json.object().put("message", message);
                data.putArray("decisions");
                StepRow row = waiting(scope, step, data);
                Instant end = now.plus(approve.timeout());
                row.dueAt = end;
                progress.setTimer(row, Waits.nextTime(approve, false, end));
            }
            case Action.Pause pause -> {
                StepRow row = waiting(scope, step, Json.object());
                row.dueAt = now.plus(pause.duration());
                progress.setTimer(row, now.plus(pause.duration()));
            }
            case Action.AwaitEvent event -> {
                StepRow row = waiting(scope, step, Json.object().put("event", event.event()));
                row.event = event.event();
                row.dueAt = now.plus(event.timeout());
                progress.setTimer(row, now.plus(event.timeout()));
            }
            case Action.AwaitWebhook hook -> {
                StepRow row = waiting(scope, step, Json.object().put("call", progress.callAddress(scope, step)));
                row.dueAt = now.plus(hook.timeout());
                progress.setTimer(row, now.plus(hook.timeout()));
            }
        }
    }

    private StepRow open(String scope, Step step) {
        StepRow row = progress.add(scope, step.id(), StepState.OPEN);
        row.startedAt = now;
        progress.event("step.started", row.path(), Json.object());
        return row;
    }

    private StepRow waiting(String scope, Step step, ObjectNode data) {
        StepRow row = progress.add(scope, step.id(), StepState.WAITING);
        row.startedAt = now;
        row.data(data);
        progress.event("step.waiting", row.path(), Json.object());
        return row;
    }

    private void beginMap(String scope, Step step, Action.ForEach each) {
        JsonNode items =
                progress.expressions().evaluate(each.items(), progress.views().of(scope, step));
        StepRow row = open(scope, step);
        if (!items.isArray()) {
            progress.fail(row, step, "What it goes over is not a list");
            return;
        }
        if (items.size() > each.itemsMax()) {
            progress.fail(
                    row,
                    step,
                    "The list has " + items.size() + " items, more than the " + each.itemsMax() + " allowed");
            return;
        }
        if (items.isEmpty()) {
            progress.done(row, Json.mapper().createArrayNode());
            return;
        }
        progress.vault().requireFits(items);
        row.items(items);
        row.data(Json.object()
                .put("total", items.size())
                .put("next", Math.min(each.parallelMax(), items.size()))
                .put("ended", 0));
        for (int index = 0; index < Math.min(each.parallelMax(), items.size()) && isOpenContainer(row); index++) {
            openBody(row, index, itemNames(each, items.get(index), index));
        }
    }

    private static boolean isOpenContainer(StepRow row) {
        return row.state == StepState.OPEN;
    }

    static ObjectNode itemNames(Action.ForEach each, JsonNode item, int index) {
        ObjectNode names = Json.object().put("index", index);
        names.set(each.as(), item);
        return names;
    }

    static ObjectNode loopNames(int index, JsonNode output) {
        ObjectNode names = Json.object();
        names.putObject("loop").put("index", index).set("output", output);
        return names;
    }

    private void beginBranch(String scope, Step step, Action.Branch branch) {
        Scope view = progress.views().of(scope, step);
        int chosen = 0;
        while (chosen < branch.cases().size()
                && !progress.expressions().test(branch.cases().get(chosen).when(), view)) {
            chosen++;
        }
        StepRow row = open(scope, step);
        if (chosen == branch.cases().size() && branch.otherwise() == null) {
            progress.done(row, NullNode.getInstance());
            return;
        }
        openBody(row, chosen, Json.object());
    }

    void openBody(StepRow container, int index, ObjectNode names) {
        String scope = ScopePath.child(container.scope, container.step, index);
        progress.isNew(scope);
        StepRow body = progress.add(scope, "", StepState.OPEN);
        body.startedAt = now;
        body.data(names);
        advance(scope);
    }
}
