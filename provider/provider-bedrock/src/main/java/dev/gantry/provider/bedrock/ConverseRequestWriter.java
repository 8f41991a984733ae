package dev.gantry.provider.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.provider.ClosedSchema;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.UpstreamFailures;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a conversation as a request of Converse.
 *
 * <p>What has no exact counterpart: system messages are gathered into {@code system}; neighbouring messages of one role become
 * one, since roles must alternate; blank texts are left out, since they are refused; a temperature above 1 becomes 1;
 * {@code seed} and the person behind the request are left out. A JSON schema becomes {@code outputConfig}, or the schema of a
 * tool that must be called where a model knows only that; JSON without a schema is asked for in words.
 */
final class ConverseRequestWriter {
    /** The tool whose arguments are the answer. */
    static final String ANSWER_TOOL = "answer";

    private static final String JSON_WISH =
            "Answer with one JSON object and with nothing else: no explanation, no fence.";
    private static final Map<String, String> PICTURES = Map.of(
            "image/png", "png", "image/jpeg", "jpeg", "image/jpg", "jpeg", "image/gif", "gif", "image/webp", "webp");

    private final ChatRequest request;
    private final BedrockModel model;
    private final UpstreamFailures failures;

    ConverseRequestWriter(ChatRequest request, BedrockModel model, UpstreamFailures failures) {
        this.request = request;
        this.model = model;
        this.failures = failures;
    }

    /** Returns whether the answer comes as the call of {@link #ANSWER_TOOL}. */
    boolean answersByTool() {
        return request.outputFormat() instanceof OutputFormat.JsonSchema && model.takesSchemaByTool();
    }

    /**
     * Writes it.
     *
     * @throws ProviderException if it holds something that cannot be said
     */
    ObjectNode write() throws ProviderException {
        ObjectNode body = Json.object();
        writeMessages(body.putArray("messages"));
        writeSystem(body);
        ConverseOptions.write(body, request, model, failures);
        writeTools(body);
        if (request.outputFormat() instanceof OutputFormat.JsonSchema schema && !answersByTool()) {
            ObjectNode format =
                    body.putObject("outputConfig").putObject("textFormat").put("type", "json_schema");
            format.putObject("structure")
                    .putObject("jsonSchema")
                    .put("name", schema.name())
                    .put("schema", new String(Json.write(ClosedSchema.of(schema.schema())), StandardCharsets.UTF_8));
        }
        return body;
    }

    private void writeSystem(ObjectNode body) {
        ArrayNode system = Json.object().putArray("system");
        for (Message message : request.messages()) {
            if (message.role() == Role.SYSTEM) {
                for (Part part : message.parts()) {
                    if (part instanceof Part.Text text && !text.text().isBlank()) {
                        system.addObject().put("text", text.text());
                    } else if (part instanceof Part.CacheMark mark && !system.isEmpty()) {
                        writeCachePoint(system, mark);
                    }
                }
            }
        }
        if (request.outputFormat() instanceof OutputFormat.AnyJson) {
            system.addObject().put("text", JSON_WISH);
        }
        if (!system.isEmpty()) {
            body.set("system", system);
        }
    }

    private void writeMessages(ArrayNode messages) throws ProviderException {
        Role open = Role.SYSTEM;
        ArrayNode content = Json.object().putArray("content");
        for (Message message : request.messages()) {
            if (message.role() == Role.SYSTEM) {
                continue;
            }
            ArrayNode blocks = Json.object().putArray("content");
            for (Part part : message.parts()) {
                writePart(blocks, part);
            }
            if (blocks.isEmpty()) {
                continue;
            }
            if (message.role() != open) {
                open = message.role();
                content = messages.addObject()
                        .put("role", open == Role.USER ? "user" : "assistant")
                        .putArray("content");
            }
            content.addAll(blocks);
        }
    }

    private void writePart(ArrayNode blocks, Part part) throws ProviderException {
        switch (part) {
            case Part.Text text -> {
                if (!text.text().isBlank()) {
                    blocks.addObject().put("text", text.text());
                }
            }
            case Part.InlineImage image -> writePicture(blocks, image);
            case Part.LinkedImage image -> throw failures.unsupported("pictures by address; send them in the message");
            case Part.ToolCall call ->
                blocks.addObject()
                        .putObject("toolUse")
                        .put("toolUseId", call.id())
                        .put("name", call.name())
                        .set("input", arguments(call.arguments()));
            case Part.ToolResult result -> writeResult(blocks, result);
            case Part.Reasoning reasoning -> writeReasoning(blocks, reasoning);
            case Part.CacheMark mark -> {
                if (!blocks.isEmpty()) {
                    writeCachePoint(blocks, mark);
                }
            }
        }
    }

    private static void writeCachePoint(ArrayNode blocks, Part.CacheMark mark) {
        ObjectNode point = blocks.addObject().putObject("cachePoint").put("type", "default");
        if (mark.ttl() != null) {
            point.put("ttl", mark.ttl());
        }
    }

    private void writePicture(ArrayNode blocks, Part.InlineImage image) throws ProviderException {
        String format = PICTURES.get(image.mediaType());
        if (format == null) {
            throw failures.unsupported(
                    "pictures of type " + image.mediaType() + "; png, jpeg, gif and webp are possible");
        }
        blocks.addObject()
                .putObject("image")
                .put("format", format)
                .putObject("source")
                .put("bytes", image.base64());
    }

    private void writeResult(ArrayNode blocks, Part.ToolResult result) throws ProviderException {
        ObjectNode written = blocks.addObject().putObject("toolResult").put("toolUseId", result.toolCallId());
        ArrayNode content = written.putArray("content");
        for (Part part : result.content()) {
            if (part instanceof Part.Text || part instanceof Part.InlineImage || part instanceof Part.LinkedImage) {
                writePart(content, part);
            }
        }
        if (content.isEmpty()) {
            content.addObject().putObject("json");
        }
        if (result.isError()) {
            written.put("status", "error");
        }
    }

    /** Without its seal, or with another provider's, it would be refused. */
    private static void writeReasoning(ArrayNode blocks, Part.Reasoning reasoning) {
        String signature = reasoning.signature();
        if (signature == null) {
            return;
        }
        String redacted = RedactedReasoning.open(signature);
        if (redacted != null) {
            blocks.addObject().putObject("reasoningContent").put("redactedContent", redacted);
        } else if (signature.indexOf(':') < 0) {
            blocks.addObject()
                    .putObject("reasoningContent")
                    .putObject("reasoningText")
                    .put("text", reasoning.text())
                    .put("signature", signature);
        }
    }

    private void writeTools(ObjectNode body) throws ProviderException {
        boolean byTool = answersByTool();
        if (byTool && !request.tools().isEmpty()) {
            throw failures.unsupported("tools together with a JSON schema for " + model.id() + "; use one of them");
        }
        if (request.toolChoice() instanceof ToolChoice.None && !holdsTools()) {
            return;
        }
        if (request.toolChoice() instanceof ToolChoice.None && !request.tools().isEmpty()) {
            throw failures.unsupported("tool_choice none while the conversation holds calls of tools");
        }
        if (!byTool && request.tools().isEmpty()) {
            return;
        }
        ObjectNode config = body.putObject("toolConfig");
        ArrayNode tools = config.putArray("tools");
        if (byTool && request.outputFormat() instanceof OutputFormat.JsonSchema schema) {
            writeTool(tools, ANSWER_TOOL, "Give the answer", schema.schema(), false);
            config.putObject("toolChoice").putObject("tool").put("name", ANSWER_TOOL);
            return;
        }
        for (Tool tool : request.tools()) {
            writeTool(tools, tool.name(), tool.description(), tool.parameters(), Boolean.TRUE.equals(tool.strict()));
        }
        switch (request.toolChoice()) {
            case ToolChoice.Auto auto -> {
                // The default.
            }
            case ToolChoice.None none -> {
                // Handled before.
            }
            case ToolChoice.Any any -> config.putObject("toolChoice").putObject("any");
            case ToolChoice.Named named ->
                config.putObject("toolChoice").putObject("tool").put("name", named.name());
        }
    }

    private static void writeTool(
            ArrayNode tools, String name, @Nullable String description, @Nullable JsonNode schema, boolean strict) {
        ObjectNode spec = tools.addObject().putObject("toolSpec").put("name", name);
        if (description != null && !description.isBlank()) {
            spec.put("description", description);
        }
        spec.putObject("inputSchema").set("json", schema == null ? Json.object().put("type", "object") : schema);
        if (strict) {
            spec.put("strict", true);
        }
    }

    private boolean holdsTools() {
        return request.messages().stream()
                .flatMap(message -> message.parts().stream())
                .anyMatch(part -> part instanceof Part.ToolCall || part instanceof Part.ToolResult);
    }

    /** Converse takes only objects; what a model wrote otherwise is kept as a text in one. */
    private static JsonNode arguments(String text) {
        if (text.isBlank()) {
            return Json.object();
        }
        try {
            JsonNode parsed = Json.read(text);
            return parsed.isObject() ? parsed : Json.object().set("value", parsed);
        } catch (GantryException malformed) {
            return Json.object().put("value", text);
        }
    }
}
