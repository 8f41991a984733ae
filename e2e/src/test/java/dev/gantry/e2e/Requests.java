package dev.gantry.e2e;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;

/** Bodies of requests. */
final class Requests {
    private Requests() {}

    /** Returns a request in OpenAI's words. */
    static String chat(String model, String text, boolean stream) {
        ObjectNode body = conversation(model, text);
        if (stream) {
            body.put("stream", true);
        }
        return text(body);
    }

    /** Returns a request in Anthropic's words. */
    static String message(String model, String text, boolean stream) {
        return text(conversation(model, text).put("max_tokens", 1_000).put("stream", stream));
    }

    /** Returns a request to run a pattern. */
    static String execute(String pattern, String input) {
        return text(Json.object().put("pattern", pattern).put("input", input));
    }

    /** Returns JSON as text. */
    static String text(ObjectNode body) {
        return new String(Json.write(body), StandardCharsets.UTF_8);
    }

    private static ObjectNode conversation(String model, String text) {
        ObjectNode body = Json.object().put("model", model);
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        return body;
    }
}
