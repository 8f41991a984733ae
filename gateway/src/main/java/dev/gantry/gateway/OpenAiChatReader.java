package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.JsonFields;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body of OpenAI's {@code POST /v1/chat/completions} for a provider of another schema. What becomes of parameters
 * that such a provider may not have says {@link ClientParameters}.
 */
final class OpenAiChatReader {
    private OpenAiChatReader() {}

    static ChatRequest read(ObjectNode body) {
        JsonFields fields = JsonFields.of(body);
        List<Message> messages = new ArrayList<>();
        for (JsonFields message : fields.objects("messages")) {
            messages.add(message(message));
        }
        if (messages.isEmpty()) {
            throw fields.invalid("messages", "must hold at least one message");
        }
        Integer outputTokensMax = fields.intNumber("max_completion_tokens", 1, Integer.MAX_VALUE);
        if (outputTokensMax == null) {
            outputTokensMax = fields.intNumber("max_tokens", 1, Integer.MAX_VALUE);
        }
        return new ChatRequest(
                fields.requireText("model"),
                messages,
                Boolean.TRUE.equals(fields.bool("stream")),
                outputTokensMax,
                fields.decimal("temperature", 0, 2),
                fields.decimal("top_p", 0, 1),
                stop(fields),
                fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                tools(fields),
                toolChoice(fields),
                fields.bool("parallel_tool_calls"),
                outputFormat(fields),
                fields.text("reasoning_effort"),
                endUser(fields),
                new ChatRequest.Sampling(
                        null, fields.decimal("presence_penalty", -2, 2), fields.decimal("frequency_penalty", -2, 2)));
    }

    /** The field that came to replace {@code user}, or that one. */
    static @Nullable String endUser(JsonFields fields) {
        String identifier = fields.text("safety_identifier");
        return identifier == null ? fields.text("user") : identifier;
    }

    private static Message message(JsonFields message) {
        String role = message.requireText("role");
        return switch (role) {
            case "system", "developer" -> new Message(Role.SYSTEM, content(message, "content"));
            case "user" -> new Message(Role.USER, content(message, "content"));
            case "assistant" -> new Message(Role.ASSISTANT, assistantParts(message));
            case "tool" ->
                new Message(
                        Role.USER,
                        List.of(new Part.ToolResult(
                                message.requireText("tool_call_id"), content(message, "content"), false)));
            default -> throw message.invalid("role", "must be one of system, developer, user, assistant, tool");
        };
    }

    private static List<Part> assistantParts(JsonFields message) {
        List<Part> parts = new ArrayList<>();
        if (message.has("content")) {
            parts.addAll(content(message, "content"));
        }
        String refusal = message.text("refusal");
        if (refusal != null) {
            parts.add(new Part.Text(refusal));
        }
        for (JsonFields call : message.objects("tool_calls")) {
            JsonFields function = requireObject(call, "function");
            String arguments = function.text("arguments");
            parts.add(new Part.ToolCall(
                    call.requireText("id"),
                    function.requireText("name"),
                    arguments == null || arguments.isBlank() ? "{}" : arguments));
        }
        if (parts.isEmpty()) {
            throw message.invalid("content", "or 'tool_calls' is required");
        }
        return parts;
    }

    private static List<Part> content(JsonFields message, String name) {
        JsonNode content = message.get(name);
        if (content == null) {
            throw message.invalid(name, "is required");
        }
        if (content.isTextual()) {
            return List.of(new Part.Text(content.textValue()));
        }
        if (!(content instanceof ArrayNode)) {
            throw message.invalid(name, "must be a string or an array of parts");
        }
        List<Part> parts = new ArrayList<>();
        for (JsonFields part : message.objects(name)) {
            parts.add(part(part));
        }
        return parts;
    }

    private static Part part(JsonFields part) {
        String type = part.requireText("type");
        return switch (type) {
            case "text" -> new Part.Text(requirePresentText(part, "text"));
            case "refusal" -> new Part.Text(requirePresentText(part, "refusal"));
            case "image_url" -> ImageAddress.read(requireObject(part, "image_url"), "url");
            default ->
                throw part.invalid(
                        "type", "'" + type + "' cannot be sent to this model's provider; use text or image_url");
        };
    }

    private static List<String> stop(JsonFields fields) {
        JsonNode stop = fields.get("stop");
        return stop != null && stop.isTextual() ? List.of(stop.textValue()) : fields.texts("stop");
    }

    private static List<Tool> tools(JsonFields fields) {
        List<Tool> tools = new ArrayList<>();
        for (JsonFields tool : fields.objects("tools")) {
            if (!"function".equals(tool.requireText("type"))) {
                throw tool.invalid("type", "must be 'function' with this model's provider");
            }
            JsonFields function = requireObject(tool, "function");
            JsonFields parameters = function.object("parameters");
            tools.add(new Tool(
                    function.requireText("name"),
                    function.text("description"),
                    parameters == null ? null : parameters.node(),
                    function.bool("strict")));
        }
        return tools;
    }

    private static ToolChoice toolChoice(JsonFields fields) {
        JsonNode choice = fields.get("tool_choice");
        if (choice == null) {
            return new ToolChoice.Auto();
        }
        if (choice.isTextual()) {
            return switch (choice.textValue()) {
                case "auto" -> new ToolChoice.Auto();
                case "none" -> new ToolChoice.None();
                case "required" -> new ToolChoice.Any();
                default -> throw fields.invalid("tool_choice", "must be auto, none, required or a function to call");
            };
        }
        JsonFields named = requireObject(fields, "tool_choice");
        return new ToolChoice.Named(requireObject(named, "function").requireText("name"));
    }

    private static OutputFormat outputFormat(JsonFields fields) {
        JsonFields format = fields.object("response_format");
        if (format == null) {
            return new OutputFormat.PlainText();
        }
        return switch (format.requireText("type")) {
            case "text" -> new OutputFormat.PlainText();
            case "json_object" -> new OutputFormat.AnyJson();
            case "json_schema" -> {
                JsonFields schema = requireObject(format, "json_schema");
                yield new OutputFormat.JsonSchema(
                        schema.requireText("name"),
                        requireObject(schema, "schema").node(),
                        schema.bool("strict"));
            }
            default -> throw format.invalid("type", "must be text, json_object or json_schema");
        };
    }

    private static JsonFields requireObject(JsonFields fields, String name) {
        @Nullable JsonFields object = fields.object(name);
        if (object == null) {
            throw fields.invalid(name, "is required");
        }
        return object;
    }

    private static String requirePresentText(JsonFields fields, String name) {
        @Nullable String text = fields.text(name);
        if (text == null) {
            throw fields.invalid(name, "is required");
        }
        return text;
    }
}
