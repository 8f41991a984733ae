package dev.gantry.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import org.jspecify.annotations.Nullable;

/** Messages of the Model Context Protocol (JSON-RPC 2.0). */
final class McpMessages {
    private static final int METHOD_NOT_FOUND = -32_601;

    private McpMessages() {}

    static ObjectNode request(long id, String method, ObjectNode params) {
        return message(method, params).put("id", id);
    }

    static ObjectNode notification(String method, ObjectNode params) {
        return message(method, params);
    }

    private static ObjectNode message(String method, ObjectNode params) {
        ObjectNode message = Json.object().put("jsonrpc", "2.0").put("method", method);
        message.set("params", params);
        return message;
    }

    /** Returns whether a message answers a request. */
    static boolean answers(JsonNode message, long id) {
        return !message.has("method")
                && message.path("id").isNumber()
                && message.path("id").asLong() == id;
    }

    /** Returns what a server is told that asks something itself: that this client offers nothing; null when it did not ask. */
    static @Nullable ObjectNode replyTo(JsonNode message) {
        if (!message.has("method") || !message.has("id")) {
            return null;
        }
        ObjectNode reply = Json.object().put("jsonrpc", "2.0");
        reply.set("id", message.get("id"));
        if (message.path("method").asText().equals("ping")) {
            reply.putObject("result");
        } else {
            reply.putObject("error").put("code", METHOD_NOT_FOUND).put("message", "This client does not offer that");
        }
        return reply;
    }
}
