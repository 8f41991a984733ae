package dev.gantry.provider.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Ids;
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

/**
 * Reads what Ollama says, which has the same form as a whole and as a line of a stream. It gives answers and calls of tools
 * no ids; they get one here.
 */
final class OllamaReplyReader {
    private final UpstreamFailures failures;
    private boolean started;
    private int calls;

    OllamaReplyReader(UpstreamFailures failures) {
        this.failures = failures;
    }

    static List<ChatEvent> whole(ObjectNode reply, UpstreamFailures failures) throws ProviderException {
        List<ChatEvent> events = new OllamaReplyReader(failures).read(reply);
        if (!(events.getLast() instanceof ChatEvent.Finished)) {
            throw failures.brokenOff();
        }
        return events;
    }

    /** Reads the whole reply or the next line; the last event of the last line is the end. */
    List<ChatEvent> read(ObjectNode line) throws ProviderException {
        JsonNode error = line.get("error");
        if (error != null && !error.isNull()) {
            throw failures.inStream(line, 500);
        }
        ObjectNode message = ReplyJson.child(line, "message");
        if (message == null) {
            throw failures.badReply("it holds no message");
        }
        List<ChatEvent> events = new ArrayList<>();
        if (!started) {
            started = true;
            String model = ReplyJson.text(line, "model");
            events.add(new ChatEvent.Started("ollama-" + Ids.next(), model == null ? "" : model));
        }
        String thinking = ReplyJson.text(message, "thinking");
        if (thinking != null && !thinking.isEmpty()) {
            events.add(new ChatEvent.ReasoningDelta(thinking, null));
        }
        String text = ReplyJson.text(message, "content");
        if (text != null && !text.isEmpty()) {
            events.add(new ChatEvent.TextDelta(text));
        }
        for (JsonNode call : message.path("tool_calls")) {
            toolCall(events, call);
        }
        if (line.path("done").asBoolean(false)) {
            events.add(new ChatEvent.Finished(reason(ReplyJson.text(line, "done_reason")), usage(line), null));
        }
        return events;
    }

    private void toolCall(List<ChatEvent> events, JsonNode call) throws ProviderException {
        JsonNode function = call.path("function");
        String name = ReplyJson.text(function, "name");
        if (name == null) {
            throw failures.badReply("a tool call in it has no name");
        }
        String id = ReplyJson.text(call, "id");
        events.add(new ChatEvent.ToolCallStarted(calls, id == null ? "call_" + Ids.next() : id, name));
        JsonNode arguments = function.path("arguments");
        String text = arguments.isTextual()
                ? arguments.textValue()
                : arguments.isObject() ? new String(Json.write(arguments), StandardCharsets.UTF_8) : "{}";
        events.add(new ChatEvent.ToolCallDelta(calls, text));
        calls++;
    }

    private FinishReason reason(@Nullable String reason) {
        if (calls > 0) {
            return FinishReason.TOOL_CALLS;
        }
        return "length".equals(reason) ? FinishReason.LENGTH : FinishReason.STOP;
    }

    /** A prompt that was answered from the cache whole may have no count of its own. */
    private static @Nullable TokenUsage usage(ObjectNode line) {
        if (!line.path("eval_count").isIntegralNumber()) {
            return null;
        }
        return new TokenUsage(
                ReplyJson.count(line, "prompt_eval_count"), ReplyJson.count(line, "eval_count"), 0, 0, 0, false);
    }
}
