package dev.gantry.provider.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** Ollama's chat. */
final class OllamaWire implements Wire {
    private static final String CREATED = "2026-01-01T00:00:00Z";

    @Override
    public Asked read(ObjectNode body, String path) {
        JsonNode options = body.path("options");
        JsonNode tool = body.path("tools").path(0).path("function").path("name");
        return new Asked(
                body.path("model").asText(),
                body.path("stream").asBoolean(true),
                true,
                Wire.lastUserText(body.path("messages")),
                options.path("num_predict").asInt(Integer.MAX_VALUE),
                Wire.texts(options.path("stop")),
                tool.isTextual() ? tool.textValue() : null);
    }

    @Override
    public ObjectNode whole(Told told) {
        ObjectNode message = Json.object().put("role", "assistant").put("content", told.text());
        return closing(told, withExtras(message, told));
    }

    @Override
    public List<Buffer> stream(Told told) {
        List<Buffer> chunks = new ArrayList<>();
        ObjectNode opening = Json.object().put("role", "assistant").put("content", "");
        chunks.add(line(head(told, withExtras(opening, told)).put("done", false)));
        for (String piece : told.pieces()) {
            ObjectNode message = Json.object().put("role", "assistant").put("content", piece);
            chunks.add(line(head(told, message).put("done", false)));
        }
        chunks.add(line(closing(told, Json.object().put("role", "assistant").put("content", ""))));
        return chunks;
    }

    private static ObjectNode withExtras(ObjectNode message, Told told) {
        if (!told.reasoning().isEmpty()) {
            message.put("thinking", told.reasoning());
        }
        if (!told.calls().isEmpty()) {
            ArrayNode calls = message.putArray("tool_calls");
            for (Scenario.ToolCall call : told.calls()) {
                ObjectNode function = calls.addObject().putObject("function").put("name", call.name());
                function.set("arguments", Json.read(call.arguments()));
            }
        }
        return message;
    }

    private static ObjectNode head(Told told, ObjectNode message) {
        ObjectNode head = Json.object().put("model", told.asked().model()).put("created_at", CREATED);
        head.set("message", message);
        return head;
    }

    private static ObjectNode closing(Told told, ObjectNode message) {
        ObjectNode closing = head(told, message).put("done", true);
        closing.put("done_reason", told.end() == Told.End.BOUND ? "length" : "stop");
        if (told.scenario().usage()) {
            closing.put("prompt_eval_count", told.scenario().inputTokens());
            closing.put("eval_count", told.outputTokens());
        }
        return closing;
    }

    @Override
    public Buffer errorInStream(String type, String message) {
        return line(error(500, type, message));
    }

    @Override
    public ObjectNode error(int status, String type, String message) {
        return Json.object().put("error", message);
    }

    @Override
    public ObjectNode models() {
        ObjectNode list = Json.object();
        ArrayNode models = list.putArray("models");
        for (String name : List.of("sim-small:latest", "sim-large:latest", "bge-m3:latest")) {
            models.addObject()
                    .put("name", name)
                    .put("model", name)
                    .put("size", 1_000_000)
                    .putObject("details")
                    .put("family", name.startsWith("bge") ? "bert" : "llama");
        }
        return list;
    }

    @Override
    public String streamType() {
        return "application/x-ndjson";
    }

    private static Buffer line(ObjectNode data) {
        return Buffer.buffer(Json.write(data)).appendString("\n");
    }
}
