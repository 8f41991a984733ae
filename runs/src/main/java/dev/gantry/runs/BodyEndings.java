package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Body;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What follows when the steps of a body have ended: the workflow's own, an item of a map, a case of a branch or a round of a
 * loop. Used by one thread.
 */
final class BodyEndings {
    private final Progress progress;
    private final Instant now;

    BodyEndings(Progress progress) {
        this.progress = progress;
        this.now = progress.now;
    }

    void ended(String scope, Body body) {
        ScopePath path = ScopePath.parse(scope);
        if (path.isRoot()) {
            progress.ends().succeed();
            return;
        }
        StepRow container = container(path);
        Step step = step(path);
        StepRow place = progress.row(scope, "");
        if (place == null) {
            return;
        }
        JsonNode result;
        try {
            result = progress.expressions()
                    .evaluate(body.result(), progress.views().within(scope));
            progress.vault().requireFits(result);
        } catch (GantryException failure) {
            RunEngine.throwOwnTrouble(failure);
            failed(scope, failure.getMessage());
            return;
        }
        place.state = StepState.DONE;
        place.finishedAt = now;
        place.output(result);
        switch (step.action()) {
            case Action.ForEach each -> itemEnded(container, step, each);
            case Action.Loop loop -> roundEnded(container, step, loop, path, result);
            default -> progress.done(container, result);
        }
        if (container.state.hasEnded()) {
            progress.advance(container.scope);
        }
    }

    private StepRow container(ScopePath path) {
        StepRow container = progress.row(path.parent(), path.last().step());
        if (container == null) {
            throw new IllegalStateException("A body without its step");
        }
        return container;
    }

    private Step step(ScopePath path) {
        List<Body> bodies = path.bodies(progress.workflow);
        return ScopePath.step(bodies.get(bodies.size() - 2), path.last().step());
    }

    private void roundEnded(StepRow container, Step step, Action.Loop loop, ScopePath path, JsonNode result) {
        int round = path.last().index();
        try {
            Scope view = progress.views()
                    .within(path.text(path.levels().size()))
                    .with("loop", Json.object().put("index", round).set("output", result));
            if (round + 1 >= loop.roundsMax()
                    || (loop.until() != null && progress.expressions().test(loop.until(), view))) {
                progress.done(container, result);
                return;
            }
        } catch (GantryException failure) {
            RunEngine.throwOwnTrouble(failure);
            progress.fail(container, step, failure.getMessage());
            return;
        }
        progress.beginnings().openBody(container, round + 1, StepBeginnings.loopNames(round + 1, result));
    }

    private void itemEnded(StepRow container, Step step, Action.ForEach each) {
        ObjectNode data = (ObjectNode) progress.views().data(container);
        int ended = data.path("ended").asInt() + 1;
        int next = data.path("next").asInt();
        int total = data.path("total").asInt();
        data.put("ended", ended).put("next", Math.min(total, next + 1));
        container.data(data);
        if (ended == total) {
            ArrayNode results;
            try {
                results = collected(container, each, total);
            } catch (GantryException failure) {
                if (failure.code() != ErrorCode.QUOTA_EXCEEDED) {
                    throw failure;
                }
                progress.fail(container, step, "What its items gave is too large together. " + failure.getMessage());
                return;
            }
            progress.done(container, results);
        } else if (next < total) {
            progress.beginnings()
                    .openBody(
                            container,
                            next,
                            StepBeginnings.itemNames(
                                    each, progress.views().items(container).path(next), next));
        }
    }

    /** Reads what the items gave in one go, and no more of it than a result may have: the run is locked meanwhile. */
    private ArrayNode collected(StepRow container, Action.ForEach each, int total) {
        List<String> bodies = IntStream.range(0, total)
                .mapToObj(index -> ScopePath.child(container.scope, container.step, index))
                .toList();
        // Before any of it is read: it may be many times what a node has room for.
        progress.vault().requireFits(StepRows.bytesOfBodies(progress.transactionHandle(), progress.run.id, bodies));
        Map<String, JsonNode> given = progress.vault()
                .openAll(
                        progress.run.organization(),
                        progress.run.id,
                        StepRows.ofBodies(progress.transactionHandle(), progress.run.id, bodies));
        ArrayNode results = Json.mapper().createArrayNode();
        for (String body : bodies) {
            // Of those that ended in this very transaction nothing is stored yet.
            StepRow here = progress.known(body, "");
            JsonNode ended = here == null || here.state != StepState.DONE ? null : here.output;
            JsonNode result = ended == null ? given.get(body) : ended;
            if (result != null) {
                results.add(result);
            } else if (each.onItemFailure() == Action.OnItemFailure.KEEP_NULL) {
                results.addNull();
            }
        }
        progress.vault().requireFits(results);
        return results;
    }

    void failed(String scope, @Nullable String error) {
        ScopePath path = ScopePath.parse(scope);
        if (path.isRoot()) {
            progress.end(RunState.FAILING, error);
            return;
        }
        StepRow container = container(path);
        Step step = step(path);
        StepRow body = progress.row(scope, "");
        if (body == null || container.state != StepState.OPEN || body.state != StepState.OPEN) {
            return;
        }
        body.state = StepState.FAILED;
        body.error = Text.storable(String.valueOf(error), StepEndings.ERROR_LENGTH_MAX);
        body.finishedAt = now;
        body.changed = true;
        progress.ends().giveUp(new ArrayList<>(progress.rows(scope).values()));
        if (step.action() instanceof Action.ForEach each && each.onItemFailure() != Action.OnItemFailure.ABORT) {
            itemEnded(container, step, each);
        } else {
            progress.fail(container, step, error);
        }
        if (container.state.hasEnded()) {
            progress.advance(container.scope);
        }
    }
}
