package dev.gantry.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.List;

/**
 * Writes a schema as JSON Schema 2020-12, for editors that complete and check YAML while it is written. What needs more
 * than one value at a time (the rules of records, references to variables) is left to {@code gantry config check}.
 */
final class JsonSchemaWriter {
    private static final String VARIABLE = "#/$defs/variable";
    private static final String DURATION = "^([0-9]+(ms|[smhdw]))+$";
    private static final String SIZE = "^[0-9]+ ?([kKMGT]i?B?|B)$";

    private JsonSchemaWriter() {}

    static ObjectNode write(List<Shape.Field> sections) {
        ObjectNode root = Json.object()
                .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("title", "Gantry configuration");
        fields(root, sections);
        root.putObject("$defs")
                .putObject("variable")
                .put("type", "string")
                .put("description", "A reference to an environment variable")
                .put("pattern", "\\$\\{");
        return root;
    }

    private static ObjectNode field(Shape.Field field) {
        Shape.Described described = field.described();
        ObjectNode node = shape(field.shape(), described);
        node.put(
                "description",
                described.meaning() + (described.unit().isEmpty() ? "" : " (in " + described.unit() + ")"));
        if (described.defaultText() != null && field.shape().isScalar()) {
            Object value = Defaults.read(field.shape(), described, Key.ROOT.child(field.name()));
            switch (value) {
                case Integer number -> node.put("default", number);
                case Long number -> node.put("default", number);
                case Boolean truth -> node.put("default", truth);
                default -> node.put("default", described.defaultText());
            }
        }
        return node;
    }

    private static ObjectNode shape(Shape shape, Shape.Described described) {
        ObjectNode node = Json.object();
        switch (shape) {
            case Shape.Plain.TEXT -> types(node, "string", "number", "boolean");
            case Shape.Plain.PATH, Shape.Plain.ADDRESS -> node.put("type", "string");
            case Shape.Plain.INT, Shape.Plain.LONG -> number(orVariable(node).put("type", "integer"), described);
            case Shape.Plain.DOUBLE, Shape.Plain.DECIMAL ->
                number(orVariable(node).put("type", "number"), described);
            case Shape.Plain.BOOLEAN -> orVariable(node).put("type", "boolean");
            case Shape.Plain.DURATION -> quantity(node, DURATION, Durations.isUnit(described.unit()));
            case Shape.Plain.SIZE -> quantity(node, SIZE, described.unit().equals("bytes"));
            case Shape.Choice choice -> choice(orVariable(node).putArray("enum"), choice);
            case Shape.Hidden _ -> secret(node.putArray("anyOf"));
            case Shape.ListOf list -> {
                types(node, "array", "null");
                node.set("items", shape(list.element(), described));
            }
            case Shape.MapOf map -> {
                types(node, "object", "null");
                node.set("additionalProperties", shape(map.value(), described));
            }
            case Shape.Fields fields -> fields(node, fields.fields());
            case Shape.OneOf oneOf -> {
                ArrayNode kinds = node.putArray("oneOf");
                oneOf.kinds().forEach((name, fields) -> kind(kinds.addObject(), oneOf.discriminator(), name, fields));
            }
        }
        return node;
    }

    private static void fields(ObjectNode node, List<Shape.Field> fields) {
        types(node, "object", "null");
        node.put("additionalProperties", false);
        ObjectNode properties = node.putObject("properties");
        ArrayNode required = node.putArray("required");
        for (Shape.Field field : fields) {
            properties.set(field.name(), field(field));
            if (field.isRequired() && field.described().variable() == null) {
                required.add(field.name());
            }
        }
    }

    private static void kind(ObjectNode node, String discriminator, String name, Shape.Fields shape) {
        fields(node, shape.fields());
        node.withObjectProperty("properties").putObject(discriminator).put("const", name);
        node.withArrayProperty("required").add(discriminator);
    }

    private static void number(ObjectNode node, Shape.Described described) {
        if (described.min() != Long.MIN_VALUE) {
            node.put("minimum", described.min());
        }
        if (described.max() != Long.MAX_VALUE) {
            node.put("maximum", described.max());
        }
    }

    private static void quantity(ObjectNode node, String pattern, boolean allowsBareNumbers) {
        orVariable(node).put("type", "string").put("pattern", pattern);
        if (allowsBareNumbers) {
            node.withArrayProperty("anyOf").addObject().put("type", "integer").put("minimum", 0);
        }
    }

    private static void choice(ArrayNode names, Shape.Choice choice) {
        for (String name : choice.constants().keySet()) {
            names.add(name);
            if (name.contains("_")) {
                names.add(name.replace('_', '-'));
            }
        }
    }

    private static void secret(ArrayNode forms) {
        forms.addObject().put("type", "string").put("pattern", "^(\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$|file:)");
        ObjectNode file = forms.addObject().put("type", "object").put("additionalProperties", false);
        file.putObject("properties").putObject("file").put("type", "string");
        file.putArray("required").add("file");
    }

    /** Returns the alternative beside a reference to a variable. */
    private static ObjectNode orVariable(ObjectNode node) {
        ArrayNode forms = node.putArray("anyOf");
        ObjectNode value = forms.addObject();
        forms.addObject().put("$ref", VARIABLE);
        return value;
    }

    private static void types(ObjectNode node, String... types) {
        ArrayNode list = node.putArray("type");
        for (String type : types) {
            list.add(type);
        }
    }
}
