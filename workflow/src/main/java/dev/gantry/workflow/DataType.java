package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The type of an input or an output. In a file: a name ({@code string}), an object of fields
 * ({@code {title: string, score: integer}}) or a list of one type ({@code [string]}).
 */
public sealed interface DataType {
    /** A type without parts. */
    enum Simple implements DataType {
        /** Text. */
        STRING,
        /** A whole number. */
        INTEGER,
        /** Any number. */
        NUMBER,
        /** True or false. */
        BOOLEAN,
        /** Any value, null among them. */
        ANY;

        /** Returns the name in files. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A list whose elements are of one type. */
    record ListOf(DataType element) implements DataType {}

    /**
     * An object. Fields beside the named ones are allowed; an object without named fields is any object.
     *
     * @param fields all of which must be there
     */
    record ObjectOf(Map<String, DataType> fields) implements DataType {
        /** Copies the map, keeping its order. */
        public ObjectOf {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** Returns the value of a step that was left out: null, or an object whose fields all are. */
    default JsonNode empty() {
        if (!(this instanceof ObjectOf object) || object.fields().isEmpty()) {
            return NullNode.getInstance();
        }
        ObjectNode node = Json.object();
        object.fields().forEach((name, type) -> node.set(name, type.empty()));
        return node;
    }

    /**
     * Checks a value.
     *
     * @return what is wrong, each with its path, such as {@code findings[2].severity: must be a string}; empty when it fits; at
     *     most 20
     */
    default List<String> problems(JsonNode value) {
        List<String> problems = new ArrayList<>();
        check(this, value, "", problems);
        return problems;
    }

    private static void check(DataType type, JsonNode value, String path, List<String> problems) {
        if (problems.size() >= 20) {
            return;
        }
        boolean fits = switch (type) {
            case Simple.STRING -> value.isTextual();
            case Simple.INTEGER -> value.isIntegralNumber() && value.canConvertToLong();
            case Simple.NUMBER -> value.isNumber();
            case Simple.BOOLEAN -> value.isBoolean();
            case Simple.ANY -> true;
            case ListOf _ -> value.isArray();
            case ObjectOf _ -> value.isObject();
        };
        if (!fits) {
            problems.add((path.isEmpty() ? "" : Text.shorten(path, 200) + ": ") + "must be " + type.words());
            return;
        }
        switch (type) {
            case Simple _ -> {}
            case ListOf list -> {
                for (int index = 0; index < value.size(); index++) {
                    check(list.element(), value.path(index), path + "[" + index + "]", problems);
                }
            }
            case ObjectOf object ->
                object.fields().forEach((name, field) -> {
                    String inner = path.isEmpty() ? name : path + "." + name;
                    JsonNode part = value.get(name);
                    if (part == null) {
                        problems.add(Text.shorten(inner, 200) + ": is missing");
                    } else {
                        check(field, part, inner, problems);
                    }
                });
        }
    }

    /** Returns the type in words, with its article, for messages. */
    default String words() {
        return switch (this) {
            case Simple.STRING -> "a string";
            case Simple.INTEGER -> "a whole number";
            case Simple.NUMBER -> "a number";
            case Simple.BOOLEAN -> "true or false";
            case Simple.ANY -> "any value";
            case ListOf list ->
                list.element() == Simple.ANY
                        ? "a list"
                        : "a list, each element " + list.element().words();
            case ObjectOf object ->
                object.fields().isEmpty()
                        ? "an object"
                        : object.fields().keySet().stream().collect(Collectors.joining(", ", "an object of ", ""));
        };
    }

    /** Returns the type as JSON Schema, as providers take it for structured answers. */
    default ObjectNode schema() {
        ObjectNode node = Json.object();
        switch (this) {
            case Simple simple -> {
                if (simple != Simple.ANY) {
                    node.put("type", simple.id());
                }
            }
            case ListOf list ->
                node.put("type", "array").set("items", list.element().schema());
            case ObjectOf object -> {
                node.put("type", "object");
                ObjectNode properties = node.putObject("properties");
                ArrayNode required = JsonNodeFactory.instance.arrayNode();
                object.fields().forEach((name, type) -> {
                    properties.set(name, type.schema());
                    required.add(name);
                });
                node.set("required", required);
            }
        }
        return node;
    }
}
