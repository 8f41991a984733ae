package dev.gantry.workflow;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Finding.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What each step waits for: the steps that it names and those whose results it uses, also deep within. Finds references that
 * lead nowhere, ids that are there twice, and cycles.
 */
final class Dependencies {
    private final Findings findings;
    private final Parser parser;
    /** All steps of the file, with the step around each; "" for those at the top. */
    private final Map<String, String> around = new LinkedHashMap<>();

    Dependencies(Findings findings, Parser parser) {
        this.findings = findings;
        this.parser = parser;
    }

    /** Returns a body whose steps know all that they wait for. */
    Body complete(Body body) {
        register(body, "");
        return complete(body, Set.of(), new LinkedHashSet<>());
    }

    private void register(Body body, String parent) {
        for (Step step : body.steps()) {
            if (around.putIfAbsent(step.id(), parent) != null) {
                findings.add(
                        Rule.DUPLICATE_ID,
                        step.position(),
                        "step " + step.id(),
                        "there is another step of this id; ids are unique in the whole file");
            }
            step.action().bodies().forEach(inner -> register(inner, step.id()));
        }
    }

    /**
     * Completes a body.
     *
     * @param outside steps around it whose results it may use
     * @param free takes those of them that it uses
     */
    private Body complete(Body body, Set<String> outside, Set<String> free) {
        Set<String> here = new LinkedHashSet<>();
        body.steps().forEach(step -> here.add(step.id()));
        List<Step> steps = new ArrayList<>();
        for (Step step : body.steps()) {
            Set<String> used = new LinkedHashSet<>();
            Set<String> visible = new HashSet<>(outside);
            visible.addAll(here);
            Uses.of(step)
                    .forEach(use -> used.addAll(references(
                            use.expression(), "step " + step.id() + ": " + use.where(), visible, step.id())));
            Set<String> visibleWithin = new HashSet<>(visible);
            visibleWithin.remove(step.id());
            Action action = Actions.withBodies(step.action(), inner -> complete(inner, visibleWithin, used));
            Set<String> dependsOn = new LinkedHashSet<>(named(step, here));
            for (String id : used) {
                if (here.contains(id)) {
                    dependsOn.add(id);
                } else {
                    free.add(id);
                }
            }
            steps.add(
                    new Step(step.id(), step.title(), dependsOn, step.when(), action, step.policy(), step.position()));
        }
        Set<String> visible = new HashSet<>(outside);
        visible.addAll(here);
        Uses.of(body.result(), "output")
                .forEach(use -> references(use.expression(), "output", visible, "").stream()
                        .filter(id -> !here.contains(id))
                        .forEach(free::add));
        Body completed = new Body(steps, body.result());
        findCycles(completed);
        return completed;
    }

    private Set<String> named(Step step, Set<String> here) {
        Set<String> named = new LinkedHashSet<>();
        for (String id : step.dependsOn()) {
            if (id.equals(step.id())) {
                findings.add(Rule.CYCLE, step.position(), "step " + step.id(), "depends on itself");
            } else if (here.contains(id)) {
                named.add(id);
            } else {
                findings.add(
                        Rule.DANGLING_REFERENCE,
                        step.position(),
                        "step " + step.id() + ": depends_on",
                        around.containsKey(id)
                                ? "'" + id + "' is not beside this step; only steps of the same list can be named"
                                : "there is no step '" + Text.shorten(id, 60) + "'" + Text.didYouMean(id, here));
            }
        }
        return named;
    }

    /** Returns the steps that an expression uses and can see; the others become findings. */
    Set<String> references(Expression expression, String path, Set<String> visible, String self) {
        Optional<CelAbstractSyntaxTree> tree = parser.parse(expression, path);
        Set<String> found = new LinkedHashSet<>();
        for (String id : tree.map(Parser::steps).orElse(Set.of())) {
            String problem = null;
            if (id.isEmpty()) {
                problem = "a step is written steps.ID, such as steps.review.output";
            } else if (id.equals(self)) {
                problem = "uses the result of its own step";
            } else if (visible.contains(id)) {
                found.add(id);
            } else if (around.containsKey(id)) {
                String parent = around.getOrDefault(id, "");
                problem = parent.isEmpty()
                        ? "'" + id + "' contains this step and has not ended when it is used"
                        : "'" + id + "' lies within '" + parent + "' and is not seen from here; use steps." + parent
                                + ".output";
            } else {
                problem = "there is no step '" + Text.shorten(id, 60) + "'" + Text.didYouMean(id, visible);
            }
            if (problem != null) {
                findings.add(Rule.DANGLING_REFERENCE, expression.position(), path, problem);
            }
        }
        return found;
    }

    private void findCycles(Body body) {
        Map<String, Step> steps = new LinkedHashMap<>();
        body.steps().forEach(step -> steps.putIfAbsent(step.id(), step));
        Map<String, Boolean> finished = new HashMap<>();
        for (Step step : steps.values()) {
            visit(step, steps, finished, new ArrayList<>());
        }
    }

    /** Walks back from a step; {@code finished} is false for steps on the way and true for those left behind. */
    private void visit(Step step, Map<String, Step> steps, Map<String, Boolean> finished, List<String> way) {
        Boolean known = finished.get(step.id());
        if (known != null) {
            if (!known) {
                List<String> cycle = new ArrayList<>(way.subList(way.indexOf(step.id()), way.size()));
                cycle.add(step.id());
                findings.add(
                        Rule.CYCLE,
                        step.position(),
                        "step " + step.id(),
                        "these steps wait for each other: " + String.join(" → ", cycle.reversed()));
            }
            return;
        }
        finished.put(step.id(), false);
        way.add(step.id());
        for (String id : step.dependsOn()) {
            Step before = steps.get(id);
            if (before != null) {
                visit(before, steps, finished, way);
            }
        }
        way.removeLast();
        finished.put(step.id(), true);
    }
}
