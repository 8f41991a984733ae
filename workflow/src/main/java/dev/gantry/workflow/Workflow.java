package dev.gantry.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A workflow as its file says, checked in itself: names are unique, references lead somewhere, steps form no cycle.
 * Immutable.
 *
 * @param name for people; the registry's name is what commands take
 * @param description may be empty
 * @param version the author's own, such as {@code 1.0}; empty when not given. The registry numbers versions itself.
 * @param inputs in the order of the file
 * @param outputs what a finished run answers with, in the order of the file
 * @param body the steps
 * @param tokenBudget most tokens that one run may use, over all its steps
 * @param deadline the longest that a run may take, waiting included
 * @param parallelStepsMax most steps of one run that execute at a time
 * @param concurrency how many runs there may be at a time
 * @param team the team that answers for it; null when the file names none
 * @param permissions the most that a run may do, in the grammar of permissions; null when the file does not narrow what
 *     the starter may do
 * @param tags in lower case, for finding it
 */
public record Workflow(
        String name,
        String description,
        String version,
        List<Input> inputs,
        List<Output> outputs,
        Body body,
        long tokenBudget,
        Duration deadline,
        int parallelStepsMax,
        Concurrency concurrency,
        @Nullable String team,
        @Nullable List<String> permissions,
        List<String> tags) {
    /** Tokens that a run may use when the file does not say. */
    public static final long TOKEN_BUDGET_DEFAULT = 100_000;

    /** Copies the lists. */
    public Workflow {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        permissions = permissions == null ? null : List.copyOf(permissions);
        tags = List.copyOf(tags);
    }

    /** Returns the declaration of an input. */
    public Optional<Input> input(String wanted) {
        return inputs.stream().filter(input -> input.name().equals(wanted)).findFirst();
    }

    /** Returns a step by its id, which is unique in the file, however deep it lies. */
    public Optional<Step> step(String id) {
        return body.allSteps().filter(step -> step.id().equals(id)).findFirst();
    }
}
