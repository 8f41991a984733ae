package dev.gantry.runs;

import dev.gantry.workflow.Action;
import dev.gantry.workflow.Body;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/**
 * The place of a body within a run: the workflow's own is empty; {@code each[3]} is that of the fourth item of the map
 * {@code each}, {@code each[3]/ways[0]} the first way of a branch within it.
 */
record ScopePath(List<Level> levels) {
    /** A container's name and which of its bodies. */
    record Level(String step, int index) {}

    ScopePath {
        levels = List.copyOf(levels);
    }

    static ScopePath parse(String text) {
        List<Level> levels = new ArrayList<>();
        for (String part : text.isEmpty() ? new String[0] : text.split("/")) {
            int bracket = part.indexOf('[');
            levels.add(new Level(
                    part.substring(0, bracket), Integer.parseInt(part.substring(bracket + 1, part.length() - 1))));
        }
        return new ScopePath(levels);
    }

    /** Returns the text of the first levels. */
    String text(int count) {
        StringBuilder text = new StringBuilder();
        for (Level level : levels.subList(0, count)) {
            text.append(text.isEmpty() ? "" : "/")
                    .append(level.step())
                    .append('[')
                    .append(level.index())
                    .append(']');
        }
        return text.toString();
    }

    boolean isRoot() {
        return levels.isEmpty();
    }

    /** Returns the scope that the container of this one lies in. */
    String parent() {
        return text(levels.size() - 1);
    }

    Level last() {
        return levels.getLast();
    }

    /** Returns the bodies from the workflow's own to this one. */
    List<Body> bodies(Workflow workflow) {
        List<Body> bodies = new ArrayList<>();
        Body body = workflow.body();
        bodies.add(body);
        for (Level level : levels) {
            body = within(step(body, level.step()).action(), level.index());
            bodies.add(body);
        }
        return bodies;
    }

    Body body(Workflow workflow) {
        return bodies(workflow).getLast();
    }

    static Step step(Body body, String id) {
        for (Step step : body.steps()) {
            if (step.id().equals(id)) {
                return step;
            }
        }
        throw new IllegalStateException("The workflow has no step " + id + " there");
    }

    static Body within(Action action, int index) {
        List<Body> bodies = action.bodies();
        return bodies.get(action instanceof Action.Branch ? index : 0);
    }

    static String child(String scope, String step, int index) {
        return path(scope, step) + "[" + index + "]";
    }

    static String path(String scope, String step) {
        return scope.isEmpty() ? step : scope + "/" + step;
    }
}
