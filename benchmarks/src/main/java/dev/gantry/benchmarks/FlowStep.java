package dev.gantry.benchmarks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step of a random workflow, in the words of {@link FlowReference}, and how it stands in a workflow's file. */
sealed interface FlowStep {
    String id();

    /** The pattern that all of them run. */
    String PATTERN = "shared/fault-answer";

    /** Who decides. */
    String APPROVER = "admin@localhost";

    /** What a text is made of: a word that says how the provider behaves, the step's name, and values of other steps. */
    record Text(String manner, String name, List<String> values) {
        public Text {
            values = List.copyOf(values);
        }

        String template() {
            StringBuilder text = new StringBuilder(manner).append(' ').append(name);
            values.forEach(value -> text.append(" ${").append(value).append('}'));
            return text.toString();
        }
    }

    /** What follows from a failure. */
    enum OnFailure {
        ABORT,
        SKIP,
        DEFAULT,
        FALLBACK
    }

    /** A call of a model; {@code above} is a number that the input {@code n} must exceed, or null. */
    record Ask(
            String id,
            Text text,
            OnFailure onFailure,
            @Nullable Integer above) implements FlowStep {}

    record Compute(String id, Text text, int padding) implements FlowStep {}

    record Each(String id, List<String> items, int parallel, boolean keepsNull, List<FlowStep> body)
            implements FlowStep {
        String item() {
            return "item_" + id;
        }
    }

    record Choose(String id, int above, List<FlowStep> then, List<FlowStep> otherwise) implements FlowStep {}

    record Repeat(String id, int most, int until, List<FlowStep> body) implements FlowStep {}

    record Decide(String id, Text text) implements FlowStep {}

    record Pause(String id, int seconds) implements FlowStep {}

    record Child(String id, Flow flow, Text text) implements FlowStep {}

    /** Returns the step as it stands in the file. */
    default ObjectNode file() {
        ObjectNode step = Json.object().put("id", id());
        switch (this) {
            case Ask ask -> {
                prompt(step.put("type", "pattern").putObject("params"), ask.text());
                step.putObject("retry").put("attempts", 4).put("delay", "100ms");
                if (ask.above() != null) {
                    step.put("when", "inputs.n > " + ask.above());
                }
                onFailure(step, ask);
            }
            case Compute compute ->
                step.put("type", "transform")
                        .putObject("params")
                        .put("value", compute.text().template() + " " + ".".repeat(compute.padding()));
            case Each each -> {
                ObjectNode params = step.put("type", "map").putObject("params");
                params.put("items", Json.mapper().valueToTree(each.items()).toString())
                        .put("as", each.item())
                        .put("max_parallel", each.parallel())
                        .put("on_item_failure", each.keepsNull() ? "keep_null" : "skip");
                body(params, each.body());
            }
            case Choose choose -> {
                ObjectNode params = step.put("type", "branch").putObject("params");
                ObjectNode then = params.putArray("cases").addObject().put("when", "inputs.n > " + choose.above());
                body(then, choose.then());
                body(params.putObject("else"), choose.otherwise());
            }
            case Repeat repeat -> {
                ObjectNode params = step.put("type", "loop").putObject("params");
                params.put("max", repeat.most()).put("until", "loop.index >= " + repeat.until());
                body(params, repeat.body());
            }
            case Decide decide -> {
                ObjectNode params = step.put("type", "approval").putObject("params");
                params.put("message", decide.text().template())
                        .put("on_reject", "continue")
                        .put("timeout", "30m");
                params.putArray("approvers").add(APPROVER);
            }
            case Pause pause -> step.put("type", "wait").putObject("params").put("for", pause.seconds() + "s");
            case Child child -> {
                ObjectNode params = step.put("type", "workflow").putObject("params");
                params.put("workflow", child.flow().name())
                        .putObject("inputs")
                        .put("x", child.text().template())
                        .put("n", "${inputs.n}");
            }
        }
        return step;
    }

    private static void prompt(ObjectNode params, Text text) {
        params.put("pattern", PATTERN).put("input", text.template());
    }

    private static void onFailure(ObjectNode step, Ask ask) {
        switch (ask.onFailure()) {
            case ABORT -> {}
            case SKIP -> step.put("on_failure", "skip");
            case DEFAULT -> step.put("on_failure", "continue_with_default").put("default_output", "nothing came");
            case FALLBACK -> {
                ObjectNode fallback = step.put("on_failure", "fallback").putObject("fallback");
                prompt(fallback.put("type", "pattern").putObject("params"), fallback(ask.text()));
            }
        }
    }

    /** What is asked instead: the same, of a provider in a better mood. */
    static Text fallback(Text text) {
        return new Text("steady", text.name() + "_instead", text.values());
    }

    private static void body(ObjectNode holder, List<FlowStep> body) {
        ArrayNode steps = holder.putArray("steps");
        body.forEach(step -> steps.add(step.file()));
        holder.put("output", "${steps." + body.getLast().id() + ".output}");
    }
}
