package dev.gantry.provider.gemini;

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
 * Reads what Gemini says, which has the same form as a whole and as an event of a stream; of several candidates the first.
 * Older models give calls of tools no ids; they get one here. Which stop sequence has ended an answer is not told, so that
 * it looks like any other end.
 */
final class GeminiReplyReader {
    private final String model;
    private final UpstreamFailures failures;
    private boolean started;
    private int calls;
    private @Nullable String reason;
    private boolean blocked;
    private @Nullable TokenUsage usage;

    /** {@code model} is the name for answers that do not name their model. */
    GeminiReplyReader(String model, UpstreamFailures failures) {
        this.model = model;
        this.failures = failures;
    }

    List<ChatEvent> whole(ObjectNode reply) throws ProviderException {
        List<ChatEvent> events = new ArrayList<>(read(reply));
        if (!started) {
            throw failures.badReply("it holds no candidate");
        }
        events.addAll(end());
        return events;
    }

    /** Reads the whole reply or the next event of a stream. */
    List<ChatEvent> read(ObjectNode chunk) throws ProviderException {
        JsonNode error = chunk.get("error");
        if (error != null && !error.isNull()) {
            throw failures.inStream(error, status(error));
        }
        List<ChatEvent> events = new ArrayList<>();
        usage = usage(chunk.get("usageMetadata"), usage);
        JsonNode candidate = chunk.path("candidates").path(0);
        blocked |= chunk.path("promptFeedback").path("blockReason").isTextual();
        if (candidate.isObject() || blocked) {
            start(chunk, events);
        }
        for (JsonNode part : candidate.path("content").path("parts")) {
            part(part, events);
        }
        if (candidate.path("finishReason").isTextual()) {
            reason = candidate.path("finishReason").textValue();
        }
        return events;
    }

    private static int status(JsonNode error) {
        int code = error.path("code").asInt(500);
        return code >= 400 && code < 600 ? code : 500;
    }

    private void start(ObjectNode chunk, List<ChatEvent> events) {
        if (started) {
            return;
        }
        started = true;
        String id = ReplyJson.text(chunk, "responseId");
        String version = ReplyJson.text(chunk, "modelVersion");
        events.add(new ChatEvent.Started(id == null ? "gemini-" + Ids.next() : id, version == null ? model : version));
    }

    private void part(JsonNode part, List<ChatEvent> events) throws ProviderException {
        String signature = ReplyJson.text(part, "thoughtSignature");
        ObjectNode call = ReplyJson.child(part, "functionCall");
        String text = ReplyJson.text(part, "text");
        boolean thought = part.path("thought").asBoolean(false);
        if (thought || signature != null) {
            String seal = signature == null ? null : ThoughtSignature.close(signature);
            events.add(new ChatEvent.ReasoningDelta(thought && text != null ? text : "", seal));
        }
        if (call != null) {
            toolCall(call, events);
        } else if (!thought && text != null && !text.isEmpty()) {
            events.add(new ChatEvent.TextDelta(text));
        }
    }

    private void toolCall(ObjectNode call, List<ChatEvent> events) throws ProviderException {
        String name = ReplyJson.text(call, "name");
        if (name == null) {
            throw failures.badReply("a tool call in it has no name");
        }
        String id = ReplyJson.text(call, "id");
        events.add(new ChatEvent.ToolCallStarted(calls, id == null || id.isEmpty() ? "call_" + Ids.next() : id, name));
        ObjectNode arguments = ReplyJson.child(call, "args");
        events.add(new ChatEvent.ToolCallDelta(
                calls, arguments == null ? "{}" : new String(Json.write(arguments), StandardCharsets.UTF_8)));
        calls++;
    }

    /** Returns the end of the answer once nothing more comes. */
    List<ChatEvent> end() throws ProviderException {
        if (reason == null && !blocked) {
            throw failures.brokenOff();
        }
        return List.of(new ChatEvent.Finished(finishReason(), usage, null));
    }

    private FinishReason finishReason() throws ProviderException {
        if (reason == null) {
            return FinishReason.REFUSAL;
        }
        return switch (reason) {
            case "STOP", "FINISH_REASON_UNSPECIFIED" -> calls > 0 ? FinishReason.TOOL_CALLS : FinishReason.STOP;
            case "MAX_TOKENS" -> FinishReason.LENGTH;
            case "MALFORMED_FUNCTION_CALL",
                    "UNEXPECTED_TOOL_CALL",
                    "TOO_MANY_TOOL_CALLS",
                    "MALFORMED_RESPONSE",
                    "MISSING_THOUGHT_SIGNATURE" ->
                throw failures.badReply("the model failed to produce one (" + reason + ")");
            // SAFETY, RECITATION, LANGUAGE, BLOCKLIST, PROHIBITED_CONTENT, SPII, OTHER and what may come: it was cut
            // off.
            default -> FinishReason.REFUSAL;
        };
    }

    /** Each event tells the numbers so far. The prompt's include those of the cache; thoughts are not among the answer's. */
    private static @Nullable TokenUsage usage(@Nullable JsonNode told, @Nullable TokenUsage before) {
        if (told == null || !told.path("promptTokenCount").isIntegralNumber()) {
            return before;
        }
        long prompt = ReplyJson.count(told, "promptTokenCount") + ReplyJson.count(told, "toolUsePromptTokenCount");
        long cached = Math.min(prompt, ReplyJson.count(told, "cachedContentTokenCount"));
        long thoughts = ReplyJson.count(told, "thoughtsTokenCount");
        return new TokenUsage(
                prompt - cached, ReplyJson.count(told, "candidatesTokenCount") + thoughts, cached, 0, thoughts, false);
    }
}
