package dev.gantry.registry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * What a pattern's answer must be, in the short form that workflows use too: {@code {title: string, points: [string]}}.
 * Becomes a JSON Schema in which every field is required and none is added, as providers want it.
 */
final class AnswerShape {
    private static final List<String> TYPES = List.of("string", "integer", "number", "boolean");
    private static final int DEPTH_MAX = 10;

    private AnswerShape() {}

    /** Returns the schema of the key {@code output}; null when it is not there or says {@code string}. */
    static @Nullable ObjectNode read(YamlFields fields) {
        Node node = fields.values().get("output");
        if (node == null || YamlFields.isNull(node)) {
            return null;
        }
        if (node instanceof ScalarNode scalar && scalar.getValue().equals("string")) {
            return null;
        }
        if (!(node instanceof MappingNode)) {
            throw fields.invalid("output", "is an object of fields with their types, or string");
        }
        return schema(node, fields, 0);
    }

    private static ObjectNode schema(Node node, YamlFields fields, int depth) {
        if (depth > DEPTH_MAX) {
            throw fields.invalid("output", "is nested deeper than " + DEPTH_MAX + " levels");
        }
        return switch (node) {
            case ScalarNode scalar
            when TYPES.contains(scalar.getValue()) -> Json.object().put("type", scalar.getValue());
            case ScalarNode scalar ->
                throw fields.invalid(
                        "output",
                        "has no type '" + Text.shorten(scalar.getValue(), 40) + "'; types are "
                                + String.join(", ", TYPES) + ", [TYPE] and {field: TYPE}"
                                + Text.didYouMean(scalar.getValue(), TYPES));
            case SequenceNode list
            when list.getValue().size() == 1 ->
                Json.object()
                        .put("type", "array")
                        .set("items", schema(list.getValue().getFirst(), fields, depth + 1));
            case MappingNode object -> object(object, fields, depth);
            default -> throw fields.invalid("output", "writes a list's type as one type in brackets: [string]");
        };
    }

    private static ObjectNode object(MappingNode object, YamlFields fields, int depth) {
        ObjectNode schema = Json.object().put("type", "object").put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JsonNodeFactory.instance.arrayNode();
        for (NodeTuple tuple : object.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode name) || properties.size() >= 100) {
                throw fields.invalid("output", "has at most 100 fields, each a plain word");
            }
            properties.set(name.getValue(), schema(tuple.getValueNode(), fields, depth + 1));
            required.add(name.getValue());
        }
        schema.set("required", required);
        return schema;
    }
}
