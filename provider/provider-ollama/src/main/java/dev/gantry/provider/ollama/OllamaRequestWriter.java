package dev.gantry.provider.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.UpstreamFailures;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a conversation as a request for Ollama's chat.
 *
 * <p>What has no exact counterpart: results of tools go under the name of the tool, since there are no ids of calls;
 * reasoning of earlier answers and the person behind the request are left out; linked pictures are refused, since Ollama
 * fetches nothing.
 */
final class OllamaRequestWriter {
    private final UpstreamFailures failures;
    private final Map<String, String> toolOfCall = new HashMap<>();

    private OllamaRequestWriter(UpstreamFailures failures) {
        this.failures = failures;
    }

    static ObjectNode write(ChatRequest request, UpstreamFailures failures) throws ProviderException {
        ObjectNode body = Json.object();
        body.put("model", request.model());
        OllamaRequestWriter writer = new OllamaRequestWriter(failures);
        ArrayNode messages = body.putArray("messages");
        for (Message message : request.messages()) {
            writer.writeMessage(messages, message);
        }
        body.put("stream", request.stream());
        writeOptions(body, request);
        writeTools(body, request);
        switch (request.outputFormat()) {
            case OutputFormat.PlainText plain -> {
                // The default.
            }
            case OutputFormat.AnyJson any -> body.put("format", "json");
            case OutputFormat.JsonSchema schema -> body.set("format", schema.schema());
        }
        writeThinking(body, request);
        return body;
    }

    private static void writeOptions(ObjectNode body, ChatRequest request) {
        ObjectNode options = Json.object();
        if (request.outputTokensMax() != null) {
            options.put("num_predict", request.outputTokensMax());
        }
        if (request.temperature() != null) {
            options.put("temperature", request.temperature());
        }
        if (request.topP() != null) {
            options.put("top_p", request.topP());
        }
        if (request.sampling().topK() != null) {
            options.put("top_k", request.sampling().topK());
        }
        if (request.sampling().presencePenalty() != null) {
            options.put("presence_penalty", request.sampling().presencePenalty());
        }
        if (request.sampling().frequencyPenalty() != null) {
            options.put("frequency_penalty", request.sampling().frequencyPenalty());
        }
        if (request.seed() != null) {
            options.put("seed", request.seed());
        }
        if (!request.stop().isEmpty()) {
            ArrayNode stop = options.putArray("stop");
            request.stop().forEach(stop::add);
        }
        if (!options.isEmpty()) {
            body.set("options", options);
        }
    }

    private static void writeThinking(ObjectNode body, ChatRequest request) {
        String effort = request.reasoningEffort();
        if (effort == null) {
            return;
        }
        switch (effort) {
            case "low", "medium", "high" -> body.put("think", effort);
            default -> body.put("think", false);
        }
    }

    private static void writeTools(ObjectNode body, ChatRequest request) {
        if (request.tools().isEmpty() || request.toolChoice() instanceof ToolChoice.None) {
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (Tool tool : request.tools()) {
            ObjectNode function = tools.addObject().put("type", "function").putObject("function");
            function.put("name", tool.name());
            function.put("description", tool.description() == null ? "" : tool.description());
            function.set(
                    "parameters", tool.parameters() == null ? Json.object().put("type", "object") : tool.parameters());
        }
    }

    private void writeMessage(ArrayNode messages, Message message) throws ProviderException {
        for (Part part : message.parts()) {
            if (part instanceof Part.ToolResult result) {
                ObjectNode written = messages.addObject().put("role", "tool");
                String text = text(result.content());
                written.put("content", result.isError() ? "Error: " + text : text);
                String tool = toolOfCall.get(result.toolCallId());
                if (tool != null) {
                    written.put("tool_name", tool);
                }
                writePictures(written, result.content());
            }
        }
        boolean onlyResults =
                !message.parts().isEmpty() && message.parts().stream().allMatch(Part.ToolResult.class::isInstance);
        if (onlyResults) {
            return;
        }
        ObjectNode written = messages.addObject()
                .put(
                        "role",
                        switch (message.role()) {
                            case SYSTEM -> "system";
                            case USER -> "user";
                            case ASSISTANT -> "assistant";
                        });
        written.put("content", text(message.parts()));
        writePictures(written, message.parts());
        writeCalls(written, message.parts());
    }

    private void writeCalls(ObjectNode written, List<Part> parts) {
        for (Part part : parts) {
            if (part instanceof Part.ToolCall call) {
                toolOfCall.put(call.id(), call.name());
                written.withArrayProperty("tool_calls")
                        .addObject()
                        .putObject("function")
                        .put("name", call.name())
                        .set("arguments", arguments(call.arguments()));
            }
        }
    }

    private void writePictures(ObjectNode written, List<Part> parts) throws ProviderException {
        for (Part part : parts) {
            if (part instanceof Part.InlineImage image) {
                written.withArrayProperty("images").add(image.base64());
            }
            if (part instanceof Part.LinkedImage) {
                throw failures.unsupported("pictures by address; send them in the message");
            }
        }
    }

    private static JsonNode arguments(String text) {
        try {
            JsonNode parsed = Json.read(text.isBlank() ? "{}" : text);
            return parsed.isObject() ? parsed : Json.object().set("value", parsed);
        } catch (GantryException malformed) {
            return Json.object().put("value", text);
        }
    }

    private static String text(List<Part> parts) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            if (part instanceof Part.Text piece) {
                text.append(text.isEmpty() ? "" : "\n").append(piece.text());
            }
        }
        return text.toString();
    }
}
