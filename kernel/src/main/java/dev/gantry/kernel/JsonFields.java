package dev.gantry.kernel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException.FieldError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a JSON object that a caller sent. Every error is {@link ErrorCode#INVALID_REQUEST} and carries the
 * JSON pointer of the field; JSON {@code null} counts as absent.
 *
 * @param node the object
 * @param pointer JSON pointer to it; empty for the whole body
 */
public record JsonFields(ObjectNode node, String pointer) {
    private static final char NUL = 0;
    private static final String NUL_REFUSED = "must not contain the character U+0000";
    private static final int ERRORS_MAX = 20;
    private static final int POINTER_LENGTH_MAX = 200;

    /** Reads a body. */
    public static JsonFields of(ObjectNode body) {
        return new JsonFields(body, "");
    }

    /** Returns the field, or null when it is absent or {@code null}. */
    public @Nullable JsonNode get(String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** Returns whether the field is there and not {@code null}. */
    public boolean has(String name) {
        return get(name) != null;
    }

    /** Returns a text that must be there and not be empty. */
    public String requireText(String name) {
        String text = text(name);
        if (text == null || text.isEmpty()) {
            throw invalid(name, text == null ? "is required" : "must not be empty");
        }
        return text;
    }

    /** Returns a text, or null. */
    public @Nullable String text(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw invalid(name, "must be a string");
        }
        return value.textValue();
    }

    /** Returns a truth value, or null. */
    public @Nullable Boolean bool(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (!value.isBoolean()) {
            throw invalid(name, "must be true or false");
        }
        return value.booleanValue();
    }

    /** Returns a whole number within bounds, or null. */
    public @Nullable Long integer(String name, long min, long max) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw invalid(name, "must be a whole number");
        }
        long number = value.longValue();
        if (number < min || number > max) {
            throw invalid(name, "must be from " + min + " to " + max);
        }
        return number;
    }

    /** Returns a whole number within bounds, or null. */
    public @Nullable Integer intNumber(String name, int min, int max) {
        Long number = integer(name, min, max);
        return number == null ? null : Math.toIntExact(number);
    }

    /** Returns a number within bounds, or null. */
    public @Nullable Double decimal(String name, double min, double max) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw invalid(name, "must be a number");
        }
        double number = value.doubleValue();
        if (!(number >= min && number <= max)) {
            throw invalid(name, "must be from " + min + " to " + max);
        }
        return number;
    }

    /** Returns an object, or null. */
    public @Nullable JsonFields object(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof ObjectNode object) {
            return new JsonFields(object, child(name));
        }
        throw invalid(name, "must be an object");
    }

    /** Returns an array of objects; empty when absent. */
    public List<JsonFields> objects(String name) {
        ArrayNode array = array(name);
        List<JsonFields> objects = new ArrayList<>(array == null ? 0 : array.size());
        for (int index = 0; array != null && index < array.size(); index++) {
            if (!(array.get(index) instanceof ObjectNode object)) {
                throw invalid(name + "/" + index, "must be an object");
            }
            objects.add(new JsonFields(object, child(name) + "/" + index));
        }
        return objects;
    }

    /** Returns an array of texts; empty when absent. */
    public List<String> texts(String name) {
        ArrayNode array = array(name);
        List<String> texts = new ArrayList<>(array == null ? 0 : array.size());
        for (int index = 0; array != null && index < array.size(); index++) {
            JsonNode item = array.get(index);
            if (!item.isTextual()) {
                throw invalid(name + "/" + index, "must be a string");
            }
            texts.add(item.textValue());
        }
        return texts;
    }

    /** Returns an array, or null. */
    public @Nullable ArrayNode array(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof ArrayNode array) {
            return array;
        }
        throw invalid(name, "must be an array");
    }

    /** Refuses fields other than the known ones, naming the nearest. */
    public void refuseUnknown(Collection<String> known) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!known.contains(field.getKey())) {
                throw invalid(
                        field.getKey(), "is not a known field" + Text.didYouMean(field.getKey(), new TreeSet<>(known)));
            }
        }
    }

    /**
     * Returns where a tree contains the one character that PostgreSQL cannot store in a text, U+0000, in names or texts at
     * any depth. The parser has bounded the depth.
     *
     * @param errorsMax places that are named at the most
     */
    public static List<FieldError> nulCharacters(JsonNode node, int errorsMax) {
        List<FieldError> errors = new ArrayList<>();
        findNul(node, "", errors, errorsMax);
        return errors;
    }

    private static void findNul(JsonNode node, String pointer, List<FieldError> errors, int errorsMax) {
        if (errors.size() >= errorsMax) {
            return;
        }
        if (node.isTextual() && node.textValue().indexOf(NUL) >= 0) {
            errors.add(new FieldError(Text.storable(pointer, POINTER_LENGTH_MAX), NUL_REFUSED));
        }
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            String name = property.getKey();
            String place = pointer + "/" + name.replace("~", "~0").replace("/", "~1");
            if (name.indexOf(NUL) >= 0 && errors.size() < errorsMax) {
                errors.add(new FieldError(Text.storable(place, POINTER_LENGTH_MAX), "the name " + NUL_REFUSED));
            }
            findNul(property.getValue(), place, errors, errorsMax);
        }
        for (int index = 0; node.isArray() && index < node.size(); index++) {
            findNul(node.get(index), pointer + "/" + index, errors, errorsMax);
        }
    }

    /**
     * Refuses a body with texts that cannot be stored.
     *
     * @throws GantryException if there are such, with a pointer to each, up to a bound
     */
    public void refuseUnstorable() {
        List<FieldError> errors = nulCharacters(node, ERRORS_MAX);
        if (!errors.isEmpty()) {
            FieldError first = errors.getFirst();
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "'" + first.pointer() + "': " + first.message(), errors, null, null);
        }
    }

    /** Returns the error of one of the object's fields, to be thrown. */
    public GantryException invalid(String name, String problem) {
        String where = child(name);
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "'" + Text.shorten(where.substring(1).replace('/', '.'), 120) + "' " + problem,
                List.of(new FieldError(Text.shorten(where, 200), problem)),
                null,
                null);
    }

    private String child(String name) {
        return pointer + "/" + name.replace("~", "~0");
    }
}
