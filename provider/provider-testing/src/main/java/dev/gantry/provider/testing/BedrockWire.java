package dev.gantry.provider.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/**
 * Amazon Bedrock's Converse, whole and streamed, and its count of tokens. Frames are written by AWS's own library. Streams that
 * are written down have an event a line: its type, a space, its JSON; a type with an exclamation mark is an exception.
 */
final class BedrockWire implements Wire {
    static final String SIGNATURE = "c2VhbA==";

    private String operation = "";

    @Override
    public Asked read(ObjectNode body, String path) {
        String[] segments = path.split("/");
        operation = segments[3];
        boolean count = operation.equals("count-tokens");
        JsonNode asked = count ? body.path("input").path("converse") : body;
        JsonNode options = asked.path("inferenceConfig");
        JsonNode tool =
                asked.path("toolConfig").path("tools").path(0).path("toolSpec").path("name");
        return new Asked(
                URLDecoder.decode(segments[2], StandardCharsets.UTF_8),
                operation.equals("converse-stream"),
                true,
                Wire.lastUserText(asked.path("messages")),
                options.path("maxTokens").asInt(Integer.MAX_VALUE),
                Wire.texts(options.path("stopSequences")),
                tool.isTextual() ? tool.textValue() : null);
    }

    @Override
    public ObjectNode whole(Told told) {
        if (operation.equals("count-tokens")) {
            return Json.object().put("inputTokens", told.scenario().inputTokens());
        }
        ObjectNode reply = Json.object();
        ArrayNode content = reply.putObject("output")
                .putObject("message")
                .put("role", "assistant")
                .putArray("content");
        if (!told.reasoning().isEmpty()) {
            content.addObject()
                    .putObject("reasoningContent")
                    .putObject("reasoningText")
                    .put("text", told.reasoning())
                    .put("signature", SIGNATURE);
        }
        if (!told.pieces().isEmpty()) {
            content.addObject().put("text", told.text());
        }
        for (int index = 0; index < told.calls().size(); index++) {
            ObjectNode use = use(content.addObject(), told, index);
            use.set("input", Json.read(told.calls().get(index).arguments()));
        }
        stop(reply, told);
        return usage(reply, told);
    }

    @Override
    public List<Buffer> stream(Told told) {
        List<Buffer> chunks = new ArrayList<>();
        Buffer opening = event("messageStart", Json.object().put("role", "assistant"));
        int block = 0;
        if (!told.reasoning().isEmpty()) {
            opening.appendBuffer(delta(block, "reasoningContent", Json.object().put("text", told.reasoning())))
                    .appendBuffer(delta(block, "reasoningContent", Json.object().put("signature", SIGNATURE)))
                    .appendBuffer(blockStop(block++));
        }
        chunks.add(opening);
        for (String piece : told.pieces()) {
            ObjectNode text = Json.object().put("contentBlockIndex", block);
            text.putObject("delta").put("text", piece);
            chunks.add(event("contentBlockDelta", text));
        }
        Buffer closing = Buffer.buffer();
        if (!told.pieces().isEmpty()) {
            closing.appendBuffer(blockStop(block++));
        }
        for (int index = 0; index < told.calls().size(); index++) {
            closing.appendBuffer(call(told, index, block++));
        }
        closing.appendBuffer(event("messageStop", stop(Json.object(), told)));
        if (told.scenario().usage()) {
            closing.appendBuffer(event("metadata", usage(Json.object(), told)));
        }
        chunks.add(closing);
        return chunks;
    }

    private static Buffer call(Told told, int index, int block) {
        ObjectNode start = Json.object().put("contentBlockIndex", block);
        use(start.putObject("start"), told, index);
        Buffer events = event("contentBlockStart", start);
        String arguments = told.calls().get(index).arguments();
        int half = arguments.length() / 2;
        for (String fragment : List.of(arguments.substring(0, half), arguments.substring(half))) {
            events.appendBuffer(delta(block, "toolUse", Json.object().put("input", fragment)));
        }
        return events.appendBuffer(blockStop(block));
    }

    private static ObjectNode use(ObjectNode owner, Told told, int index) {
        return owner.putObject("toolUse")
                .put("toolUseId", "tooluse_" + told.id() + "_" + index)
                .put("name", told.calls().get(index).name());
    }

    private static Buffer delta(int block, String kind, ObjectNode content) {
        ObjectNode delta = Json.object().put("contentBlockIndex", block);
        delta.putObject("delta").set(kind, content);
        return event("contentBlockDelta", delta);
    }

    private static Buffer blockStop(int block) {
        return event("contentBlockStop", Json.object().put("contentBlockIndex", block));
    }

    private static ObjectNode stop(ObjectNode target, Told told) {
        target.put(
                "stopReason",
                switch (told.end()) {
                    case DONE -> "end_turn";
                    case BOUND -> "max_tokens";
                    case SEQUENCE -> "stop_sequence";
                    case TOOLS -> "tool_use";
                });
        if (told.sequence() != null) {
            target.putObject("additionalModelResponseFields").put("stop_sequence", told.sequence());
        }
        return target;
    }

    private static ObjectNode usage(ObjectNode target, Told told) {
        Scenario scenario = told.scenario();
        if (scenario.usage()) {
            int input = scenario.inputTokens() - scenario.cacheReadTokens() - scenario.cacheWriteTokens();
            target.putObject("usage")
                    .put("inputTokens", input)
                    .put("outputTokens", told.outputTokens())
                    .put("totalTokens", scenario.inputTokens() + told.outputTokens())
                    .put("cacheReadInputTokens", scenario.cacheReadTokens())
                    .put("cacheWriteInputTokens", scenario.cacheWriteTokens());
        }
        target.putObject("metrics").put("latencyMs", 1);
        return target;
    }

    @Override
    public Buffer verbatim(String stream) {
        Buffer frames = Buffer.buffer();
        for (String line : stream.split("\n")) {
            int space = line.indexOf(' ');
            if (space > 0) {
                byte[] payload = line.substring(space + 1).getBytes(StandardCharsets.UTF_8);
                String type = line.substring(0, space);
                frames.appendBuffer(
                        type.endsWith("!")
                                ? frame("exception", ":exception-type", type.substring(0, type.length() - 1), payload)
                                : frame("event", ":event-type", type, payload));
            }
        }
        return frames;
    }

    /** A frame whose last byte was changed on the way. */
    @Override
    public Buffer rubbish() {
        Buffer frame = event("messageStart", Json.object().put("role", "assistant"));
        return frame.setByte(frame.length() - 1, (byte) ~frame.getByte(frame.length() - 1));
    }

    @Override
    public Buffer errorInStream(String type, String message) {
        return frame(
                "exception",
                ":exception-type",
                "serviceUnavailableException",
                Json.write(Json.object().put("message", message)));
    }

    @Override
    public ObjectNode error(int status, String type, String message) {
        return Json.object().put("message", message).put("__type", type);
    }

    @Override
    public ObjectNode models() {
        return Json.object();
    }

    @Override
    public String streamType() {
        return "application/vnd.amazon.eventstream";
    }

    private static Buffer event(String type, ObjectNode payload) {
        return frame("event", ":event-type", type, Json.write(payload));
    }

    static Buffer frame(String messageType, String header, String type, byte[] payload) {
        ByteBuffer frame = new Message(
                        Map.of(
                                ":message-type",
                                HeaderValue.fromString(messageType),
                                header,
                                HeaderValue.fromString(type),
                                ":content-type",
                                HeaderValue.fromString("application/json")),
                        payload)
                .toByteBuffer();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return Buffer.buffer(bytes);
    }
}
