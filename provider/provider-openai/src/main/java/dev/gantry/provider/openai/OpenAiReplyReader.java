package dev.gantry.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatEvent.FinishReason;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.UpstreamFailures;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads chat completions: whole ones, and the parts that streams have in common with them. */
final class OpenAiReplyReader {
    private OpenAiReplyReader() {}

    /** Reads a whole completion; of several choices the first. */
    static List<ChatEvent> read(ObjectNode reply, UpstreamFailures failures) throws ProviderException {
        JsonNode choice = reply.path("choices").path(0);
        ObjectNode message = ReplyJson.child(choice, "message");
        if (message == null) {
            JsonNode error = reply.get("error");
            throw error != null && !error.isNull()
                    ? OpenAiErrors.of(error, failures)
                    : failures.badReply("it holds no message");
        }
        List<ChatEvent> events = new ArrayList<>();
        events.add(started(reply));
        String reasoning = reasoning(message);
        if (reasoning != null && !reasoning.isEmpty()) {
            events.add(new ChatEvent.ReasoningDelta(reasoning, null));
        }
        String text = ReplyJson.text(message, "content");
        if (text != null && !text.isEmpty()) {
            events.add(new ChatEvent.TextDelta(text));
        }
        String refusal = ReplyJson.text(message, "refusal");
        if (refusal != null && !refusal.isEmpty()) {
            events.add(new ChatEvent.TextDelta(refusal));
        }
        readToolCalls(events, message.path("tool_calls"), failures);
        events.add(finished(choice, refusal != null && !refusal.isEmpty(), UsageScan.read(reply.get("usage"))));
        return events;
    }

    private static void readToolCalls(List<ChatEvent> events, JsonNode calls, UpstreamFailures failures)
            throws ProviderException {
        int index = 0;
        for (JsonNode call : calls) {
            JsonNode function = call.path("function");
            String name = ReplyJson.text(function, "name");
            if (name == null) {
                throw failures.badReply("a tool call in it has no name");
            }
            String id = ReplyJson.text(call, "id");
            events.add(new ChatEvent.ToolCallStarted(index, id == null ? "call_" + index : id, name));
            String arguments = ReplyJson.text(function, "arguments");
            if (arguments != null && !arguments.isEmpty()) {
                events.add(new ChatEvent.ToolCallDelta(index, arguments));
            }
            index++;
        }
    }

    static ChatEvent.Started started(ObjectNode reply) {
        String id = ReplyJson.text(reply, "id");
        String model = ReplyJson.text(reply, "model");
        return new ChatEvent.Started(id == null ? "" : id, model == null ? "" : model);
    }

    /** Returns visible reasoning: DeepSeek and older vLLM call it one way, OpenRouter and newer vLLM the other. */
    static @Nullable String reasoning(JsonNode message) {
        String reasoning = ReplyJson.text(message, "reasoning_content");
        return reasoning != null ? reasoning : ReplyJson.text(message, "reasoning");
    }

    static ChatEvent.Finished finished(JsonNode choice, boolean refused, @Nullable TokenUsage usage) {
        String sequence = ReplyJson.text(choice, "stop_reason");
        String reason = ReplyJson.text(choice, "finish_reason");
        return new ChatEvent.Finished(finishReason(reason, refused, sequence), usage, sequence);
    }

    private static FinishReason finishReason(@Nullable String reason, boolean refused, @Nullable String sequence) {
        if (refused) {
            return FinishReason.REFUSAL;
        }
        return switch (reason == null ? "stop" : reason) {
            case "length" -> FinishReason.LENGTH;
            case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
            case "content_filter" -> FinishReason.REFUSAL;
            default -> sequence == null ? FinishReason.STOP : FinishReason.STOP_SEQUENCE;
        };
    }
}
