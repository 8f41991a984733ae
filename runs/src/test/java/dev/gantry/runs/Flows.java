package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Body;
import dev.gantry.workflow.Concurrency;
import dev.gantry.workflow.DataType;
import dev.gantry.workflow.Expression;
import dev.gantry.workflow.Input;
import dev.gantry.workflow.Output;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Position;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Template;
import dev.gantry.workflow.ValueTemplate;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds workflows for tests. */
final class Flows {
    static final Policy ONCE = policy(Policy.Retry.NEVER, new Policy.OnFailure.Abort());

    private Flows() {}

    static Policy policy(Policy.Retry retry, Policy.OnFailure onFailure) {
        return new Policy(retry, Duration.ofMinutes(5), onFailure, null, null, Policy.Estimate.NONE);
    }

    static Policy.Retry retries(int attempts) {
        return new Policy.Retry(attempts, Duration.ofMillis(1), Policy.Backoff.FIXED, Duration.ofSeconds(1), Set.of());
    }

    static Expression expression(String source) {
        return new Expression(source, Position.NONE);
    }

    static Template slot(String source) {
        return new Template(List.of(new Template.Slot(expression(source))), Position.NONE);
    }

    static ValueTemplate value(String source) {
        return new ValueTemplate.Text(slot(source));
    }

    static ValueTemplate constant(JsonNode value) {
        return new ValueTemplate.Constant(value, Position.NONE);
    }

    /** A step that the recorder does; its output is {@code {echo: input}}. */
    static Step pattern(String id, String input, String... dependsOn) {
        return step(
                id,
                new Action.RunPattern("p/" + id, slot(input), Map.of(), null, DataType.Simple.ANY),
                ONCE,
                dependsOn);
    }

    static Step step(String id, Action action, Policy policy, String... dependsOn) {
        return new Step(id, id, Set.of(dependsOn), null, action, policy, new Position(3, 1));
    }

    /** Does a step for each item of {@code inputs.x}. */
    static Step map(String id, int parallel, Action.OnItemFailure rule, Step inner) {
        return step(
                id,
                new Action.ForEach(
                        expression("inputs.x"),
                        "item",
                        parallel,
                        100,
                        rule,
                        body("steps." + inner.id() + ".output", inner)),
                ONCE);
    }

    /** Asks Ann and Bob, of whom so many must agree. */
    static Step approval(int needed, boolean rejectionFails) {
        return step(
                "ask",
                new Action.Approve(
                        slot("inputs.x"),
                        List.of("ann@example.com", "bob@example.com"),
                        needed,
                        Duration.ofHours(1),
                        Action.OnTimeout.FAIL,
                        null,
                        rejectionFails),
                ONCE);
    }

    static Step when(Step step, String condition) {
        return new Step(
                step.id(),
                step.title(),
                step.dependsOn(),
                expression(condition),
                step.action(),
                step.policy(),
                step.position());
    }

    static Step with(Step step, Policy policy) {
        return new Step(step.id(), step.title(), step.dependsOn(), step.when(), step.action(), policy, step.position());
    }

    static Body body(String result, Step... steps) {
        return new Body(List.of(steps), value(result));
    }

    static Workflow workflow(String output, Step... steps) {
        return workflow(100_000, 8, Concurrency.UNLIMITED, output, steps);
    }

    static Workflow workflow(
            long budget, int parallel, Concurrency concurrency, @Nullable String output, Step... steps) {
        return new Workflow(
                "test",
                "",
                "",
                List.of(new Input("x", DataType.Simple.ANY, false, null, List.of(), "")),
                output == null ? List.of() : List.of(new Output("result", value(output))),
                new Body(Arrays.asList(steps), constant(com.fasterxml.jackson.databind.node.NullNode.getInstance())),
                budget,
                Duration.ofMinutes(10),
                parallel,
                concurrency,
                null,
                null,
                List.of());
    }
}
