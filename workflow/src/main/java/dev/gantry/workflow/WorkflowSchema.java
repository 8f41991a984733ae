package dev.gantry.workflow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.List;

/**
 * The file format as JSON Schema 2020-12, for editors that complete and check workflows while they are written. Made from the
 * same data that {@link WorkflowReader} reads by, so that the two cannot differ in keys. What needs more than one value at a
 * time (references, types of expressions, cycles) is left to the check.
 */
public final class WorkflowSchema {
    private static final String DURATION = "^([0-9]+(ms|[smhdw]))+$";
    private static final String IDENTIFIER = "^[A-Za-z_][A-Za-z0-9_]{0,63}$";

    private WorkflowSchema() {}

    /**
     * Returns the schema.
     *
     * @param id where it is published
     */
    public static ObjectNode write(String id) {
        ObjectNode root = Json.object()
                .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("$id", id)
                .put("title", "Gantry workflow");
        keys(root, Format.WORKFLOW);
        ObjectNode definitions = root.putObject("$defs");
        keys(definitions.putObject("input"), Format.INPUT);
        type(definitions.putObject("type"));
        steps(definitions.putObject("steps"));
        kinds(definitions.putObject("step"), Format.STEP, List.copyOf(Format.KINDS.keySet()));
        kinds(
                definitions.putObject("substitute"),
                Format.SUBSTITUTE,
                ((Form.Choice) Format.SUBSTITUTE.getFirst().form()).words());
        Format.KINDS.forEach((kind, keys) -> keys(definitions.putObject(kind + "_params"), keys));
        return root;
    }

    private static void keys(ObjectNode node, List<FormatKey> keys) {
        node.put("type", "object").put("additionalProperties", false);
        ObjectNode properties = node.putObject("properties");
        ArrayNode required = JsonNodeFactory.instance.arrayNode();
        for (FormatKey key : keys) {
            ObjectNode property = form(key.form());
            property.put("description", key.meaning());
            properties.set(key.name(), property);
            if (key.required()) {
                required.add(key.name());
            }
        }
        if (!required.isEmpty()) {
            node.set("required", required);
        }
    }

    private static ObjectNode form(Form form) {
        ObjectNode node = Json.object();
        switch (form) {
            case Form.Words words -> types(node, "string", "number", "boolean").put("maxLength", words.lengthMax());
            case Form.Name _ -> types(node, "string", "number", "boolean").put("maxLength", 300);
            case Form.Identifier _ -> node.put("type", "string").put("pattern", IDENTIFIER);
            case Form.Templated _ -> types(node, "string", "number", "boolean", "null");
            case Form.Formula _ -> types(node, "string", "number", "boolean");
            case Form.AnyValue _, Form.Literal _ -> {}
            case Form.Typed _ -> node.put("$ref", "#/$defs/type");
            case Form.Span _ -> node.put("type", "string").put("pattern", DURATION);
            case Form.Whole whole ->
                node.put("type", "integer").put("minimum", whole.min()).put("maximum", whole.max());
            case Form.Dollars _ -> types(node, "string", "number");
            case Form.Truth _ -> node.put("type", "boolean");
            case Form.Choice choice -> {
                ArrayNode words = node.putArray("enum");
                choice.words().forEach(words::add);
            }
            case Form.Many many ->
                node.put("type", "array")
                        .put("minItems", many.min())
                        .put("maxItems", many.max())
                        .set("items", form(many.element()));
            case Form.Named named ->
                node.put("type", "object")
                        .put("maxProperties", named.max())
                        .set("additionalProperties", form(named.value()));
            case Form.Keys keys -> keys(node, keys.keys());
            case Form.InputForm _ -> {
                ArrayNode ways = node.putArray("anyOf");
                ways.addObject().put("$ref", "#/$defs/input");
                ways.addObject().put("$ref", "#/$defs/type");
                ways.addObject().put("type", "null");
            }
            case Form.Steps _ -> node.put("$ref", "#/$defs/steps");
            case Form.Substitute _ -> node.put("$ref", "#/$defs/substitute");
        }
        return node;
    }

    private static void type(ObjectNode node) {
        ArrayNode ways = node.putArray("anyOf");
        ArrayNode names = ways.addObject().putArray("enum");
        DataTypes.NAMES.forEach(names::add);
        ObjectNode list =
                ways.addObject().put("type", "array").put("minItems", 1).put("maxItems", 1);
        list.putObject("items").put("$ref", "#/$defs/type");
        ObjectNode object = ways.addObject().put("type", "object");
        object.putObject("propertyNames").put("pattern", IDENTIFIER);
        object.putObject("additionalProperties").put("$ref", "#/$defs/type");
    }

    private static void steps(ObjectNode node) {
        node.put("type", "array").put("minItems", 1).put("maxItems", Format.STEPS_MAX);
        node.putObject("items").put("$ref", "#/$defs/step");
    }

    /** What stands in {@code params} goes by {@code type}. */
    private static void kinds(ObjectNode node, List<FormatKey> keys, List<String> kinds) {
        keys(node, keys);
        ArrayNode rules = node.putArray("allOf");
        for (String kind : kinds) {
            ObjectNode rule = rules.addObject();
            ObjectNode condition = rule.putObject("if");
            condition.putObject("properties").putObject("type").put("const", kind);
            condition.putArray("required").add("type");
            rule.putObject("then")
                    .putObject("properties")
                    .putObject("params")
                    .put("$ref", "#/$defs/" + kind + "_params");
        }
    }

    private static ObjectNode types(ObjectNode node, String... types) {
        ArrayNode list = node.putArray("type");
        for (String type : types) {
            list.add(type);
        }
        return node;
    }
}
