package dev.gantry.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.ChatAnswer.ToolCall;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatEvent.FinishReason;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Replies of Anthropic's {@code POST /v1/messages}, from its public API reference. */
public final class AnthropicMessagesFormat implements ReplyFormat {
    @Override
    public Buffer whole(ChatAnswer answer, Settled settled) {
        ObjectNode body = message(answer.id(), answer.model());
        ArrayNode content = body.putArray("content");
        if (!answer.reasoning().isEmpty()) {
            content.addObject()
                    .put("type", "thinking")
                    .put("thinking", answer.reasoning())
                    .put("signature", answer.signature() == null ? "" : answer.signature());
        }
        if (!answer.text().isEmpty()) {
            content.addObject().put("type", "text").put("text", answer.text());
        }
        for (ToolCall call : answer.toolCalls()) {
            ObjectNode block = content.addObject().put("type", "tool_use").put("id", call.id());
            block.put("name", call.name());
            block.set("input", input(call));
        }
        body.put("stop_reason", stopReason(answer.finishReason()));
        body.put("stop_sequence", answer.stopSequence());
        body.set("usage", usage(settled.told()));
        return Buffer.buffer(Json.write(body));
    }

    @Override
    public Buffer error(GantryException error, String requestId) {
        ObjectNode body = Json.object().put("type", "error");
        body.putObject("error").put("type", errorType(error.code())).put("message", error.getMessage());
        body.put("request_id", requestId);
        return Buffer.buffer(Json.write(body));
    }

    @Override
    public Buffer brokenStream(GantryException error, String requestId) {
        return ServerSentEvents.event("error", error(error, requestId));
    }

    @Override
    public StreamWriter stream(Prompt prompt) {
        return new Events();
    }

    /**
     * Writes the blocks of a message: each is started, filled and stopped before the next begins, but that models which write
     * several tool calls at a time go on with one that was stopped, by its number.
     */
    private final class Events implements StreamWriter {
        private enum Block {
            NONE,
            TEXT,
            THINKING,
            TOOL
        }

        private Block open = Block.NONE;
        private int index = -1;
        private final Map<Integer, Integer> blocksOfCalls = new HashMap<>();
        private FinishReason reason = FinishReason.STOP;
        private @Nullable String stopSequence;

        @Override
        public Buffer event(ChatEvent event) {
            return switch (event) {
                case ChatEvent.Started started -> {
                    ObjectNode body = Json.object().put("type", "message_start");
                    ObjectNode message = message(started.id(), started.model());
                    message.putArray("content");
                    message.putNull("stop_reason").putNull("stop_sequence");
                    message.set("usage", usage(TokenUsage.NONE));
                    body.set("message", message);
                    yield named(body);
                }
                case ChatEvent.TextDelta text -> {
                    ObjectNode delta = Json.object().put("type", "text_delta").put("text", text.text());
                    ObjectNode start = Json.object().put("type", "text").put("text", "");
                    yield switchTo(Block.TEXT, start).appendBuffer(delta(delta));
                }
                case ChatEvent.ReasoningDelta reasoning -> reasoning(reasoning);
                case ChatEvent.ToolCallStarted call -> {
                    ObjectNode start = Json.object().put("type", "tool_use").put("id", call.id());
                    start.put("name", call.name()).putObject("input");
                    Buffer begun = close().appendBuffer(switchTo(Block.TOOL, start));
                    blocksOfCalls.put(call.index(), index);
                    yield begun;
                }
                case ChatEvent.ToolCallDelta call ->
                    delta(
                            blocksOfCalls.getOrDefault(call.index(), index),
                            Json.object()
                                    .put("type", "input_json_delta")
                                    .put("partial_json", call.argumentsFragment()));
                case ChatEvent.Finished finished -> {
                    reason = finished.reason();
                    stopSequence = finished.stopSequence();
                    yield close();
                }
            };
        }

        @Override
        public Buffer broken(GantryException error, String requestId) {
            return brokenStream(error, requestId);
        }

        @Override
        public Buffer end(Settled settled) {
            ObjectNode body = Json.object().put("type", "message_delta");
            body.putObject("delta").put("stop_reason", stopReason(reason)).put("stop_sequence", stopSequence);
            body.set("usage", usage(settled.told()));
            return named(body).appendBuffer(named(Json.object().put("type", "message_stop")));
        }

        private Buffer reasoning(ChatEvent.ReasoningDelta reasoning) {
            ObjectNode start = Json.object().put("type", "thinking").put("thinking", "");
            Buffer buffer = switchTo(Block.THINKING, start.put("signature", ""));
            if (!reasoning.text().isEmpty()) {
                buffer.appendBuffer(
                        delta(Json.object().put("type", "thinking_delta").put("thinking", reasoning.text())));
            }
            if (reasoning.signature() != null) {
                buffer.appendBuffer(
                        delta(Json.object().put("type", "signature_delta").put("signature", reasoning.signature())));
            }
            return buffer;
        }

        private Buffer switchTo(Block block, ObjectNode start) {
            if (open == block) {
                return Buffer.buffer();
            }
            Buffer buffer = close();
            open = block;
            index++;
            ObjectNode body = Json.object().put("type", "content_block_start").put("index", index);
            body.set("content_block", start);
            return buffer.appendBuffer(named(body));
        }

        private Buffer close() {
            if (open == Block.NONE) {
                return Buffer.buffer();
            }
            open = Block.NONE;
            return named(Json.object().put("type", "content_block_stop").put("index", index));
        }

        private Buffer delta(ObjectNode delta) {
            return delta(index, delta);
        }

        private static Buffer delta(int block, ObjectNode delta) {
            ObjectNode body = Json.object().put("type", "content_block_delta").put("index", block);
            body.set("delta", delta);
            return named(body);
        }

        private static Buffer named(ObjectNode body) {
            return ServerSentEvents.event(body.get("type").textValue(), Buffer.buffer(Json.write(body)));
        }
    }

    private static ObjectNode message(String id, String model) {
        return Json.object()
                .put("id", id)
                .put("type", "message")
                .put("role", "assistant")
                .put("model", model);
    }

    /** The arguments as an object; text that is not one is kept under a name of its own rather than lost. */
    private static ObjectNode input(ToolCall call) {
        try {
            return Json.readObject(call.arguments().getBytes(StandardCharsets.UTF_8));
        } catch (GantryException notAnObject) {
            return Json.object().put("_invalid_json", call.arguments());
        }
    }

    private static ObjectNode usage(TokenUsage usage) {
        return Json.object()
                .put("input_tokens", usage.input())
                .put("cache_creation_input_tokens", usage.cacheWrite() + usage.cacheWriteLong())
                .put("cache_read_input_tokens", usage.cacheRead())
                .put("output_tokens", usage.output());
    }

    private static String stopReason(FinishReason reason) {
        return switch (reason) {
            case STOP -> "end_turn";
            case STOP_SEQUENCE -> "stop_sequence";
            case LENGTH -> "max_tokens";
            case TOOL_CALLS -> "tool_use";
            case REFUSAL -> "refusal";
        };
    }

    private static String errorType(ErrorCode code) {
        return switch (ErrorStatus.of(code)) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 400, 405, 408, 409, 412, 415, 499 -> "invalid_request_error";
            case 503 -> "overloaded_error";
            case 504 -> "timeout_error";
            default -> "api_error";
        };
    }
}
