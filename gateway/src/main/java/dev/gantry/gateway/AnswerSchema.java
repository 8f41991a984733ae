package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.nio.charset.StandardCharsets;

/**
 * A JSON Schema that an answer must follow. It comes from a client, so it is bounded: expressions in it ({@code pattern},
 * {@code format}) are not evaluated, since they could take for ever, and it has few references, since those multiply.
 * Immutable and thread-safe.
 */
final class AnswerSchema {
    private static final int BYTES_MAX = 256 * 1024;
    private static final int REFERENCES_MAX = 40;

    private final Validator validator;

    private AnswerSchema(Validator validator) {
        this.validator = validator;
    }

    /**
     * Compiles a schema.
     *
     * @throws IllegalArgumentException if it cannot be used; the message goes on from "the schema cannot be used:"
     */
    static AnswerSchema of(JsonNode schema) {
        if (!(schema instanceof ObjectNode object)) {
            throw new IllegalArgumentException("it is not a JSON object");
        }
        byte[] text = Json.write(object);
        if (text.length > BYTES_MAX) {
            throw new IllegalArgumentException("it is larger than " + BYTES_MAX + " bytes");
        }
        if (object.findValues("$ref").size() > REFERENCES_MAX) {
            throw new IllegalArgumentException("it has more than " + REFERENCES_MAX + " references");
        }
        if (object.findValue("patternProperties") != null) {
            throw new IllegalArgumentException("patternProperties are not supported");
        }
        ObjectNode bounded = object.deepCopy();
        withoutExpressions(bounded);
        try {
            return new AnswerSchema(Validator.create(
                    JsonSchema.of(new JsonObject(new String(Json.write(bounded), StandardCharsets.UTF_8))),
                    new JsonSchemaOptions()
                            .setBaseUri("app://gantry")
                            .setDraft(Draft.DRAFT202012)
                            .setOutputFormat(OutputFormat.Flag)));
        } catch (RuntimeException unusable) {
            throw new IllegalArgumentException("it is not a JSON Schema", unusable);
        }
    }

    private static void withoutExpressions(JsonNode node) {
        if (node instanceof ObjectNode object) {
            if (object.path("pattern").isTextual()) {
                object.remove("pattern");
            }
            if (object.path("format").isTextual()) {
                object.remove("format");
            }
        }
        node.forEach(AnswerSchema::withoutExpressions);
    }

    /** Returns whether a text is JSON that follows the schema. */
    boolean allows(byte[] text) {
        try {
            JsonNode node = Json.read(text);
            String plain = new String(text, StandardCharsets.UTF_8);
            Object value = node.isObject()
                    ? new JsonObject(plain)
                    : node.isArray() ? new JsonArray(plain) : io.vertx.core.json.Json.decodeValue(plain);
            return Boolean.TRUE.equals(validator.validate(value).getValid());
        } catch (GantryException | StackOverflowError notJson) {
            return false;
        }
    }
}
