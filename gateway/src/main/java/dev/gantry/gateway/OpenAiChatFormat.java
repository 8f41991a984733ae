package dev.gantry.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.ChatAnswer.ToolCall;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatEvent.FinishReason;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Replies of OpenAI's {@code POST /v1/chat/completions}, from its public API reference. */
public final class OpenAiChatFormat implements ReplyFormat {
    private final Clock clock;

    /** The clock stamps {@code created}. */
    public OpenAiChatFormat(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Buffer whole(ChatAnswer answer, Settled settled) {
        ObjectNode body = head(answer.id(), answer.model(), "chat.completion");
        ObjectNode choice = body.putArray("choices").addObject();
        choice.put("index", 0);
        ObjectNode message = choice.putObject("message");
        message.put("role", "assistant");
        if (answer.text().isEmpty() && !answer.toolCalls().isEmpty()) {
            message.putNull("content");
        } else {
            message.put("content", answer.text());
        }
        message.putNull("refusal");
        if (!answer.reasoning().isEmpty()) {
            message.put("reasoning_content", answer.reasoning());
        }
        if (!answer.toolCalls().isEmpty()) {
            ArrayNode calls = message.putArray("tool_calls");
            for (ToolCall call : answer.toolCalls()) {
                ObjectNode node = calls.addObject();
                node.put("id", call.id());
                node.put("type", "function");
                node.putObject("function").put("name", call.name()).put("arguments", call.arguments());
            }
        }
        choice.putNull("logprobs");
        choice.put("finish_reason", finishReason(answer.finishReason()));
        body.set("usage", usage(settled.told()));
        return Buffer.buffer(Json.write(body));
    }

    @Override
    public Buffer error(GantryException error, String requestId) {
        ObjectNode body = Json.object();
        body.set("error", OpenAiErrorBody.of(error));
        return Buffer.buffer(Json.write(body));
    }

    @Override
    public Buffer brokenStream(GantryException error, String requestId) {
        return ServerSentEvents.data(error(error, requestId));
    }

    @Override
    public StreamWriter stream(Prompt prompt) {
        return new Chunks(prompt.includeUsage());
    }

    /** Writes {@code chat.completion.chunk} objects. */
    private final class Chunks implements StreamWriter {
        private final boolean includeUsage;
        private String id = "";
        private String model = "";

        Chunks(boolean includeUsage) {
            this.includeUsage = includeUsage;
        }

        @Override
        public Buffer event(ChatEvent event) {
            return switch (event) {
                case ChatEvent.Started started -> {
                    id = started.id();
                    model = started.model();
                    ObjectNode delta = Json.object().put("role", "assistant").put("content", "");
                    yield chunk(delta, null);
                }
                case ChatEvent.TextDelta text -> chunk(Json.object().put("content", text.text()), null);
                case ChatEvent.ReasoningDelta reasoning ->
                    reasoning.text().isEmpty()
                            ? Buffer.buffer()
                            : chunk(Json.object().put("reasoning_content", reasoning.text()), null);
                case ChatEvent.ToolCallStarted call -> {
                    ObjectNode delta = Json.object();
                    ObjectNode node = delta.putArray("tool_calls").addObject();
                    node.put("index", call.index()).put("id", call.id()).put("type", "function");
                    node.putObject("function").put("name", call.name()).put("arguments", "");
                    yield chunk(delta, null);
                }
                case ChatEvent.ToolCallDelta call -> {
                    ObjectNode delta = Json.object();
                    ObjectNode node = delta.putArray("tool_calls").addObject();
                    node.put("index", call.index());
                    node.putObject("function").put("arguments", call.argumentsFragment());
                    yield chunk(delta, null);
                }
                case ChatEvent.Finished finished -> chunk(Json.object(), finished.reason());
            };
        }

        @Override
        public Buffer broken(GantryException error, String requestId) {
            return brokenStream(error, requestId);
        }

        @Override
        public Buffer end(Settled settled) {
            Buffer end = Buffer.buffer();
            if (includeUsage) {
                ObjectNode body = head(id, model, "chat.completion.chunk");
                body.putArray("choices");
                body.set("usage", usage(settled.told()));
                end.appendBuffer(ServerSentEvents.data(Buffer.buffer(Json.write(body))));
            }
            return end.appendBuffer(ServerSentEvents.data(Buffer.buffer("[DONE]")));
        }

        private Buffer chunk(ObjectNode delta, @Nullable FinishReason reason) {
            ObjectNode body = head(id, model, "chat.completion.chunk");
            ObjectNode choice = body.putArray("choices").addObject();
            choice.put("index", 0);
            choice.set("delta", delta);
            choice.putNull("logprobs");
            choice.put("finish_reason", reason == null ? null : finishReason(reason));
            return ServerSentEvents.data(Buffer.buffer(Json.write(body)));
        }
    }

    private ObjectNode head(String id, String model, String object) {
        return Json.object()
                .put("id", id)
                .put("object", object)
                .put("created", clock.instant().getEpochSecond())
                .put("model", model);
    }

    private static ObjectNode usage(TokenUsage usage) {
        ObjectNode node = Json.object()
                .put("prompt_tokens", usage.prompt())
                .put("completion_tokens", usage.output())
                .put("total_tokens", usage.total());
        node.putObject("prompt_tokens_details")
                .put("cached_tokens", usage.cacheRead())
                .put("cache_write_tokens", usage.cacheWrite() + usage.cacheWriteLong());
        node.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoning());
        return node;
    }

    private static String finishReason(FinishReason reason) {
        return switch (reason) {
            case STOP, STOP_SEQUENCE -> "stop";
            case LENGTH -> "length";
            case TOOL_CALLS -> "tool_calls";
            case REFUSAL -> "content_filter";
        };
    }
}
