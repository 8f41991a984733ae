package dev.gantry.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * The objects of OpenAI's {@code POST /v1/responses}, of which whole replies and events of a stream are made.
 *
 * @param key makes the ids of one response and of its items
 * @param createdAt seconds since 1970
 * @param echo what the response repeats of its request
 */
record OpenAiResponse(String key, long createdAt, String model, ObjectNode echo) {
    static OpenAiResponse begin(long createdAt, String model, Prompt prompt) {
        ObjectNode echo = prompt instanceof Prompt.Raw raw ? raw.responseEcho() : ResponseEcho.of(Json.object());
        return new OpenAiResponse(Ids.next().toString().replace("-", ""), createdAt, model, echo);
    }

    /** Returns the id of an item; {@code prefix} tells its kind. */
    String itemId(String prefix, int index) {
        return prefix + "_" + key + String.format("%02x", index);
    }

    /**
     * Returns the object as a whole.
     *
     * @param reason why it ended; null while it is under way
     * @param usage what was consumed; null while it is under way
     */
    ObjectNode toJson(ArrayNode output, @Nullable FinishReason reason, @Nullable TokenUsage usage) {
        ObjectNode body = Json.object()
                .put("id", "resp_" + key)
                .put("object", "response")
                .put("created_at", createdAt)
                .put("status", reason == null ? "in_progress" : status(reason))
                .putNull("error");
        if (reason == FinishReason.LENGTH || reason == FinishReason.REFUSAL) {
            body.putObject("incomplete_details")
                    .put("reason", reason == FinishReason.LENGTH ? "max_output_tokens" : "content_filter");
        } else {
            body.putNull("incomplete_details");
        }
        body.put("model", model).set("output", output);
        body.setAll(echo);
        if (usage == null) {
            return body.putNull("usage");
        }
        return body.set("usage", usage(usage));
    }

    /** Returns the status of a response that ended, or of its last item. */
    static String status(FinishReason reason) {
        return switch (reason) {
            case STOP, STOP_SEQUENCE, TOOL_CALLS -> "completed";
            case LENGTH, REFUSAL -> "incomplete";
        };
    }

    static ObjectNode message(String id, String status) {
        ObjectNode item = Json.object().put("id", id).put("type", "message").put("status", status);
        item.put("role", "assistant").putArray("content");
        return item;
    }

    static ObjectNode text(String text) {
        ObjectNode part = Json.object().put("type", "output_text").put("text", text);
        part.putArray("annotations");
        part.putArray("logprobs");
        return part;
    }

    static ObjectNode call(String id, String status, String callId, String name, String arguments) {
        return Json.object()
                .put("id", id)
                .put("type", "function_call")
                .put("status", status)
                .put("call_id", callId)
                .put("name", name)
                .put("arguments", arguments);
    }

    /**
     * Returns reasoning; its seal makes it possible to give it back.
     *
     * @param signature the provider's seal; null for none
     */
    static ObjectNode reasoning(String id, String status, String text, @Nullable String signature) {
        ObjectNode item = Json.object().put("id", id).put("type", "reasoning").put("status", status);
        ArrayNode summary = item.putArray("summary");
        if (!text.isEmpty()) {
            summary.add(summaryText(text));
        }
        return signature == null ? item : item.put("encrypted_content", ReasoningSeal.close(signature));
    }

    static ObjectNode summaryText(String text) {
        return Json.object().put("type", "summary_text").put("text", text);
    }

    private static ObjectNode usage(TokenUsage usage) {
        ObjectNode node = Json.object().put("input_tokens", usage.prompt());
        node.putObject("input_tokens_details")
                .put("cached_tokens", usage.cacheRead())
                .put("cache_write_tokens", usage.cacheWrite() + usage.cacheWriteLong());
        node.put("output_tokens", usage.output());
        node.putObject("output_tokens_details").put("reasoning_tokens", usage.reasoning());
        return node.put("total_tokens", usage.total());
    }
}
