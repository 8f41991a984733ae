package dev.gantry.workflow;

import java.util.List;
import java.util.stream.Stream;

/**
 * Steps that belong together: those of the workflow, or of one round of a map, loop or branch. Each begins as soon as all
 * that it depends on has ended.
 *
 * @param steps in the order of the file; never empty
 * @param result what the body amounts to, evaluated when its steps have ended
 */
public record Body(List<Step> steps, ValueTemplate result) {
    /** Copies the list. */
    public Body {
        steps = List.copyOf(steps);
    }

    /** Returns the steps and all within them, each before those that it contains. */
    public Stream<Step> allSteps() {
        return steps.stream()
                .flatMap(step -> Stream.concat(
                        Stream.of(step), step.action().bodies().stream().flatMap(Body::allSteps)));
    }
}
