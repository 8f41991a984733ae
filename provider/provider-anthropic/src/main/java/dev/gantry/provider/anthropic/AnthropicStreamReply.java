package dev.gantry.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.EventReader;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.UpstreamFailures;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A streamed message as events. */
final class AnthropicStreamReply implements ChatReply {
    private final EventReader reader;
    private final UpstreamFailures failures;
    private final ArrayDeque<ChatEvent> events = new ArrayDeque<>();
    private final Map<Integer, Integer> callOfBlock = new HashMap<>();
    private boolean ended;
    private @Nullable String stopReason;
    private @Nullable String stopSequence;
    private @Nullable TokenUsage usage;

    AnthropicStreamReply(EventReader reader, UpstreamFailures failures) {
        this.reader = reader;
        this.failures = failures;
    }

    @Override
    public @Nullable ChatEvent next() throws ProviderException {
        while (events.isEmpty() && !ended) {
            byte[] data = reader.next();
            if (data == null) {
                throw failures.brokenOff();
            }
            take(ReplyJson.object(data, failures));
        }
        return events.poll();
    }

    private void take(ObjectNode event) throws ProviderException {
        switch (event.path("type").asText()) {
            case "message_start" -> {
                ObjectNode message = ReplyJson.child(event, "message");
                if (message == null) {
                    throw failures.badReply("its stream begins without a message");
                }
                usage = AnthropicReplyReader.usage(message.get("usage"), usage);
                events.add(AnthropicReplyReader.started(message));
            }
            case "content_block_start" -> blockStart(event.path("index").asInt(), event.path("content_block"));
            case "content_block_delta" -> blockDelta(event.path("index").asInt(), event.path("delta"));
            case "message_delta" -> {
                String reason = ReplyJson.text(event.path("delta"), "stop_reason");
                stopReason = reason == null ? stopReason : reason;
                stopSequence = ReplyJson.text(event.path("delta"), "stop_sequence");
                usage = AnthropicReplyReader.usage(event.get("usage"), usage);
            }
            case "message_stop" -> {
                ended = true;
                events.add(AnthropicReplyReader.finished(stopReason, stopSequence, usage));
            }
            case "error" -> throw AnthropicErrors.of(event.path("error"), failures);
            default -> {
                // ping, content_block_stop, and what may be added: Anthropic asks to ignore unknown events.
            }
        }
    }

    private void blockStart(int block, JsonNode content) throws ProviderException {
        if (content.path("type").asText().equals("tool_use")) {
            int call = callOfBlock.size();
            callOfBlock.put(block, call);
            events.add(AnthropicReplyReader.toolCall(content, call, failures));
        }
        addText(ReplyJson.text(content, "text"));
    }

    private void blockDelta(int block, JsonNode delta) {
        switch (delta.path("type").asText()) {
            case "text_delta" -> addText(ReplyJson.text(delta, "text"));
            case "thinking_delta" -> {
                String thinking = ReplyJson.text(delta, "thinking");
                if (thinking != null && !thinking.isEmpty()) {
                    events.add(new ChatEvent.ReasoningDelta(thinking, null));
                }
            }
            case "signature_delta" -> events.add(new ChatEvent.ReasoningDelta("", ReplyJson.text(delta, "signature")));
            case "input_json_delta" -> {
                Integer call = callOfBlock.get(block);
                String fragment = ReplyJson.text(delta, "partial_json");
                if (call != null && fragment != null && !fragment.isEmpty()) {
                    events.add(new ChatEvent.ToolCallDelta(call, fragment));
                }
            }
            default -> {
                // Citations, and what may be added.
            }
        }
    }

    private void addText(@Nullable String text) {
        if (text != null && !text.isEmpty()) {
            events.add(new ChatEvent.TextDelta(text));
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
