package dev.gantry.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatEvent.FinishReason;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.UpstreamFailures;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads messages: whole ones, and the parts that streams have in common with them. */
final class AnthropicReplyReader {
    private AnthropicReplyReader() {}

    static List<ChatEvent> read(ObjectNode reply, UpstreamFailures failures) throws ProviderException {
        ObjectNode error = ReplyJson.child(reply, "error");
        if (error != null) {
            throw AnthropicErrors.of(error, failures);
        }
        if (!reply.path("content").isArray()) {
            throw failures.badReply("it holds no content");
        }
        List<ChatEvent> events = new ArrayList<>();
        events.add(started(reply));
        int calls = 0;
        for (JsonNode block : reply.path("content")) {
            switch (block.path("type").asText()) {
                case "text" -> addText(events, ReplyJson.text(block, "text"));
                case "thinking" -> {
                    String thinking = ReplyJson.text(block, "thinking");
                    events.add(new ChatEvent.ReasoningDelta(
                            thinking == null ? "" : thinking, ReplyJson.text(block, "signature")));
                }
                case "tool_use" -> {
                    events.add(toolCall(block, calls, failures));
                    events.add(new ChatEvent.ToolCallDelta(
                            calls++, new String(Json.write(block.path("input")), StandardCharsets.UTF_8)));
                }
                default -> {
                    // Blocks of tools that run at Anthropic: their outcome is in the text.
                }
            }
        }
        String reason = ReplyJson.text(reply, "stop_reason");
        events.add(finished(reason, ReplyJson.text(reply, "stop_sequence"), usage(reply.get("usage"), null)));
        return events;
    }

    private static void addText(List<ChatEvent> events, @Nullable String text) {
        if (text != null && !text.isEmpty()) {
            events.add(new ChatEvent.TextDelta(text));
        }
    }

    static ChatEvent.Started started(ObjectNode message) {
        String id = ReplyJson.text(message, "id");
        String model = ReplyJson.text(message, "model");
        return new ChatEvent.Started(id == null ? "" : id, model == null ? "" : model);
    }

    static ChatEvent.ToolCallStarted toolCall(JsonNode block, int index, UpstreamFailures failures)
            throws ProviderException {
        String name = ReplyJson.text(block, "name");
        String id = ReplyJson.text(block, "id");
        if (name == null || id == null) {
            throw failures.badReply("a tool call in it has no name or no id");
        }
        return new ChatEvent.ToolCallStarted(index, id, name);
    }

    static ChatEvent.Finished finished(@Nullable String reason, @Nullable String sequence, @Nullable TokenUsage usage) {
        FinishReason finish = switch (reason == null ? "end_turn" : reason) {
            case "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
            case "stop_sequence" -> FinishReason.STOP_SEQUENCE;
            case "tool_use" -> FinishReason.TOOL_CALLS;
            case "refusal" -> FinishReason.REFUSAL;
            default -> FinishReason.STOP;
        };
        return new ChatEvent.Finished(finish, usage, sequence);
    }

    /** Reads usage; counts that are absent keep what was known before. */
    static @Nullable TokenUsage usage(@Nullable JsonNode usage, @Nullable TokenUsage before) {
        if (usage == null || !usage.isObject()) {
            return before;
        }
        TokenUsage known = before == null ? TokenUsage.NONE : before;
        long longWrites = count(usage.path("cache_creation"), "ephemeral_1h_input_tokens", known.cacheWriteLong());
        long writes = count(usage, "cache_creation_input_tokens", known.cacheWrite() + known.cacheWriteLong());
        return new TokenUsage(
                count(usage, "input_tokens", known.input()),
                count(usage, "output_tokens", known.output()),
                count(usage, "cache_read_input_tokens", known.cacheRead()),
                Math.max(0, writes - longWrites),
                Math.min(writes, longWrites),
                0,
                false);
    }

    private static long count(JsonNode usage, String field, long before) {
        return usage.path(field).isIntegralNumber() ? ReplyJson.count(usage, field) : before;
    }
}
