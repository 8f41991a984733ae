package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Imported.Note;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Rewrites single steps of Gorgon's workflows, in YAML and in the older JSON. */
final class GorgonSteps {
    /** {@code ${name}} and the older {@code {{name}}}. */
    static final Pattern REFERENCE = Pattern.compile("\\$\\{([^{}]{1,100})\\}|\\{\\{([^{}]{1,100})\\}\\}");

    /** Roles that ship as patterns. */
    static final Set<String> ROLES = Set.of(
            "planner",
            "builder",
            "tester",
            "reviewer",
            "architect",
            "documenter",
            "data_engineer",
            "analyst",
            "visualizer",
            "reporter");

    private static final Map<String, String> NEAR_ROLES = Map.of(
            "data_analyst", "analyst", "security_auditor", "reviewer", "developer", "builder", "writer", "documenter");

    private final List<Note> notes;

    GorgonSteps(List<Note> notes) {
        this.notes = notes;
    }

    /** Whether a step does nothing. */
    static boolean isNothing(JsonNode step) {
        return step.path("type").asText("").equals("checkpoint");
    }

    /** Whether its output is an object with a field for each name. */
    static boolean hasFields(JsonNode step) {
        return step.path("outputs").size() > 1
                && Set.of("claude_code", "openai").contains(step.path("type").asText(""));
    }

    /** The part of a step's output that its names mean. */
    static String part(JsonNode step) {
        return step.path("type").asText("").equals("shell") ? ".stdout" : "";
    }

    static String typeOf(JsonNode value) {
        return value.isTextual()
                ? "string"
                : value.isBoolean()
                        ? "boolean"
                        : value.isNumber() ? "number" : value.isArray() ? "array" : value.isObject() ? "object" : "any";
    }

    /** Returns the steps that do what one does; the last has its id. */
    List<ObjectNode> convert(JsonNode step, ForeignNames names, String path) {
        String id = ForeignNames.identifier(step.path("id").asText("step"));
        List<ObjectNode> made = new ArrayList<>();
        ObjectNode target = Json.object().put("id", id);
        JsonNode params = step.path("params");
        switch (step.path("type").asText("")) {
            case "claude_code", "openai" -> model(step, names, target, path);
            case "shell" -> shell(id, params, names, target, path);
            case "fan_out" -> map(step.path("id").asText(), params, params.path("step_template"), names, target, path);
            case "fan_in" -> fanIn(params, names, target, path);
            case "map_reduce" -> {
                ObjectNode mapped = Json.object().put("id", id + "_map");
                map(step.path("id").asText() + "_map", params, params.path("map_step"), names, mapped, path);
                made.add(mapped);
                ForeignNames within = names.with(Map.of("map_results", "steps." + id + "_map.output"));
                model(params.path("reduce_step"), within, target, path + ".params.reduce_step");
            }
            case "mcp_tool" ->
                tool(
                        params.path("server").asText("server"),
                        params.path("tool").asText("tool"),
                        params.path("arguments"),
                        names,
                        target,
                        path);
            case "approval" -> approval(params, names, target, path);
            default -> other(step, names, target, path);
        }
        policy(step, names, target, path);
        made.add(target);
        return made;
    }

    /** A step in which a model works, by a role or by its prompt alone. */
    private void model(JsonNode step, ForeignNames names, ObjectNode target, String path) {
        JsonNode params = step.path("params");
        if (step.path("action").asText("").equals("summarize")) {
            target.put("type", "pattern");
            ObjectNode made = target.putObject("params").put("pattern", "summarize");
            made.put("input", names.rewrite(params.path("text").asText(""), REFERENCE, path));
            return;
        }
        target.put("type", "agent");
        ObjectNode made = target.putObject("params");
        String role = params.path("role").asText("");
        String near = NEAR_ROLES.getOrDefault(role, role);
        if (ROLES.contains(near)) {
            made.put("role", "roles/" + near);
            if (!near.equals(role)) {
                notes.add(new Note(false, path, "the role '" + role + "' is taken as '" + near + "'"));
            }
        } else {
            made.put("system", role.isEmpty() ? "Do what the task says." : "You are a " + role.replace('_', ' ') + ".");
            if (!role.isEmpty()) {
                notes.add(new Note(
                        false, path, "the role '" + role + "' has no pattern; its name became the instructions"));
            }
        }
        String prompt = params.path("prompt")
                .asText(params.path("task").asText(params.path("text").asText("")));
        String context = params.path("context").asText("");
        String all = context.isEmpty() ? prompt : prompt + "\n\nContext:\n" + context;
        made.put("prompt", names.rewrite(all, REFERENCE, path));
        if (params.hasNonNull("model")) {
            made.put("model", params.path("model").asText());
        }
        if (hasFields(step)) {
            ObjectNode output = made.putObject("output");
            step.path("outputs").forEach(name -> output.put(ForeignNames.identifier(name.asText()), "any"));
        }
        for (String key : List.of("temperature", "max_tokens", "system_prompt")) {
            if (params.has(key)) {
                notes.add(new Note(true, path + ".params." + key, "is set in the pattern of a role, not in a step"));
            }
        }
        if (params.path("estimated_tokens").isIntegralNumber()) {
            target.putObject("estimate")
                    .put("tokens", params.path("estimated_tokens").asLong());
        }
    }

    /** A command line of a file is never run; the operator defines and allows commands by name. */
    private void shell(String id, JsonNode params, ForeignNames names, ObjectNode target, String path) {
        target.put("type", "shell");
        ObjectNode made = target.putObject("params").put("command", id);
        ObjectNode arguments = Json.object();
        var matcher = REFERENCE.matcher(params.path("command").asText(""));
        Set<String> seen = new HashSet<>();
        while (matcher.find()) {
            String name = ForeignNames.group(matcher);
            String expression = names.expression(name);
            if (expression != null && seen.add(name)) {
                arguments.put(ForeignNames.identifier(name), "${" + expression + "}");
            }
        }
        if (!arguments.isEmpty()) {
            made.set("arguments", arguments);
        }
        notes.add(new Note(
                true,
                path,
                "a command line is not taken over; ask the operator to allow a command '" + id + "' that does: "
                        + Text.shorten(params.path("command").asText("").strip().replaceAll("\\s+", " "), 160)));
    }

    private void map(
            String id, JsonNode params, JsonNode template, ForeignNames names, ObjectNode target, String path) {
        target.put("type", "map");
        ObjectNode made = target.putObject("params");
        made.put("items", names.rewrite(params.path("items").asText("[]"), REFERENCE, path + ".params.items"));
        if (params.path("max_concurrent").asInt(0) > 0) {
            made.put("max_parallel", Math.min(100, params.path("max_concurrent").asInt()));
        }
        made.put("on_item_failure", params.path("fail_fast").asBoolean(false) ? "abort" : "skip");
        ObjectNode inner = template instanceof ObjectNode object ? object.deepCopy() : Json.object();
        inner.put("id", id + "_item");
        ForeignNames within = names.with(Map.of("item", "item", "index", "index"));
        ArrayNode steps = made.putArray("steps");
        convert(inner, within, path + ".params").forEach(steps::add);
    }

    private void fanIn(JsonNode params, ForeignNames names, ObjectNode target, String path) {
        String items = names.rewrite(params.path("input").asText(""), REFERENCE, path + ".params.input");
        String prompt = params.path("aggregate_prompt").asText("");
        if (prompt.isEmpty()) {
            target.put("type", "transform");
            target.putObject("params").put("value", items);
            return;
        }
        String expression = items.startsWith("${") && items.endsWith("}") ? items.substring(2, items.length() - 1) : "";
        target.put("type", "agent");
        target.putObject("params")
                .put("role", "roles/reporter")
                .put("prompt", names.with(Map.of("items", expression)).rewrite(prompt, REFERENCE, path));
        notes.add(new Note(false, path, "the prompt that brings the results together is given to the role 'reporter'"));
    }

    private void approval(JsonNode params, ForeignNames names, ObjectNode target, String path) {
        target.put("type", "approval");
        ObjectNode made = target.putObject("params");
        String message = params.path("message").asText(params.path("prompt").asText("Go on?"));
        made.put("message", names.rewrite(message, REFERENCE, path));
        ArrayNode approvers = made.putArray("approvers");
        params.path("approvers").forEach(who -> approvers.add(who.asText()));
        if (approvers.isEmpty()) {
            approvers.add("group:approvers");
            notes.add(new Note(true, path, "names nobody who may approve; 'group:approvers' stands there for now"));
        }
    }

    private void other(JsonNode step, ForeignNames names, ObjectNode target, String path) {
        String type = step.path("type").asText("");
        String action = step.path("action").asText("");
        if (Set.of("branch", "loop", "parallel").contains(type) || type.isEmpty()) {
            target.put("type", "transform");
            target.putObject("params").putNull("value");
            notes.add(new Note(
                    true,
                    path,
                    "a step of type '" + type + "' has no behaviour in Gorgon; it does nothing until you write it"));
            return;
        }
        notes.add(new Note(
                false, path, "'" + type + "' is called as a tool; an MCP server of that name must be configured"));
        tool(type, action.isEmpty() ? "run" : action, step.path("params"), names, target, path);
    }

    private void tool(
            String server, String tool, JsonNode arguments, ForeignNames names, ObjectNode target, String path) {
        target.put("type", "tool");
        ObjectNode made = target.putObject("params");
        made.put("tool", server.replaceAll("[^A-Za-z0-9_.-]", "_") + "/" + tool.replaceAll("[^A-Za-z0-9_.-]", "_"));
        if (arguments.isObject() && !arguments.isEmpty()) {
            made.set("arguments", rewrite(arguments, names, path));
        }
    }

    private static JsonNode rewrite(JsonNode value, ForeignNames names, String path) {
        if (value.isTextual()) {
            return Json.mapper().getNodeFactory().textNode(names.rewrite(value.asText(), REFERENCE, path));
        }
        if (value instanceof ObjectNode object) {
            ObjectNode copy = Json.object();
            object.properties().forEach(entry -> copy.set(entry.getKey(), rewrite(entry.getValue(), names, path)));
            return copy;
        }
        if (value.isArray()) {
            ArrayNode copy = Json.mapper().createArrayNode();
            value.forEach(item -> copy.add(rewrite(item, names, path)));
            return copy;
        }
        return value;
    }

    private void policy(JsonNode step, ForeignNames names, ObjectNode target, String path) {
        String when = condition(step.path("condition"), names, path + ".condition");
        if (!when.isEmpty()) {
            target.put("when", when);
        }
        boolean waits = Set.of("map", "approval").contains(target.path("type").asText(""));
        if (step.path("timeout_seconds").asLong(0) > 0 && !waits) {
            target.put("timeout", Math.min(step.path("timeout_seconds").asLong(), 604_800) + "s");
        }
        if (step.hasNonNull("circuit_breaker_key")) {
            target.put("circuit_breaker", step.path("circuit_breaker_key").asText());
        }
        switch (step.path("on_failure").asText("abort")) {
            case "skip" -> target.put("on_failure", "skip");
            case "retry" -> {
                if (!waits) {
                    target.put("on_failure", "retry");
                    target.putObject("retry")
                            .put("attempts", Math.clamp(step.path("max_retries").asInt(3) + 1L, 1, 20));
                }
            }
            case "continue_with_default" -> defaultOutput(step.path("default_output"), target);
            case "fallback" -> fallback(step, names, target, path);
            default -> {}
        }
    }

    private static void defaultOutput(JsonNode value, ObjectNode target) {
        target.put("on_failure", "continue_with_default");
        target.set("default_output", value.isMissingNode() ? Json.mapper().nullNode() : value);
    }

    private void fallback(JsonNode step, ForeignNames names, ObjectNode target, String path) {
        JsonNode fallback = step.path("fallback");
        switch (fallback.path("type").asText("")) {
            case "default_value" -> defaultOutput(fallback.path("value"), target);
            case "alternate_step" -> {
                JsonNode alternate = fallback.path("step");
                ObjectNode made = convert(alternate, names, path + ".fallback").getLast();
                target.put("on_failure", "fallback");
                target.putObject("fallback")
                        .put("type", made.path("type").asText())
                        .set("params", made.path("params"));
            }
            default -> notes.add(new Note(true, path + ".fallback", "code of a callback cannot be taken over"));
        }
    }

    private String condition(JsonNode condition, ForeignNames names, String path) {
        if (!condition.isObject()) {
            return "";
        }
        String field = condition.path("field").asText("");
        String expression = names.expression(field);
        if (expression == null) {
            notes.add(new Note(true, path, "nothing is called '" + field + "'; the condition is left out"));
            return "";
        }
        String value = literal(condition.path("value"));
        String any = "dyn(" + expression + ")";
        return switch (condition.path("operator").asText("")) {
            case "equals" -> any + " == " + value;
            case "not_equals" -> any + " != " + value;
            case "contains" -> any + " != null && to_json(" + expression + ").contains(string(" + value + "))";
            case "greater_than" -> any + " != null && double(" + any + ") > " + value;
            case "less_than" -> any + " != null && double(" + any + ") < " + value;
            case "in" -> any + " in " + value;
            case "not_empty" -> "!(" + any + " in [null, '', [], {}])";
            default -> {
                notes.add(new Note(
                        true,
                        path,
                        "the operator '" + condition.path("operator").asText("") + "' is not known"));
                yield "";
            }
        };
    }

    private static String literal(JsonNode value) {
        if (value.isTextual()) {
            return ForeignNames.quoted(value.asText());
        }
        if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add(literal(item)));
            return "[" + String.join(", ", items) + "]";
        }
        return value.isMissingNode() ? "null" : value.toString();
    }
}
