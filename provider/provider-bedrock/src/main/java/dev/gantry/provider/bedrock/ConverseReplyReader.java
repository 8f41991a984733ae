package dev.gantry.provider.bedrock;

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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Converse says, whole or as the events of a stream. Where the answer was asked for as the call of a tool, its
 * arguments are the text.
 */
final class ConverseReplyReader {
    private static final int ANSWER = -1;

    private final String model;
    private final boolean answersByTool;
    private final UpstreamFailures failures;
    private final Map<Integer, Integer> callOfBlock = new HashMap<>();
    private boolean started;
    private int calls;
    private @Nullable String reason;
    private @Nullable String sequence;
    private @Nullable TokenUsage usage;

    ConverseReplyReader(String model, boolean answersByTool, UpstreamFailures failures) {
        this.model = model;
        this.answersByTool = answersByTool;
        this.failures = failures;
    }

    List<ChatEvent> whole(ObjectNode reply, @Nullable String requestId) throws ProviderException {
        JsonNode content = reply.path("output").path("message").path("content");
        if (!content.isArray()) {
            throw failures.badReply("it holds no content");
        }
        List<ChatEvent> events = new ArrayList<>();
        start(events, requestId);
        int block = 0;
        for (JsonNode part : content) {
            String text = ReplyJson.text(part, "text");
            ObjectNode use = ReplyJson.child(part, "toolUse");
            JsonNode reasoning = part.path("reasoningContent");
            if (text != null && !text.isEmpty()) {
                events.add(new ChatEvent.TextDelta(text));
            }
            if (reasoning.isObject()) {
                reasoning(events, reasoning.has("reasoningText") ? reasoning.path("reasoningText") : reasoning);
            }
            if (use != null) {
                call(events, block, use);
                arguments(events, block, new String(Json.write(use.path("input")), StandardCharsets.UTF_8));
            }
            block++;
        }
        stop(reply);
        usage = usage(reply.get("usage"));
        events.add(end());
        return events;
    }

    /** Reads the next event of a stream. */
    List<ChatEvent> event(EventFrames.Frame frame, @Nullable String requestId) throws ProviderException {
        if (!frame.header(":message-type").equals("event")) {
            throw failure(frame);
        }
        ObjectNode data = ReplyJson.object(frame.payload().getBytes(), failures);
        List<ChatEvent> events = new ArrayList<>();
        int block = data.path("contentBlockIndex").asInt(0);
        switch (frame.header(":event-type")) {
            case "messageStart" -> start(events, requestId);
            case "contentBlockStart" -> {
                ObjectNode use = ReplyJson.child(data.path("start"), "toolUse");
                if (use != null) {
                    start(events, requestId);
                    call(events, block, use);
                }
            }
            case "contentBlockDelta" -> {
                start(events, requestId);
                delta(events, block, data.path("delta"));
            }
            case "messageStop" -> stop(data);
            case "metadata" -> usage = usage(data.get("usage"));
            default -> {
                // The ends of blocks, and what may come in future.
            }
        }
        return events;
    }

    /** Exceptions come as frames of their own; each has the status that it has as a whole reply. */
    private ProviderException failure(EventFrames.Frame frame) throws ProviderException {
        boolean exception = frame.header(":message-type").equals("exception");
        String type = frame.header(exception ? ":exception-type" : ":error-code");
        String words = exception
                ? ReplyJson.text(ReplyJson.object(frame.payload().getBytes(), failures), "message")
                : frame.header(":error-message");
        int status = switch (type.toLowerCase(Locale.ROOT)) {
            case "validationexception" -> 400;
            case "accessdeniedexception" -> 403;
            case "modeltimeoutexception" -> 408;
            case "throttlingexception" -> 429;
            case "serviceunavailableexception" -> 503;
            default -> 500;
        };
        return failures.inStream(Json.object().put("message", words).put("code", type), status);
    }

    private void start(List<ChatEvent> events, @Nullable String requestId) {
        if (!started) {
            started = true;
            events.add(new ChatEvent.Started(requestId == null ? "bedrock-" + Ids.next() : requestId, model));
        }
    }

    private void delta(List<ChatEvent> events, int block, JsonNode delta) throws ProviderException {
        String text = ReplyJson.text(delta, "text");
        if (text != null && !text.isEmpty()) {
            events.add(new ChatEvent.TextDelta(text));
        }
        if (delta.path("reasoningContent").isObject()) {
            reasoning(events, delta.path("reasoningContent"));
        }
        String arguments = ReplyJson.text(delta.path("toolUse"), "input");
        if (arguments != null && !arguments.isEmpty()) {
            arguments(events, block, arguments);
        }
    }

    private static void reasoning(List<ChatEvent> events, JsonNode reasoning) {
        String text = ReplyJson.text(reasoning, "text");
        String redacted = ReplyJson.text(reasoning, "redactedContent");
        String seal = redacted == null ? ReplyJson.text(reasoning, "signature") : RedactedReasoning.close(redacted);
        if (text != null || seal != null) {
            events.add(new ChatEvent.ReasoningDelta(text == null ? "" : text, seal));
        }
    }

    private void call(List<ChatEvent> events, int block, ObjectNode use) throws ProviderException {
        String name = ReplyJson.text(use, "name");
        String id = ReplyJson.text(use, "toolUseId");
        if (name == null || id == null) {
            throw failures.badReply("a tool call in it has no name or no id");
        }
        if (answersByTool && name.equals(ConverseRequestWriter.ANSWER_TOOL)) {
            callOfBlock.put(block, ANSWER);
            return;
        }
        callOfBlock.put(block, calls);
        events.add(new ChatEvent.ToolCallStarted(calls, id, name));
        calls++;
    }

    private void arguments(List<ChatEvent> events, int block, String fragment) throws ProviderException {
        Integer call = callOfBlock.get(block);
        if (call == null) {
            throw failures.badReply("arguments in it belong to no tool call");
        }
        events.add(call == ANSWER ? new ChatEvent.TextDelta(fragment) : new ChatEvent.ToolCallDelta(call, fragment));
    }

    private void stop(JsonNode told) {
        reason = ReplyJson.text(told, "stopReason");
        sequence = ReplyJson.text(told.path("additionalModelResponseFields"), "stop_sequence");
    }

    /** Returns the end of the answer once nothing more comes. */
    ChatEvent.Finished end() throws ProviderException {
        if (!started || reason == null) {
            throw failures.brokenOff();
        }
        return new ChatEvent.Finished(finishReason(reason), usage, sequence);
    }

    private FinishReason finishReason(String told) throws ProviderException {
        return switch (told) {
            case "tool_use" -> calls > 0 ? FinishReason.TOOL_CALLS : FinishReason.STOP;
            case "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
            case "stop_sequence" -> FinishReason.STOP_SEQUENCE;
            case "guardrail_intervened", "content_filtered", "refusal" -> FinishReason.REFUSAL;
            case "malformed_model_output", "malformed_tool_use" ->
                throw failures.badReply("the model failed to produce one (" + told + ")");
            default -> FinishReason.STOP;
        };
    }

    /** The input is without what was read from and written to the cache. */
    private static @Nullable TokenUsage usage(@Nullable JsonNode told) {
        if (told == null || !told.path("outputTokens").isIntegralNumber()) {
            return null;
        }
        long writes = ReplyJson.count(told, "cacheWriteInputTokens");
        long longWrites = 0;
        for (JsonNode detail : told.path("cacheDetails")) {
            longWrites += "1h".equals(ReplyJson.text(detail, "ttl")) ? ReplyJson.count(detail, "inputTokens") : 0;
        }
        longWrites = Math.min(writes, longWrites);
        return new TokenUsage(
                ReplyJson.count(told, "inputTokens"),
                ReplyJson.count(told, "outputTokens"),
                ReplyJson.count(told, "cacheReadInputTokens"),
                writes - longWrites,
                longWrites,
                0,
                false);
    }
}
