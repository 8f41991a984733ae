package dev.gantry.workflow;

import dev.gantry.workflow.Action.Branch;
import dev.gantry.workflow.Action.Case;
import dev.gantry.workflow.Action.ForEach;
import dev.gantry.workflow.Action.Loop;
import java.util.function.UnaryOperator;

/** Helps with actions that contain others. */
final class Actions {
    private Actions() {}

    /** Returns the action with each of its bodies replaced. */
    static Action withBodies(Action action, UnaryOperator<Body> change) {
        return switch (action) {
            case ForEach map ->
                new ForEach(
                        map.items(),
                        map.as(),
                        map.parallelMax(),
                        map.itemsMax(),
                        map.onItemFailure(),
                        change.apply(map.body()));
            case Loop loop -> new Loop(loop.roundsMax(), loop.until(), change.apply(loop.body()));
            case Branch branch ->
                new Branch(
                        branch.cases().stream()
                                .map(way -> new Case(way.when(), change.apply(way.body())))
                                .toList(),
                        branch.otherwise() == null ? null : change.apply(branch.otherwise()));
            default -> action;
        };
    }
}
