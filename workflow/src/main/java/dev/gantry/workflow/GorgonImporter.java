package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Imported.Note;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Rewrites Gorgon's workflows. Gorgon does one step after the other unless told otherwise, so each step here depends on the
 * one before it; steps of a {@code parallel} step stand beside each other. Names of outputs become references to the steps
 * that make them.
 */
final class GorgonImporter {
    private static final Set<String> KNOWN = Set.of(
            "id",
            "name",
            "version",
            "description",
            "token_budget",
            "timeout_seconds",
            "inputs",
            "outputs",
            "settings",
            "steps",
            "variables",
            "metadata");

    private final ObjectNode source;
    private final List<Note> notes;
    private final ForeignNames names;
    private final GorgonSteps steps;
    private final ArrayNode written;
    private final boolean sequential;

    GorgonImporter(ObjectNode source, List<Note> notes) {
        this.source = source;
        this.notes = notes;
        this.names = new ForeignNames(notes);
        this.steps = new GorgonSteps(notes);
        this.written = Json.mapper().createArrayNode();
        this.sequential = !source.path("settings").path("auto_parallel").asBoolean(false);
    }

    ObjectNode convert() {
        ObjectNode target = Json.object();
        target.put("name", source.path("name").asText("Imported"));
        copyText("description", target);
        copyText("version", target);
        ArrayNode tags = Json.mapper().createArrayNode();
        source.path("metadata").path("tags").forEach(tag -> tags.add(tag.asText()));
        if (!tags.isEmpty()) {
            target.set("tags", tags);
        }
        if (source.path("token_budget").isIntegralNumber()) {
            target.put(
                    "token_budget", Math.max(1_000, source.path("token_budget").asLong()));
        }
        if (source.path("timeout_seconds").isIntegralNumber()) {
            target.put("deadline", source.path("timeout_seconds").asLong() + "s");
        }
        int workers = source.path("settings").path("auto_parallel_max_workers").asInt(0);
        if (workers > 0) {
            target.put("max_parallel", Math.min(100, workers));
        }
        ObjectNode inputs = inputs();
        if (!inputs.isEmpty()) {
            target.set("inputs", inputs);
        }
        JsonNode ordered = ordered(source.path("steps"));
        define(ordered);
        List<String> last = convert(ordered, List.of(), "steps");
        ObjectNode outputs = outputs(last);
        if (!outputs.isEmpty()) {
            target.set("outputs", outputs);
        }
        target.set("steps", written);
        source.fieldNames().forEachRemaining(key -> {
            if (!KNOWN.contains(key)) {
                notes.add(new Note(true, key, "has no counterpart"));
            }
        });
        return target;
    }

    /** The older format names after each step the next one; steps that nobody names keep their place behind. */
    private static JsonNode ordered(JsonNode steps) {
        Map<String, JsonNode> left = new LinkedHashMap<>();
        steps.forEach(step -> left.putIfAbsent(step.path("id").asText(), step));
        if (left.size() != steps.size() || left.values().stream().noneMatch(step -> step.has("next_step"))) {
            return steps;
        }
        ArrayNode ordered = Json.mapper().createArrayNode();
        JsonNode step = steps.get(0);
        while (step != null) {
            ordered.add(step);
            left.remove(step.path("id").asText());
            step = left.get(step.path("next_step").asText(""));
        }
        left.values().forEach(ordered::add);
        return ordered;
    }

    private void copyText(String key, ObjectNode target) {
        String text = source.path(key).asText("");
        if (!text.isBlank()) {
            target.put(key, text);
        }
    }

    private ObjectNode inputs() {
        ObjectNode inputs = Json.object();
        JsonNode declared = source.path("inputs");
        if (declared.isArray()) {
            declared.forEach(input -> input(input.path("name").asText("input"), input, inputs));
        } else {
            declared.properties().forEach(entry -> input(entry.getKey(), entry.getValue(), inputs));
        }
        source.path("variables").properties().forEach(entry -> {
            ObjectNode input = inputs.putObject(define(entry.getKey()));
            input.put("type", GorgonSteps.typeOf(entry.getValue()));
            input.set("default", entry.getValue());
        });
        return inputs;
    }

    private String define(String name) {
        String id = ForeignNames.identifier(name);
        names.define(name, "inputs." + id);
        return id;
    }

    private void input(String name, JsonNode declared, ObjectNode inputs) {
        ObjectNode input = inputs.putObject(define(name));
        String type = declared.path("type").asText("string");
        String ours = type.equals("list") ? "array" : type;
        if (DataTypes.named(ours) == null) {
            notes.add(new Note(false, "inputs." + name, "the type '" + type + "' is taken as any"));
            ours = "any";
        }
        input.put("type", ours);
        JsonNode value = declared.get("default");
        boolean hasDefault = value != null && !value.isNull();
        boolean required = declared.path("required").asBoolean(!hasDefault && !declared.has("required"));
        if (required && hasDefault) {
            notes.add(new Note(false, "inputs." + name, "has a default, which now applies, and so is not required"));
        } else if (required) {
            input.put("required", true);
        }
        if (hasDefault) {
            input.set("default", value);
        }
        if (declared.hasNonNull("description")) {
            input.put("description", declared.path("description").asText());
        }
    }

    /** Makes the names of what steps give known before anything refers to them. */
    private void define(JsonNode list) {
        for (JsonNode step : list) {
            String id = ForeignNames.identifier(step.path("id").asText("step"));
            if (GorgonSteps.isNothing(step)) {
                continue;
            }
            if (step.path("type").asText("").equals("parallel")) {
                define(step.path("params").path("steps"));
                continue;
            }
            String output = "steps." + id + ".output" + GorgonSteps.part(step);
            names.define(step.path("id").asText(), output);
            names.define(step.path("id").asText() + "_output", output);
            JsonNode outputs = step.path("outputs");
            for (JsonNode name : outputs) {
                names.define(
                        name.asText(),
                        GorgonSteps.hasFields(step) ? output + "." + ForeignNames.identifier(name.asText()) : output);
            }
        }
    }

    /**
     * Converts steps that follow each other.
     *
     * @param before the steps that the first waits for
     * @return the steps that whatever follows waits for
     */
    private List<String> convert(JsonNode list, List<String> before, String path) {
        List<String> previous = before;
        Map<String, List<String>> ends = new HashMap<>();
        int index = 0;
        for (JsonNode step : list) {
            String where = path + "[" + index++ + "]";
            List<String> waitsFor = waitsFor(step, previous, ends);
            if (step.path("type").asText("").equals("parallel")) {
                previous = parallel(step, waitsFor, where);
            } else if (GorgonSteps.isNothing(step)) {
                notes.add(new Note(false, where, "a checkpoint is not needed: every step that has ended is kept"));
                previous = waitsFor;
            } else {
                List<ObjectNode> made = steps.convert(step, names, where);
                ObjectNode first = made.getFirst();
                if (!waitsFor.isEmpty()) {
                    ArrayNode dependsOn = Json.mapper().createArrayNode();
                    waitsFor.forEach(dependsOn::add);
                    first.set("depends_on", dependsOn);
                }
                made.forEach(written::add);
                previous = List.of(made.getLast().path("id").asText());
            }
            ends.put(step.path("id").asText(), previous);
        }
        return previous;
    }

    private List<String> waitsFor(JsonNode step, List<String> previous, Map<String, List<String>> ends) {
        if (step.path("depends_on").isArray()) {
            Set<String> named = new LinkedHashSet<>();
            step.path("depends_on")
                    .forEach(id -> named.addAll(
                            ends.getOrDefault(id.asText(), List.of(ForeignNames.identifier(id.asText())))));
            return List.copyOf(named);
        }
        return sequential ? previous : List.of();
    }

    /** Steps within stand beside each other; what names none of its neighbours waits for what the whole waits for. */
    private List<String> parallel(JsonNode step, List<String> before, String path) {
        JsonNode params = step.path("params");
        if (params.path("max_workers").asInt(0) > 0) {
            notes.add(new Note(false, path, "max_workers is not kept; max_parallel bounds the whole workflow"));
        }
        Set<String> ends = new LinkedHashSet<>();
        Set<String> used = new LinkedHashSet<>();
        Map<String, JsonNode> inner = new TreeMap<>();
        params.path("steps").forEach(child -> inner.put(child.path("id").asText(), child));
        int index = 0;
        for (JsonNode child : params.path("steps")) {
            List<String> dependsOn = new ArrayList<>();
            child.path("depends_on").forEach(id -> dependsOn.add(ForeignNames.identifier(id.asText())));
            used.addAll(dependsOn);
            List<ObjectNode> made = steps.convert(child, names, path + ".params.steps[" + index++ + "]");
            ArrayNode waits = Json.mapper().createArrayNode();
            (dependsOn.isEmpty() ? before : dependsOn).forEach(waits::add);
            if (!waits.isEmpty()) {
                made.getFirst().set("depends_on", waits);
            }
            made.forEach(written::add);
            ends.add(made.getLast().path("id").asText());
        }
        ends.removeAll(used);
        return ends.isEmpty() ? before : List.copyOf(ends);
    }

    private ObjectNode outputs(List<String> last) {
        ObjectNode outputs = Json.object();
        for (JsonNode declared : source.path("outputs")) {
            String name = declared.isObject() ? declared.path("name").asText("") : declared.asText("");
            String expression = names.expression(name);
            if (expression == null) {
                notes.add(new Note(true, "outputs", "no step gives '" + name + "'"));
            } else {
                outputs.put(ForeignNames.identifier(name), "${" + expression + "}");
            }
        }
        if (source.path("outputs").isMissingNode()) {
            last.forEach(id -> outputs.put(id, "${steps." + id + ".output}"));
        }
        return outputs;
    }
}
