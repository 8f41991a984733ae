package dev.gantry.provider.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.provider.OutputLimitField;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a conversation as a request for a chat completion.
 *
 * <p>Three things have no exact counterpart: results of tools become messages of their own before the rest of their
 * message; pictures in them follow as a message of the user, since a tool's message holds only text; reasoning of earlier
 * answers is left out, since it cannot be given back.
 */
final class OpenAiRequestWriter {
    private final OutputLimitField outputLimitField;

    /** {@code outputLimitField} is one of the two fields, not {@code AUTO}. */
    OpenAiRequestWriter(OutputLimitField outputLimitField) {
        this.outputLimitField = outputLimitField;
    }

    ObjectNode write(ChatRequest request) {
        ObjectNode body = Json.object();
        body.put("model", request.model());
        ArrayNode messages = body.putArray("messages");
        request.messages().forEach(message -> writeMessage(messages, message));
        if (request.stream()) {
            body.put("stream", true);
            body.putObject("stream_options").put("include_usage", true);
        }
        writeOptions(body, request);
        writeTools(body, request);
        writeOutputFormat(body, request.outputFormat());
        return body;
    }

    private void writeOptions(ObjectNode body, ChatRequest request) {
        if (request.outputTokensMax() != null) {
            String field = switch (outputLimitField) {
                case MAX_COMPLETION_TOKENS -> "max_completion_tokens";
                case MAX_TOKENS, AUTO -> "max_tokens";
            };
            body.put(field, request.outputTokensMax());
        }
        if (request.temperature() != null) {
            body.put("temperature", request.temperature());
        }
        if (request.topP() != null) {
            body.put("top_p", request.topP());
        }
        if (!request.stop().isEmpty()) {
            ArrayNode stop = body.putArray("stop");
            request.stop().forEach(stop::add);
        }
        if (request.sampling().presencePenalty() != null) {
            body.put("presence_penalty", request.sampling().presencePenalty());
        }
        if (request.sampling().frequencyPenalty() != null) {
            body.put("frequency_penalty", request.sampling().frequencyPenalty());
        }
        if (request.seed() != null) {
            body.put("seed", request.seed());
        }
        if (request.reasoningEffort() != null) {
            body.put("reasoning_effort", request.reasoningEffort());
        }
        if (request.endUser() != null) {
            body.put("user", request.endUser());
        }
    }

    private static void writeTools(ObjectNode body, ChatRequest request) {
        if (request.tools().isEmpty()) {
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (Tool tool : request.tools()) {
            ObjectNode function = tools.addObject().put("type", "function").putObject("function");
            function.put("name", tool.name());
            if (tool.description() != null) {
                function.put("description", tool.description());
            }
            if (tool.parameters() != null) {
                function.set("parameters", tool.parameters());
            }
            if (tool.strict() != null) {
                function.put("strict", tool.strict());
            }
        }
        switch (request.toolChoice()) {
            case ToolChoice.Auto auto -> {
                // The default.
            }
            case ToolChoice.None none -> body.put("tool_choice", "none");
            case ToolChoice.Any any -> body.put("tool_choice", "required");
            case ToolChoice.Named named ->
                body.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .put("name", named.name());
        }
        if (request.parallelToolCalls() != null) {
            body.put("parallel_tool_calls", request.parallelToolCalls());
        }
    }

    private static void writeOutputFormat(ObjectNode body, OutputFormat format) {
        switch (format) {
            case OutputFormat.PlainText plain -> {
                // The default.
            }
            case OutputFormat.AnyJson any -> body.putObject("response_format").put("type", "json_object");
            case OutputFormat.JsonSchema schema -> {
                ObjectNode described = body.putObject("response_format")
                        .put("type", "json_schema")
                        .putObject("json_schema");
                described.put("name", schema.name());
                described.set("schema", schema.schema());
                if (schema.strict() != null) {
                    described.put("strict", schema.strict());
                }
            }
        }
    }

    private static void writeMessage(ArrayNode messages, Message message) {
        switch (message.role()) {
            case SYSTEM -> messages.addObject().put("role", "system").put("content", text(message.parts()));
            case USER -> writeUser(messages, message.parts());
            case ASSISTANT -> writeAssistant(messages, message.parts());
        }
    }

    private static void writeUser(ArrayNode messages, List<Part> parts) {
        List<Part> rest = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Part.ToolResult result) {
                String text = text(result.content());
                messages.addObject()
                        .put("role", "tool")
                        .put("tool_call_id", result.toolCallId())
                        .put("content", result.isError() ? "Error: " + text : text);
                result.content().stream().filter(OpenAiRequestWriter::isPicture).forEach(rest::add);
            } else if (!(part instanceof Part.CacheMark)) {
                rest.add(part);
            }
        }
        if (rest.isEmpty()) {
            return;
        }
        ObjectNode user = messages.addObject().put("role", "user");
        if (rest.size() == 1 && rest.getFirst() instanceof Part.Text only) {
            user.put("content", only.text());
            return;
        }
        ArrayNode content = user.putArray("content");
        rest.forEach(part -> writePart(content, part));
    }

    private static void writePart(ArrayNode content, Part part) {
        switch (part) {
            case Part.Text text -> content.addObject().put("type", "text").put("text", text.text());
            case Part.InlineImage image ->
                writePicture(content, "data:" + image.mediaType() + ";base64," + image.base64());
            case Part.LinkedImage image -> writePicture(content, image.url());
            case Part.ToolCall call -> content.addObject().put("type", "text").put("text", call.arguments());
            case Part.ToolResult result ->
                content.addObject().put("type", "text").put("text", text(result.content()));
            case Part.Reasoning reasoning -> {
                // Only its author may see it again.
            }
            case Part.CacheMark mark -> {
                // These providers cache by themselves.
            }
        }
    }

    private static void writePicture(ArrayNode content, String url) {
        content.addObject().put("type", "image_url").putObject("image_url").put("url", url);
    }

    private static void writeAssistant(ArrayNode messages, List<Part> parts) {
        ObjectNode assistant = messages.addObject().put("role", "assistant");
        String text = text(parts);
        List<Part.ToolCall> calls = parts.stream()
                .filter(Part.ToolCall.class::isInstance)
                .map(Part.ToolCall.class::cast)
                .toList();
        if (!text.isEmpty() || calls.isEmpty()) {
            assistant.put("content", text);
        } else {
            assistant.putNull("content");
        }
        if (calls.isEmpty()) {
            return;
        }
        ArrayNode toolCalls = assistant.putArray("tool_calls");
        for (Part.ToolCall call : calls) {
            toolCalls
                    .addObject()
                    .put("id", call.id())
                    .put("type", "function")
                    .putObject("function")
                    .put("name", call.name())
                    .put("arguments", call.arguments());
        }
    }

    private static boolean isPicture(Part part) {
        return part instanceof Part.InlineImage || part instanceof Part.LinkedImage;
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
