package dev.gantry.workflow;

import dev.gantry.workflow.Policy.OnFailure;
import java.util.Collection;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a step uses expressions, those of the steps within it left aside. */
final class Uses {
    /** What an expression must give. */
    enum Expected {
        /** True or false. */
        TRUTH,
        /** A list. */
        LIST,
        /** Anything. */
        ANY
    }

    /**
     * A use of an expression.
     *
     * @param where the key, for messages
     * @param round whether it sees {@code loop}, as the end of a loop does
     * @param event whether it sees {@code event}, as the choice of an event does
     */
    record Use(Expression expression, Expected expected, String where, boolean round, boolean event) {
        private Use(Expression expression, Expected expected, String where) {
            this(expression, expected, where, false, false);
        }
    }

    private Uses() {}

    static Stream<Use> of(Step step) {
        Stream<Use> policy = Stream.empty();
        if (step.policy().onFailure() instanceof OnFailure.Fallback fallback) {
            policy = of(fallback.action());
        } else if (step.policy().onFailure() instanceof OnFailure.ContinueWithDefault value) {
            policy = of(value.value(), "default_output");
        }
        Policy.Cache cache = step.policy().cache();
        return Stream.of(
                        of(step.when(), Expected.TRUTH, "when"),
                        of(step.action()),
                        policy,
                        cache == null ? Stream.<Use>empty() : of(cache.key(), "cache.key"))
                .flatMap(uses -> uses);
    }

    static Stream<Use> of(ValueTemplate value, String where) {
        return value.expressions().map(expression -> new Use(expression, Expected.ANY, where));
    }

    static Stream<Use> of(@Nullable Template template, String where) {
        return template == null
                ? Stream.empty()
                : template.expressions().map(expression -> new Use(expression, Expected.ANY, where));
    }

    private static Stream<Use> of(@Nullable Expression expression, Expected expected, String where) {
        return expression == null ? Stream.empty() : Stream.of(new Use(expression, expected, where));
    }

    private static Stream<Use> templates(Collection<Template> templates, String where) {
        return templates.stream().flatMap(template -> of(template, where));
    }

    private static Stream<Use> of(Action action) {
        return switch (action) {
            case Action.RunPattern pattern ->
                Stream.concat(
                        of(pattern.input(), "input"),
                        templates(pattern.variables().values(), "variables"));
            case Action.RunAgent agent -> Stream.concat(of(agent.system(), "system"), of(agent.prompt(), "prompt"));
            case Action.CallTool tool -> of(tool.arguments(), "arguments");
            case Action.CallHttp http ->
                Stream.of(
                                of(http.url(), "url"),
                                templates(http.headers().values(), "headers"),
                                http.body() == null ? Stream.<Use>empty() : of(http.body(), "body"))
                        .flatMap(uses -> uses);
            case Action.Transform transform -> of(transform.value(), "value");
            case Action.ForEach map -> of(map.items(), Expected.LIST, "items");
            case Action.Branch branch ->
                branch.cases().stream().flatMap(way -> of(way.when(), Expected.TRUTH, "cases.when"));
            case Action.Loop loop ->
                loop.until() == null
                        ? Stream.empty()
                        : Stream.of(new Use(loop.until(), Expected.TRUTH, "until", true, false));
            case Action.Approve approve -> of(approve.message(), "message");
            case Action.Pause _, Action.AwaitWebhook _ -> Stream.empty();
            case Action.AwaitEvent event ->
                event.where() == null
                        ? Stream.empty()
                        : Stream.of(new Use(event.where(), Expected.TRUTH, "where", false, true));
            case Action.RunWorkflow workflow ->
                workflow.inputs().values().stream().flatMap(value -> of(value, "inputs"));
            case Action.RunCommand command -> templates(command.arguments().values(), "arguments");
        };
    }
}
