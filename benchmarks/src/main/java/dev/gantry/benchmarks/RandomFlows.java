package dev.gantry.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes random workflows: graphs of steps with maps, branches, loops, approvals, waits, retries and child workflows. */
final class RandomFlows {
    private static final List<FlowStep.OnFailure> OTHERWISE =
            List.of(FlowStep.OnFailure.SKIP, FlowStep.OnFailure.DEFAULT, FlowStep.OnFailure.FALLBACK);

    private static final int DEPTH_MAX = 2;
    private static final int CHILDREN = 4;
    private static final long BUDGET = 500_000;
    private static final long BUDGET_OF_CHILD = 60_000;

    private final RandomGenerator dice;
    private final List<Flow> children = new ArrayList<>();
    private int steps;

    RandomFlows(RandomGenerator dice) {
        this.dice = dice;
        for (int number = 0; number < CHILDREN; number++) {
            steps = 0;
            children.add(new Flow(
                    "shared/faults/child-" + number,
                    BUDGET_OF_CHILD,
                    false,
                    4,
                    false,
                    List.of(steady("a", List.of("inputs.x")), steady("b", List.of("steps.a.output", "inputs.n")))));
        }
    }

    private static FlowStep steady(String id, List<String> values) {
        return new FlowStep.Ask(id, new FlowStep.Text("steady", id, values), FlowStep.OnFailure.ABORT, null);
    }

    /** Returns the workflows that others call. */
    List<Flow> children() {
        return children;
    }

    Flow next(int number) {
        steps = 0;
        boolean tight = chance(8);
        return new Flow(
                "shared/faults/flow-" + number,
                tight ? 6_000 + dice.nextInt(8_000) : BUDGET,
                tight,
                1 + dice.nextInt(6),
                chance(15),
                body(2 + dice.nextInt(5), 0, List.of("inputs.x", "inputs.n"), tight));
    }

    private boolean chance(int percent) {
        return dice.nextInt(100) < percent;
    }

    /** What steps of a body may use: what is known around it, and the steps of it that are there already. */
    private List<FlowStep> body(int size, int depth, List<String> around, boolean tight) {
        List<FlowStep> body = new ArrayList<>();
        List<String> known = new ArrayList<>(around);
        for (int index = 0; index < size; index++) {
            FlowStep step = step(depth, known, tight);
            body.add(step);
            known.add("steps." + step.id() + ".output");
            if (step instanceof FlowStep.Decide) {
                known.add("steps." + step.id() + ".output.approved");
            }
        }
        return body;
    }

    private FlowStep step(int depth, List<String> known, boolean tight) {
        String id = "s" + steps++;
        boolean holds = depth < DEPTH_MAX;
        int kind = dice.nextInt(100);
        if (kind < 12 && holds) {
            return each(id, depth, known, tight);
        }
        if (kind < 20 && holds) {
            return new FlowStep.Choose(
                    id,
                    dice.nextInt(10),
                    body(1 + dice.nextInt(2), depth + 1, known, tight),
                    body(1, depth + 1, known, tight));
        }
        if (kind < 28 && holds) {
            List<String> inner = new ArrayList<>(known);
            inner.add("loop.index");
            inner.add("loop.output");
            int most = 1 + dice.nextInt(4);
            return new FlowStep.Repeat(
                    id, most, dice.nextInt(most), body(1 + dice.nextInt(2), depth + 1, inner, tight));
        }
        if (kind < 34) {
            return new FlowStep.Decide(id, text("decide", id, known));
        }
        if (kind < 39) {
            return new FlowStep.Pause(id, 1 + dice.nextInt(3));
        }
        if (kind < 43 && !tight) {
            return new FlowStep.Child(id, children.get(dice.nextInt(CHILDREN)), text("x", id, known));
        }
        if (kind < 55) {
            return new FlowStep.Compute(id, text("computed", id, known), chance(20) ? 2_000 : 0);
        }
        return ask(id, known);
    }

    private FlowStep each(String id, int depth, List<String> known, boolean tight) {
        List<String> items = new ArrayList<>();
        for (int count = dice.nextInt(6); count > 0; count--) {
            items.add("i" + dice.nextInt(1_000));
        }
        List<String> inner = new ArrayList<>(known);
        inner.add("item_" + id);
        return new FlowStep.Each(
                id, items, 1 + dice.nextInt(4), dice.nextBoolean(), body(1 + dice.nextInt(2), depth + 1, inner, tight));
    }

    private FlowStep ask(String id, List<String> known) {
        int mood = dice.nextInt(100);
        String manner = mood < 70 ? "steady" : mood < 85 ? "flaky" : mood < 97 ? "perhaps" : "broken";
        // A run that must fail shows little else: few steps fail it.
        FlowStep.OnFailure onFailure =
                chance(25) ? FlowStep.OnFailure.ABORT : OTHERWISE.get(dice.nextInt(OTHERWISE.size()));
        @Nullable Integer above = chance(10) ? dice.nextInt(10) : null;
        return new FlowStep.Ask(id, text(manner, id, known), onFailure, above);
    }

    private FlowStep.Text text(String manner, String id, List<String> known) {
        List<String> values = new ArrayList<>();
        for (int count = dice.nextInt(3); count > 0; count--) {
            values.add(known.get(dice.nextInt(known.size())));
        }
        return new FlowStep.Text(manner, id, values);
    }
}
