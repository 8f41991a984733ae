package dev.gantry.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gantry.kernel.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What must come out of a run: its workflow gone through one step after the other, without anything of the engine. */
final class FlowReference {
    private final int n;

    private FlowReference(int n) {
        this.n = n;
    }

    /** A step failed for good. */
    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String step) {
            super(step, null, false, false);
        }
    }

    /** Returns the outputs of a run; empty if it must fail. */
    static Optional<ObjectNode> outputs(Flow flow, String x, int n) {
        try {
            Map<String, JsonNode> values = new HashMap<>();
            values.put("inputs.x", TextNode.valueOf(x));
            values.put("inputs.n", IntNode.valueOf(n));
            new FlowReference(n).body(flow.steps(), values);
            ObjectNode outputs = Json.object();
            flow.steps().forEach(step -> outputs.set("of_" + step.id(), values.get("steps." + step.id() + ".output")));
            return Optional.of(outputs);
        } catch (Failed failed) {
            return Optional.empty();
        }
    }

    private JsonNode body(List<FlowStep> steps, Map<String, JsonNode> values) throws Failed {
        JsonNode last = NullNode.getInstance();
        for (FlowStep step : steps) {
            last = step(step, values);
            values.put("steps." + step.id() + ".output", last);
        }
        return last;
    }

    private JsonNode step(FlowStep step, Map<String, JsonNode> values) throws Failed {
        return switch (step) {
            case FlowStep.Ask ask -> ask(ask, values);
            case FlowStep.Compute compute ->
                TextNode.valueOf(text(compute.text(), values) + " " + ".".repeat(compute.padding()));
            case FlowStep.Each each -> each(each, values);
            case FlowStep.Choose choose ->
                body(n > choose.above() ? choose.then() : choose.otherwise(), new HashMap<>(values));
            case FlowStep.Repeat repeat -> repeat(repeat, values);
            case FlowStep.Decide decide -> {
                boolean approved = RecordingProvider.approves(text(decide.text(), values));
                values.put(
                        "steps." + decide.id() + ".output.approved",
                        Json.mapper().valueToTree(approved));
                yield Json.object()
                        .put("approved", approved)
                        .put("by", FlowStep.APPROVER)
                        .put("comment", "");
            }
            case FlowStep.Pause _ -> NullNode.getInstance();
            case FlowStep.Child child -> {
                ObjectNode outputs =
                        outputs(child.flow(), text(child.text(), values), n).orElseThrow(() -> new Failed(child.id()));
                yield outputs;
            }
        };
    }

    private JsonNode ask(FlowStep.Ask ask, Map<String, JsonNode> values) throws Failed {
        if (ask.above() != null && n <= ask.above()) {
            return NullNode.getInstance();
        }
        Optional<String> answer = RecordingProvider.answer(text(ask.text(), values));
        if (answer.isPresent()) {
            return TextNode.valueOf(answer.get());
        }
        return switch (ask.onFailure()) {
            case ABORT -> throw new Failed(ask.id());
            case SKIP -> NullNode.getInstance();
            case DEFAULT -> TextNode.valueOf("nothing came");
            case FALLBACK ->
                TextNode.valueOf(RecordingProvider.answer(text(FlowStep.fallback(ask.text()), values))
                        .orElseThrow(() -> new Failed(ask.id())));
        };
    }

    private ArrayNode each(FlowStep.Each each, Map<String, JsonNode> values) {
        ArrayNode results = Json.mapper().createArrayNode();
        for (String item : each.items()) {
            Map<String, JsonNode> inner = new HashMap<>(values);
            inner.put(each.item(), TextNode.valueOf(item));
            try {
                results.add(body(each.body(), inner));
            } catch (Failed failed) {
                if (each.keepsNull()) {
                    results.addNull();
                }
            }
        }
        return results;
    }

    private JsonNode repeat(FlowStep.Repeat repeat, Map<String, JsonNode> values) throws Failed {
        JsonNode result = NullNode.getInstance();
        for (int round = 0; ; round++) {
            Map<String, JsonNode> inner = new HashMap<>(values);
            inner.put("loop.index", IntNode.valueOf(round));
            inner.put("loop.output", result);
            result = body(repeat.body(), inner);
            if (round + 1 >= repeat.most() || round >= repeat.until()) {
                return result;
            }
        }
    }

    private static String text(FlowStep.Text text, Map<String, JsonNode> values) {
        StringBuilder rendered = new StringBuilder(text.manner()).append(' ').append(text.name());
        for (String value : text.values()) {
            JsonNode found = values.get(value);
            if (found == null) {
                throw new IllegalStateException("The generator used " + value + ", which is not there");
            }
            rendered.append(' ').append(found.isNull() ? "" : found.isTextual() ? found.textValue() : found.toString());
        }
        return rendered.toString();
    }
}
