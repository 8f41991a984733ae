package dev.gantry.provider.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** OpenAI's chat completions. */
final class OpenAiWire implements Wire {
    private static final long CREATED = 1_760_000_000L;

    @Override
    public Asked read(ObjectNode body, String path) {
        JsonNode bound =
                body.has("max_completion_tokens") ? body.get("max_completion_tokens") : body.path("max_tokens");
        JsonNode tool = body.path("tools").path(0).path("function").path("name");
        return new Asked(
                body.path("model").asText(),
                body.path("stream").asBoolean(false),
                body.path("stream_options").path("include_usage").asBoolean(false),
                Wire.lastUserText(body.path("messages")),
                bound.asInt(Integer.MAX_VALUE),
                Wire.texts(body.path("stop")),
                tool.isTextual() ? tool.textValue() : null);
    }

    @Override
    public ObjectNode whole(Told told) {
        ObjectNode reply = head(told, "chat.completion");
        ObjectNode choice = reply.putArray("choices").addObject().put("index", 0);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        if (told.calls().isEmpty()) {
            message.put("content", told.text());
        } else {
            message.putNull("content");
            toolCalls(message, told, true);
        }
        if (!told.reasoning().isEmpty()) {
            message.put("reasoning_content", told.reasoning());
        }
        message.putNull("refusal");
        choice.put("finish_reason", reason(told));
        if (told.scenario().usage()) {
            reply.set("usage", usage(told));
        }
        return reply;
    }

    @Override
    public List<Buffer> stream(Told told) {
        List<Buffer> chunks = new ArrayList<>();
        ObjectNode first = Json.object().put("role", "assistant").put("content", "");
        Buffer opening = chunk(told, first, null);
        if (!told.reasoning().isEmpty()) {
            opening.appendBuffer(chunk(told, Json.object().put("reasoning_content", told.reasoning()), null));
        }
        chunks.add(opening);
        for (String piece : told.pieces()) {
            chunks.add(chunk(told, Json.object().put("content", piece), null));
        }
        Buffer closing = Buffer.buffer();
        if (!told.calls().isEmpty()) {
            for (int index = 0; index < told.calls().size(); index++) {
                toolCallChunks(told, index).forEach(closing::appendBuffer);
            }
        }
        closing.appendBuffer(chunk(told, Json.object(), reason(told)));
        if (told.asked().usageInStream() && told.scenario().usage()) {
            ObjectNode last = head(told, "chat.completion.chunk");
            last.putArray("choices");
            last.set("usage", usage(told));
            closing.appendBuffer(event(last));
        }
        chunks.add(closing.appendString("data: [DONE]\n\n"));
        return chunks;
    }

    /** The name comes first, then the arguments in two halves. */
    private static List<Buffer> toolCallChunks(Told told, int index) {
        Scenario.ToolCall call = told.calls().get(index);
        int half = call.arguments().length() / 2;
        List<Buffer> chunks = new ArrayList<>();
        ObjectNode opening = Json.object();
        ObjectNode started = opening.putArray("tool_calls").addObject().put("index", index);
        started.put("id", callId(told, index)).put("type", "function");
        started.putObject("function").put("name", call.name()).put("arguments", "");
        chunks.add(chunk(told, opening, null));
        for (String fragment :
                List.of(call.arguments().substring(0, half), call.arguments().substring(half))) {
            ObjectNode delta = Json.object();
            delta.putArray("tool_calls")
                    .addObject()
                    .put("index", index)
                    .putObject("function")
                    .put("arguments", fragment);
            chunks.add(chunk(told, delta, null));
        }
        return chunks;
    }

    private static void toolCalls(ObjectNode message, Told told, boolean whole) {
        ArrayNode calls = message.putArray("tool_calls");
        for (int index = 0; index < told.calls().size(); index++) {
            Scenario.ToolCall call = told.calls().get(index);
            calls.addObject()
                    .put("id", callId(told, index))
                    .put("type", "function")
                    .putObject("function")
                    .put("name", call.name())
                    .put("arguments", whole ? call.arguments() : "");
        }
    }

    static String callId(Told told, int index) {
        return "call_" + told.id() + "_" + index;
    }

    private static Buffer chunk(Told told, ObjectNode delta, @Nullable String reason) {
        ObjectNode chunk = head(told, "chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", reason);
        return event(chunk);
    }

    private static ObjectNode head(Told told, String kind) {
        return Json.object()
                .put("id", "chatcmpl-" + told.id())
                .put("object", kind)
                .put("created", CREATED)
                .put("model", told.asked().model());
    }

    private static ObjectNode usage(Told told) {
        ObjectNode usage = Json.object()
                .put("prompt_tokens", told.scenario().inputTokens())
                .put("completion_tokens", told.outputTokens())
                .put("total_tokens", told.scenario().inputTokens() + told.outputTokens());
        usage.putObject("prompt_tokens_details")
                .put("cached_tokens", told.scenario().cacheReadTokens())
                .put("cache_write_tokens", told.scenario().cacheWriteTokens());
        usage.putObject("completion_tokens_details")
                .put("reasoning_tokens", told.scenario().reasoningTokens());
        return usage;
    }

    private static String reason(Told told) {
        return switch (told.end()) {
            case DONE, SEQUENCE -> "stop";
            case BOUND -> "length";
            case TOOLS -> "tool_calls";
        };
    }

    @Override
    public Buffer errorInStream(String type, String message) {
        return event(error(500, type, message));
    }

    @Override
    public ObjectNode error(int status, String type, String message) {
        ObjectNode body = Json.object();
        body.putObject("error")
                .put("message", message)
                .put("type", type)
                .putNull("param")
                .put("code", type);
        return body;
    }

    @Override
    public ObjectNode models() {
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        for (String id : List.of("sim-small", "sim-large")) {
            data.addObject()
                    .put("id", id)
                    .put("object", "model")
                    .put("created", CREATED)
                    .put("owned_by", "simulator");
        }
        return list;
    }

    @Override
    public String streamType() {
        return "text/event-stream; charset=utf-8";
    }

    private static Buffer event(ObjectNode data) {
        return Buffer.buffer("data: ").appendBytes(Json.write(data)).appendString("\n\n");
    }
}
