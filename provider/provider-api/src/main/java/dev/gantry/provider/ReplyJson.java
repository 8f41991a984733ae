package dev.gantry.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads what providers send, without trusting its form. */
public final class ReplyJson {
    private ReplyJson() {}

    /**
     * Reads a JSON object.
     *
     * @throws ProviderException if it is none
     */
    public static ObjectNode object(byte[] bytes, UpstreamFailures failures) throws ProviderException {
        try {
            if (Json.mapper().readTree(bytes) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException malformed) {
            throw failures.badReply("it is not valid JSON");
        }
        throw failures.badReply("it is not a JSON object");
    }

    /** Returns a text field, or null when it is absent or something else. */
    public static @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.get(field);
        return value != null && value.isTextual() ? value.textValue() : null;
    }

    /** Returns a count, or 0 when it is absent, negative or something else. */
    public static long count(JsonNode object, String field) {
        JsonNode value = object.get(field);
        return value != null && value.isIntegralNumber() && value.canConvertToLong()
                ? Math.max(0, value.longValue())
                : 0;
    }

    /** Returns an object field, or null when it is absent or something else. */
    public static @Nullable ObjectNode child(JsonNode object, String field) {
        return object.get(field) instanceof ObjectNode child ? child : null;
    }

    /**
     * Reads an array of numbers.
     *
     * @throws ProviderException if it holds something else
     */
    public static float[] numbers(JsonNode array, UpstreamFailures failures) throws ProviderException {
        float[] numbers = new float[array.size()];
        for (int index = 0; index < numbers.length; index++) {
            JsonNode number = array.get(index);
            if (number == null || !number.isNumber()) {
                throw failures.badReply("a vector in it holds something else than numbers");
            }
            numbers[index] = number.floatValue();
        }
        return numbers;
    }
}
