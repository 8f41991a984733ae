package dev.gantry.provider.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The Gemini API: content, streamed or whole, counts of tokens, embeddings. */
final class GeminiWire implements Wire {
    static final String SIGNATURE = "c2VhbGVkIHRob3VnaHQ=";

    private static final Map<Integer, String> STATUSES = Map.of(
            400, "INVALID_ARGUMENT",
            401, "UNAUTHENTICATED",
            403, "PERMISSION_DENIED",
            404, "NOT_FOUND",
            429, "RESOURCE_EXHAUSTED",
            503, "UNAVAILABLE",
            504, "DEADLINE_EXCEEDED");

    private String method = "";
    private ObjectNode body = Json.object();

    @Override
    public Asked read(ObjectNode asked, String path) {
        int colon = path.lastIndexOf(':');
        method = path.substring(colon + 1);
        body = asked;
        String model = path.substring(path.lastIndexOf('/') + 1, colon);
        requireFields(asked, method);
        JsonNode options = asked.path("generationConfig");
        JsonNode tool =
                asked.path("tools").path(0).path("functionDeclarations").path(0).path("name");
        return new Asked(
                URLDecoder.decode(model, StandardCharsets.UTF_8),
                method.equals("streamGenerateContent"),
                true,
                lastUserText(asked.path("contents")),
                options.path("maxOutputTokens").asInt(Integer.MAX_VALUE),
                Wire.texts(options.path("stopSequences")),
                tool.isTextual() ? tool.textValue() : null);
    }

    /** Google refuses fields that it does not know. */
    private static void requireFields(ObjectNode asked, String method) {
        List<String> known = switch (method) {
            case "generateContent", "streamGenerateContent" ->
                List.of("contents", "systemInstruction", "tools", "toolConfig", "generationConfig");
            case "countTokens" -> List.of("generateContentRequest");
            case "batchEmbedContents" -> List.of("requests");
            default -> throw new GantryException(ErrorCode.INVALID_REQUEST, "no method " + method);
        };
        asked.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw new GantryException(ErrorCode.INVALID_REQUEST, "Invalid JSON payload: unknown name " + field);
            }
        });
    }

    private static String lastUserText(JsonNode contents) {
        for (int index = contents.size() - 1; index >= 0; index--) {
            if (contents.get(index).path("role").asText().equals("user")) {
                return Wire.text(contents.get(index).path("parts"));
            }
        }
        return "";
    }

    @Override
    public ObjectNode whole(Told told) {
        return switch (method) {
            case "countTokens" ->
                Json.object().put("totalTokens", told.scenario().inputTokens());
            case "batchEmbedContents" -> embeddings(told);
            default ->
                chunk(told, reason(told), parts -> {
                    writeThought(parts, told);
                    if (!told.pieces().isEmpty()) {
                        parts.addObject().put("text", told.text());
                    }
                    writeCalls(parts, told);
                });
        };
    }

    @Override
    public List<Buffer> stream(Told told) {
        List<Buffer> chunks = new ArrayList<>();
        chunks.add(event(chunk(told, "", parts -> {
            writeThought(parts, told);
            if (parts.isEmpty()) {
                parts.addObject().put("text", "");
            }
        })));
        for (String piece : told.pieces()) {
            chunks.add(event(chunk(told, "", parts -> parts.addObject().put("text", piece))));
        }
        chunks.add(event(chunk(told, reason(told), parts -> {
            writeCalls(parts, told);
            if (parts.isEmpty()) {
                parts.addObject().put("text", "");
            }
        })));
        return chunks;
    }

    private static ObjectNode chunk(Told told, String reason, Consumer<ArrayNode> parts) {
        ObjectNode chunk = Json.object();
        ObjectNode candidate = chunk.putArray("candidates").addObject();
        parts.accept(candidate.putObject("content").put("role", "model").putArray("parts"));
        if (!reason.isEmpty()) {
            candidate.put("finishReason", reason);
        }
        candidate.put("index", 0);
        if (told.scenario().usage()) {
            Scenario scenario = told.scenario();
            ObjectNode usage = chunk.putObject("usageMetadata").put("promptTokenCount", scenario.inputTokens());
            if (scenario.cacheReadTokens() > 0) {
                usage.put("cachedContentTokenCount", scenario.cacheReadTokens());
            }
            if (scenario.reasoningTokens() > 0) {
                usage.put("thoughtsTokenCount", scenario.reasoningTokens());
            }
            if (!reason.isEmpty()) {
                usage.put("candidatesTokenCount", told.outputTokens() - scenario.reasoningTokens());
                usage.put("totalTokenCount", scenario.inputTokens() + told.outputTokens());
            }
        }
        return chunk.put("modelVersion", told.asked().model()).put("responseId", "resp-" + told.id());
    }

    private static void writeThought(ArrayNode parts, Told told) {
        if (!told.reasoning().isEmpty()) {
            parts.addObject().put("text", told.reasoning()).put("thought", true);
        }
    }

    /** The first of parallel calls carries the seal over the thoughts before it. */
    private static void writeCalls(ArrayNode parts, Told told) {
        for (int index = 0; index < told.calls().size(); index++) {
            Scenario.ToolCall call = told.calls().get(index);
            ObjectNode part = parts.addObject();
            part.putObject("functionCall")
                    .put("id", "call_" + told.id() + "_" + index)
                    .put("name", call.name())
                    .set("args", Json.read(call.arguments()));
            if (index == 0) {
                part.put("thoughtSignature", SIGNATURE);
            }
        }
    }

    private static String reason(Told told) {
        return told.end() == Told.End.BOUND ? "MAX_TOKENS" : "STOP";
    }

    private ObjectNode embeddings(Told told) {
        ObjectNode reply = Json.object();
        ArrayNode embeddings = reply.putArray("embeddings");
        for (JsonNode request : body.path("requests")) {
            int dimensions = request.path("outputDimensionality").asInt(SimulatedVectors.DIMENSIONS);
            ArrayNode values = embeddings.addObject().putArray("values");
            for (float number :
                    SimulatedVectors.of(Wire.text(request.path("content").path("parts")), dimensions)) {
                values.add(number);
            }
        }
        if (told.scenario().usage()) {
            reply.putObject("usageMetadata")
                    .put("promptTokenCount", told.scenario().inputTokens());
        }
        return reply;
    }

    @Override
    public Buffer errorInStream(String type, String message) {
        return event(error(503, type, message));
    }

    @Override
    public ObjectNode error(int status, String type, String message) {
        ObjectNode error = Json.object();
        error.putObject("error")
                .put("code", status)
                .put("message", message)
                .put("status", STATUSES.getOrDefault(status, "INTERNAL"));
        return error;
    }

    @Override
    public ObjectNode models() {
        ObjectNode list = Json.object();
        ArrayNode models = list.putArray("models");
        for (String name : List.of("sim-small", "sim-large")) {
            models.addObject().put("name", "models/" + name).put("displayName", name);
        }
        return list;
    }

    @Override
    public String streamType() {
        return "text/event-stream";
    }

    private static Buffer event(ObjectNode data) {
        return Buffer.buffer("data: ").appendBytes(Json.write(data)).appendString("\r\n\r\n");
    }
}
