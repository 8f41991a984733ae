package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.JsonFields;
import dev.gantry.provider.EmbeddingRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a body of OpenAI's {@code POST /v1/embeddings} for a provider of another interface. Arrays of tokens are refused:
 * they mean something only to the model whose tokenizer made them.
 */
final class OpenAiEmbeddingsReader {
    /** OpenAI's own bound on inputs. */
    private static final int INPUTS_MAX = 2_048;

    private static final int DIMENSIONS_MAX = 100_000;

    private OpenAiEmbeddingsReader() {}

    /**
     * What was asked for.
     *
     * @param base64 whether vectors are wanted as base64 of little-endian floats instead of as arrays of numbers
     */
    record Wanted(EmbeddingRequest request, boolean base64) {}

    static Wanted read(ObjectNode body) {
        JsonFields fields = JsonFields.of(body);
        EmbeddingRequest request = new EmbeddingRequest(
                fields.requireText("model"),
                texts(fields),
                fields.intNumber("dimensions", 1, DIMENSIONS_MAX),
                fields.text("user"));
        return new Wanted(request, base64(fields));
    }

    private static boolean base64(JsonFields fields) {
        String format = fields.text("encoding_format");
        return switch (format == null ? "float" : format) {
            case "float" -> false;
            case "base64" -> true;
            default -> throw fields.invalid("encoding_format", "must be float or base64");
        };
    }

    private static List<String> texts(JsonFields fields) {
        JsonNode input = fields.get("input");
        if (input == null) {
            throw fields.invalid("input", "is required");
        }
        if (input.isTextual()) {
            return List.of(present(fields, "input", input));
        }
        if (!(input instanceof ArrayNode items)) {
            throw fields.invalid("input", "must be a string or an array of strings");
        }
        if (items.isEmpty() || items.size() > INPUTS_MAX) {
            throw fields.invalid("input", "must hold 1 to " + INPUTS_MAX + " texts");
        }
        List<String> texts = new ArrayList<>(items.size());
        for (int index = 0; index < items.size(); index++) {
            JsonNode item = items.get(index);
            if (item.isNumber() || item.isArray()) {
                throw fields.invalid("input", "of tokens cannot be sent to this model's provider; send text");
            }
            texts.add(present(fields, "input/" + index, item));
        }
        return texts;
    }

    private static String present(JsonFields fields, String name, JsonNode item) {
        if (!item.isTextual() || item.textValue().isEmpty()) {
            throw fields.invalid(name, item.isTextual() ? "must not be empty" : "must be a string");
        }
        return item.textValue();
    }
}
