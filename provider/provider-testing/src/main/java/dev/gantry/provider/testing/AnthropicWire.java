package dev.gantry.provider.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** Anthropic's messages. */
final class AnthropicWire implements Wire {
    static final String SIGNATURE = "c2VhbA==";

    @Override
    public Asked read(ObjectNode body, String path) {
        JsonNode tool = body.path("tools").path(0).path("name");
        return new Asked(
                body.path("model").asText(),
                body.path("stream").asBoolean(false),
                true,
                Wire.lastUserText(body.path("messages")),
                body.path("max_tokens").asInt(Integer.MAX_VALUE),
                Wire.texts(body.path("stop_sequences")),
                tool.isTextual() ? tool.textValue() : null);
    }

    @Override
    public ObjectNode whole(Told told) {
        ObjectNode reply = message(told);
        ArrayNode content = reply.putArray("content");
        if (!told.reasoning().isEmpty()) {
            content.addObject()
                    .put("type", "thinking")
                    .put("thinking", told.reasoning())
                    .put("signature", SIGNATURE);
        }
        if (!told.pieces().isEmpty()) {
            content.addObject().put("type", "text").put("text", told.text());
        }
        for (int index = 0; index < told.calls().size(); index++) {
            content.add(toolUse(told, index, Json.read(told.calls().get(index).arguments())));
        }
        reply.put("stop_reason", reason(told));
        reply.put("stop_sequence", told.sequence());
        if (told.scenario().usage()) {
            reply.set("usage", usage(told).put("output_tokens", told.outputTokens()));
        }
        return reply;
    }

    @Override
    public List<Buffer> stream(Told told) {
        List<Buffer> chunks = new ArrayList<>();
        Buffer opening = start(told);
        int block = 0;
        if (!told.reasoning().isEmpty()) {
            opening.appendBuffer(thinking(told, block++));
        }
        boolean text = told.calls().isEmpty();
        if (text) {
            opening.appendBuffer(
                    blockStart(block, Json.object().put("type", "text").put("text", "")));
        }
        chunks.add(opening.appendBuffer(event("ping", Json.object().put("type", "ping"))));
        for (String piece : told.pieces()) {
            chunks.add(delta(block, Json.object().put("type", "text_delta").put("text", piece)));
        }
        Buffer closing = Buffer.buffer();
        if (text) {
            closing.appendBuffer(blockStop(block++));
        }
        for (int index = 0; index < told.calls().size(); index++) {
            closing.appendBuffer(toolUseBlock(told, index, block++));
        }
        chunks.add(closing.appendBuffer(end(told)));
        return chunks;
    }

    private static Buffer start(Told told) {
        ObjectNode message = message(told);
        message.putArray("content");
        message.putNull("stop_reason");
        message.putNull("stop_sequence");
        if (told.scenario().usage()) {
            message.set("usage", usage(told).put("output_tokens", 1));
        }
        ObjectNode start = Json.object().put("type", "message_start");
        start.set("message", message);
        return event("message_start", start);
    }

    private static Buffer end(Told told) {
        ObjectNode end = Json.object().put("type", "message_delta");
        end.putObject("delta").put("stop_reason", reason(told)).put("stop_sequence", told.sequence());
        if (told.scenario().usage()) {
            end.putObject("usage").put("output_tokens", told.outputTokens());
        }
        return event("message_delta", end)
                .appendBuffer(event("message_stop", Json.object().put("type", "message_stop")));
    }

    private static Buffer thinking(Told told, int block) {
        return blockStart(block, Json.object().put("type", "thinking").put("thinking", ""))
                .appendBuffer(
                        delta(block, Json.object().put("type", "thinking_delta").put("thinking", told.reasoning())))
                .appendBuffer(delta(
                        block, Json.object().put("type", "signature_delta").put("signature", SIGNATURE)))
                .appendBuffer(blockStop(block));
    }

    private static Buffer toolUseBlock(Told told, int index, int block) {
        String arguments = told.calls().get(index).arguments();
        int half = arguments.length() / 2;
        Buffer events = blockStart(block, toolUse(told, index, Json.object()));
        for (String fragment : List.of(arguments.substring(0, half), arguments.substring(half))) {
            events.appendBuffer(
                    delta(block, Json.object().put("type", "input_json_delta").put("partial_json", fragment)));
        }
        return events.appendBuffer(blockStop(block));
    }

    private static ObjectNode toolUse(Told told, int index, JsonNode input) {
        ObjectNode use = Json.object()
                .put("type", "tool_use")
                .put("id", "toolu_" + told.id() + "_" + index)
                .put("name", told.calls().get(index).name());
        use.set("input", input);
        return use;
    }

    private static ObjectNode message(Told told) {
        return Json.object()
                .put("id", "msg_" + told.id())
                .put("type", "message")
                .put("role", "assistant")
                .put("model", told.asked().model());
    }

    private static ObjectNode usage(Told told) {
        Scenario scenario = told.scenario();
        return Json.object()
                .put("input_tokens", scenario.inputTokens() - scenario.cacheReadTokens() - scenario.cacheWriteTokens())
                .put("cache_creation_input_tokens", scenario.cacheWriteTokens())
                .put("cache_read_input_tokens", scenario.cacheReadTokens());
    }

    private static Buffer blockStart(int block, ObjectNode content) {
        ObjectNode start = Json.object().put("type", "content_block_start").put("index", block);
        start.set("content_block", content);
        return event("content_block_start", start);
    }

    private static Buffer delta(int block, ObjectNode content) {
        ObjectNode delta = Json.object().put("type", "content_block_delta").put("index", block);
        delta.set("delta", content);
        return event("content_block_delta", delta);
    }

    private static Buffer blockStop(int block) {
        return event(
                "content_block_stop",
                Json.object().put("type", "content_block_stop").put("index", block));
    }

    private static String reason(Told told) {
        return switch (told.end()) {
            case DONE -> "end_turn";
            case BOUND -> "max_tokens";
            case SEQUENCE -> "stop_sequence";
            case TOOLS -> "tool_use";
        };
    }

    @Override
    public Buffer errorInStream(String type, String message) {
        return event("error", error(500, type, message));
    }

    @Override
    public ObjectNode error(int status, String type, String message) {
        ObjectNode body = Json.object().put("type", "error");
        body.putObject("error").put("type", type).put("message", message);
        return body;
    }

    @Override
    public ObjectNode models() {
        ObjectNode list = Json.object();
        ArrayNode data = list.putArray("data");
        for (String id : List.of("sim-small", "sim-large")) {
            data.addObject().put("type", "model").put("id", id).put("display_name", id);
        }
        return list.put("has_more", false);
    }

    @Override
    public String streamType() {
        return "text/event-stream; charset=utf-8";
    }

    private static Buffer event(String name, ObjectNode data) {
        return Buffer.buffer("event: " + name + "\ndata: ")
                .appendBytes(Json.write(data))
                .appendString("\n\n");
    }
}
