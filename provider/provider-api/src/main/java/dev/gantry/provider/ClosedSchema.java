package dev.gantry.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON schemas for providers that want every object in them closed. */
public final class ClosedSchema {
    private ClosedSchema() {}

    /** Returns a copy in which {@code "additionalProperties": false} stands where an object says nothing about it. */
    public static JsonNode of(JsonNode schema) {
        JsonNode copy = schema.deepCopy();
        close(copy);
        return copy;
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            boolean describesObject = "object".equals(object.path("type").asText()) || object.has("properties");
            if (describesObject && !object.has("additionalProperties")) {
                object.put("additionalProperties", false);
            }
        }
        schema.forEach(ClosedSchema::close);
    }
}
