package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.NullValue;
import dev.gantry.kernel.Json;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON as the expression language sees it, and back. Lists and objects are looked at where they are: a step's result of
 * megabytes is not copied to read one field.
 */
final class JsonValues {
    /** Deepest nesting of a result. */
    private static final int DEPTH_MAX = 64;

    private JsonValues() {}

    /** Returns the value of a JSON node. */
    static Object read(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> new ObjectView(object);
            case ArrayNode array -> new ListView(array);
            default -> {
                if (node.isTextual()) {
                    yield node.textValue();
                }
                if (node.isBoolean()) {
                    yield node.booleanValue();
                }
                if (node.isIntegralNumber() && node.canConvertToLong()) {
                    yield node.longValue();
                }
                yield node.isNumber() ? (Object) node.doubleValue() : NullValue.NULL_VALUE;
            }
        };
    }

    /**
     * Returns a value as JSON.
     *
     * @param room how many values it may still have
     * @throws IllegalArgumentException in words if it is of a type that JSON does not have, or too large
     */
    static JsonNode write(@Nullable Object value, Room room) {
        return write(value, room, 0);
    }

    /** Counts the values of a result down. */
    static final class Room {
        private int left;

        Room(int left) {
            this.left = left;
        }

        private void takeOne() {
            if (--left < 0) {
                throw new IllegalArgumentException("the result has too many values");
            }
        }
    }

    private static JsonNode write(@Nullable Object value, Room room, int depth) {
        room.takeOne();
        if (depth > DEPTH_MAX) {
            throw new IllegalArgumentException("the result is nested deeper than " + DEPTH_MAX + " levels");
        }
        return switch (value) {
            case null -> NullNode.getInstance();
            case ObjectView object -> object.node;
            case ListView list -> list.node;
            case String text -> TextNode.valueOf(text);
            case Boolean truth -> BooleanNode.valueOf(truth);
            case Long number -> LongNode.valueOf(number);
            case Integer number -> LongNode.valueOf(number);
            case Double number -> number(number);
            case Map<?, ?> map -> {
                ObjectNode object = Json.object();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    if (!(entry.getKey() instanceof String name)) {
                        throw new IllegalArgumentException("the keys of an object must be strings");
                    }
                    object.set(name, write(entry.getValue(), room, depth + 1));
                }
                yield object;
            }
            case Collection<?> list -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode(Math.min(list.size(), 1000));
                for (Object element : list) {
                    array.add(write(element, room, depth + 1));
                }
                yield array;
            }
            case Optional<?> optional -> write(optional.orElse(null), room, depth + 1);
            default -> {
                String name = value.getClass().getSimpleName();
                if (name.equals("NullValue")) {
                    yield NullNode.getInstance();
                }
                if (name.equals("UnsignedLong")) {
                    yield LongNode.valueOf(((Number) value).longValue());
                }
                throw new IllegalArgumentException("the result is a " + name.toLowerCase(Locale.ROOT)
                        + ", which JSON does not have; use string(…)");
            }
        };
    }

    private static JsonNode number(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw new IllegalArgumentException("the result is not a finite number");
        }
        return DoubleNode.valueOf(number);
    }

    /** A JSON list, read where it is. */
    private static final class ListView extends AbstractList<Object> {
        private final ArrayNode node;

        ListView(ArrayNode node) {
            this.node = node;
        }

        @Override
        public Object get(int index) {
            JsonNode element = node.get(index);
            if (element == null) {
                throw new IndexOutOfBoundsException(index);
            }
            return read(element);
        }

        @Override
        public int size() {
            return node.size();
        }
    }

    /** A JSON object, read where it is. */
    private static final class ObjectView extends AbstractMap<String, Object> {
        private final ObjectNode node;

        ObjectView(ObjectNode node) {
            this.node = node;
        }

        @Override
        public @Nullable Object get(Object key) {
            JsonNode value = key instanceof String name ? node.get(name) : null;
            return value == null ? null : read(value);
        }

        @Override
        public boolean containsKey(Object key) {
            return key instanceof String name && node.has(name);
        }

        @Override
        public int size() {
            return node.size();
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            Set<Entry<String, Object>> entries = new LinkedHashSet<>();
            node.properties().forEach(entry -> entries.add(Map.entry(entry.getKey(), read(entry.getValue()))));
            return entries;
        }
    }
}
