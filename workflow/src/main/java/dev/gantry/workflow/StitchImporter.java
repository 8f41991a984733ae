package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Imported.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rewrites Fabric's stitches: patterns behind each other, where a step without an input works on the output of the one
 * before, and the first on what is given.
 */
final class StitchImporter {
    /** {@code $step.output}, {@code $variable}, with or without braces. */
    private static final Pattern REFERENCE = Pattern.compile(
            "\\$\\{([A-Za-z_][A-Za-z0-9_.-]*)\\}|\\$([A-Za-z_][A-Za-z0-9_-]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)?)");

    private static final Pattern CONTAINS =
            Pattern.compile("(\\S+)\\s+contains\\s+(\"[^\"]*\"|'[^']*')", Pattern.CASE_INSENSITIVE);
    private static final Set<String> KNOWN = Set.of(
            "name",
            "pattern",
            "input",
            "when",
            "parallel",
            "foreach",
            "max_parallel",
            "loop",
            "retry",
            "on_error",
            "model",
            "variables",
            "save_to",
            "append_to");

    private final ObjectNode source;
    private final List<Note> notes;
    private final ForeignNames names;
    private final ArrayNode written = Json.mapper().createArrayNode();

    StitchImporter(ObjectNode source, List<Note> notes) {
        this.source = source;
        this.notes = notes;
        this.names = new ForeignNames(notes);
    }

    ObjectNode convert() {
        ObjectNode target = Json.object();
        target.put("name", source.path("name").asText("Imported stitch"));
        if (source.hasNonNull("description")) {
            target.put("description", source.path("description").asText());
        }
        ObjectNode inputs = target.putObject("inputs");
        inputs.putObject("input").put("type", "string").put("default", "").put("description", "The text to work on");
        names.define("input", "inputs.input");
        names.define("input.output", "inputs.input");
        source.path("variables").properties().forEach(entry -> {
            String id = ForeignNames.identifier(entry.getKey());
            ObjectNode input = inputs.putObject(id).put("type", GorgonSteps.typeOf(entry.getValue()));
            input.set("default", entry.getValue());
            names.define(entry.getKey(), "inputs." + id);
        });
        define(source.path("steps"));
        String last = "${inputs.input}";
        int index = 0;
        for (JsonNode step : source.path("steps")) {
            last = step(step, last, "steps[" + index++ + "]");
        }
        target.putObject("outputs").put("output", output(last));
        target.set("steps", written);
        return target;
    }

    private void define(JsonNode steps) {
        for (JsonNode step : steps) {
            if (step.path("parallel").isArray()) {
                define(step.path("parallel"));
                continue;
            }
            String name = nameOf(step);
            String output = "steps." + ForeignNames.identifier(name) + ".output";
            names.define(name, output);
            names.define(name + ".output", output);
        }
    }

    private static String nameOf(JsonNode step) {
        return step.path("name").asText(step.path("pattern").asText("step"));
    }

    /** Converts a step and returns what the next one works on when it does not say. */
    private String step(JsonNode step, String before, String path) {
        if (step.path("parallel").isArray()) {
            List<String> results = new ArrayList<>();
            int index = 0;
            for (JsonNode child : step.path("parallel")) {
                results.add(step(child, before, path + ".parallel[" + index++ + "]"));
            }
            return String.join("\n\n", results);
        }
        String id = ForeignNames.identifier(nameOf(step));
        ObjectNode target = written.addObject().put("id", id);
        if (step.hasNonNull("when")) {
            target.put("when", condition(step.path("when").asText(), path + ".when"));
        }
        if (step.hasNonNull("foreach")) {
            each(step, id, target, path);
        } else if (step.path("loop").isObject()) {
            loop(step, id, before, target, path);
        } else {
            target.put("type", "pattern");
            target.set("params", pattern(step, before, names, path));
            retry(step, target);
        }
        onError(step, target, path);
        for (String key : List.of("save_to", "append_to")) {
            if (step.has(key)) {
                notes.add(new Note(true, path + "." + key, "a run writes no files; its outputs are kept with the run"));
            }
        }
        step.fieldNames().forEachRemaining(key -> {
            if (!KNOWN.contains(key)) {
                notes.add(new Note(true, path + "." + key, "has no counterpart"));
            }
        });
        return "${steps." + id + ".output}";
    }

    private ObjectNode pattern(JsonNode step, String before, ForeignNames known, String path) {
        ObjectNode params = Json.object().put("pattern", step.path("pattern").asText(nameOf(step)));
        params.put(
                "input",
                step.hasNonNull("input")
                        ? known.rewrite(step.path("input").asText(), REFERENCE, path + ".input")
                        : before);
        if (step.hasNonNull("model")) {
            params.put("model", step.path("model").asText());
        }
        if (step.path("variables").isObject()) {
            ObjectNode variables = params.putObject("variables");
            step.path("variables")
                    .properties()
                    .forEach(entry -> variables.put(
                            entry.getKey(), known.rewrite(entry.getValue().asText(), REFERENCE, path + ".variables")));
        }
        return params;
    }

    /** What patterns give is text, so that a list of theirs is one item a line. */
    private void each(JsonNode step, String id, ObjectNode target, String path) {
        String items = condition(step.path("foreach").asText(), path + ".foreach");
        target.put("type", "map");
        ObjectNode params = target.putObject("params");
        params.put(
                "items",
                items.contains("steps.") || items.contains("inputs.")
                        ? "string(" + items + ").split('\\n').filter(line, line.trim() != '')"
                        : items);
        if (step.path("max_parallel").asInt(0) > 0) {
            params.put("max_parallel", Math.min(100, step.path("max_parallel").asInt()));
        }
        ForeignNames within = names.with(Map.of("item", "item"));
        ObjectNode inner =
                params.putArray("steps").addObject().put("id", id + "_item").put("type", "pattern");
        inner.set("params", pattern(step, "${item}", within, path));
        retry(step, inner);
        notes.add(new Note(false, path + ".foreach", "goes over the lines of the text that are not empty"));
    }

    private void loop(JsonNode step, String id, String before, ObjectNode target, String path) {
        JsonNode loop = step.path("loop");
        target.put("type", "loop");
        ObjectNode params = target.putObject("params");
        params.put("max", Math.clamp(loop.path("max").asLong(10), 1, 1_000));
        ForeignNames within = names.with(Map.of(nameOf(step) + ".output", "loop.output", "output", "loop.output"));
        if (loop.hasNonNull("until")) {
            params.put("until", expression(loop.path("until").asText(), within, path + ".loop.until"));
        }
        String first = before.startsWith("${") && before.indexOf('}') == before.length() - 1
                ? before.substring(2, before.length() - 1)
                : "inputs.input";
        String again = "${loop.index == 0 ? dyn(" + first + ") : loop.output}";
        ObjectNode inner =
                params.putArray("steps").addObject().put("id", id + "_round").put("type", "pattern");
        inner.set("params", pattern(step, again, within, path));
        retry(step, inner);
    }

    private static void retry(JsonNode step, ObjectNode target) {
        JsonNode retry = step.path("retry");
        if (!retry.isObject()) {
            return;
        }
        ObjectNode made = target.putObject("retry");
        made.put("attempts", Math.clamp(retry.path("max_attempts").asLong(3), 1, 20));
        if (retry.hasNonNull("delay")) {
            String delay = retry.path("delay").asText();
            made.put("delay", delay.matches("[0-9]+") ? delay + "s" : delay);
        }
        if (Set.of("fixed", "linear", "exponential")
                .contains(retry.path("backoff").asText(""))) {
            made.put("backoff", retry.path("backoff").asText());
        }
    }

    private void onError(JsonNode step, ObjectNode target, String path) {
        String word = step.path("on_error").asText("");
        switch (word) {
            case "continue", "skip", "ignore" -> target.put("on_failure", "skip");
            case "", "stop", "fail", "abort" -> {}
            default ->
                notes.add(new Note(true, path + ".on_error", "'" + word + "' is not known; a failure ends the run"));
        }
    }

    private String condition(String written, String path) {
        return expression(written, names, path);
    }

    private String expression(String written, ForeignNames known, String path) {
        Matcher matcher = REFERENCE.matcher(written);
        StringBuilder rewritten = new StringBuilder();
        while (matcher.find()) {
            String expression = known.expression(ForeignNames.group(matcher));
            if (expression == null) {
                notes.add(new Note(true, path, "nothing is called '" + ForeignNames.group(matcher) + "'"));
            }
            matcher.appendReplacement(rewritten, Matcher.quoteReplacement(expression == null ? "null" : expression));
        }
        matcher.appendTail(rewritten);
        return CONTAINS.matcher(rewritten).replaceAll("string($1).contains($2)");
    }

    /** {@code $a.output || $b.output}: the first that there is. */
    private String output(String last) {
        String written = source.path("output").asText("");
        if (written.isEmpty()) {
            return last;
        }
        List<String> ways = new ArrayList<>();
        for (String part : written.split("\\|\\|")) {
            ways.add(expression(part.strip(), names, "output"));
        }
        if (ways.size() == 1) {
            return names.rewrite(written, REFERENCE, "output");
        }
        StringBuilder chosen = new StringBuilder();
        for (String way : ways.subList(0, ways.size() - 1)) {
            chosen.append("!(dyn(")
                    .append(way)
                    .append(") in [null, '']) ? dyn(")
                    .append(way)
                    .append(") : ");
        }
        return "${" + chosen.append("dyn(").append(ways.getLast()).append(")").append("}");
    }
}
