package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body of Anthropic's {@code POST /v1/messages} for a provider of another schema. Server tools and documents,
 * which no other provider has, are refused; a cache mark on tools moves to the end of the system text behind them.
 */
final class AnthropicMessagesReader {
    private AnthropicMessagesReader() {}

    static ChatRequest read(ObjectNode body) {
        JsonFields fields = JsonFields.of(body);
        if (!fields.has("max_tokens")) {
            throw fields.invalid("max_tokens", "is required");
        }
        return readConversation(fields);
    }

    /** Reads the body of {@code POST /v1/messages/count_tokens}, which is the same without the bound on the answer. */
    static ChatRequest readForCount(ObjectNode body) {
        return readConversation(JsonFields.of(body));
    }

    private static ChatRequest readConversation(JsonFields fields) {
        List<Message> messages = new ArrayList<>();
        if (fields.has("system")) {
            messages.add(new Message(Role.SYSTEM, system(fields)));
        }
        for (JsonFields message : fields.objects("messages")) {
            messages.add(new Message(role(message), content(message, "content")));
        }
        if (messages.stream().allMatch(message -> message.role() == Role.SYSTEM)) {
            throw fields.invalid("messages", "must hold at least one message");
        }
        JsonFields metadata = fields.object("metadata");
        JsonFields choice = fields.object("tool_choice");
        Boolean parallelDisabled = choice == null ? null : choice.bool("disable_parallel_tool_use");
        return new ChatRequest(
                fields.requireText("model"),
                messages,
                Boolean.TRUE.equals(fields.bool("stream")),
                fields.intNumber("max_tokens", 1, Integer.MAX_VALUE),
                fields.decimal("temperature", 0, 1),
                fields.decimal("top_p", 0, 1),
                fields.texts("stop_sequences"),
                null,
                tools(fields),
                toolChoice(choice),
                parallelDisabled == null ? null : !parallelDisabled,
                outputFormat(fields),
                reasoningEffort(fields),
                metadata == null ? null : metadata.text("user_id"),
                new ChatRequest.Sampling(fields.intNumber("top_k", 0, Integer.MAX_VALUE), null, null));
    }

    private static Role role(JsonFields message) {
        return switch (message.requireText("role")) {
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            default -> throw message.invalid("role", "must be user or assistant");
        };
    }

    private static List<Part> system(JsonFields fields) {
        List<Part> parts = new ArrayList<>(content(fields, "system"));
        boolean marked = parts.stream().anyMatch(Part.CacheMark.class::isInstance);
        for (JsonFields tool : fields.objects("tools")) {
            if (!marked && tool.has("cache_control")) {
                marked = true;
                parts.add(cacheMark(tool));
            }
        }
        return parts;
    }

    private static Part.CacheMark cacheMark(JsonFields owner) {
        JsonFields control = owner.object("cache_control");
        String ttl = control == null ? null : control.text("ttl");
        if (ttl != null && !ttl.equals("5m") && !ttl.equals("1h")) {
            throw owner.invalid("cache_control", "has a ttl that is neither 5m nor 1h");
        }
        return new Part.CacheMark(ttl);
    }

    private static List<Part> content(JsonFields owner, String name) {
        JsonNode content = owner.get(name);
        if (content == null) {
            throw owner.invalid(name, "is required");
        }
        if (content.isTextual()) {
            return List.of(new Part.Text(content.textValue()));
        }
        List<Part> parts = new ArrayList<>();
        for (JsonFields block : owner.objects(name)) {
            parts.add(block(block));
            if (block.has("cache_control")) {
                parts.add(cacheMark(block));
            }
        }
        return parts;
    }

    private static Part block(JsonFields block) {
        String type = block.requireText("type");
        return switch (type) {
            case "text" -> new Part.Text(presentText(block, "text"));
            case "image" -> image(block);
            case "tool_use" -> {
                JsonFields input = block.object("input");
                yield new Part.ToolCall(
                        block.requireText("id"),
                        block.requireText("name"),
                        input == null ? "{}" : new String(Json.write(input.node()), StandardCharsets.UTF_8));
            }
            case "tool_result" ->
                new Part.ToolResult(
                        block.requireText("tool_use_id"),
                        block.has("content") ? content(block, "content") : List.of(),
                        Boolean.TRUE.equals(block.bool("is_error")));
            case "thinking" -> new Part.Reasoning(presentText(block, "thinking"), block.text("signature"));
            default -> throw block.invalid("type", "'" + type + "' cannot be sent to this model's provider");
        };
    }

    private static Part image(JsonFields block) {
        JsonFields source = block.object("source");
        if (source == null) {
            throw block.invalid("source", "is required");
        }
        return switch (source.requireText("type")) {
            case "base64" -> new Part.InlineImage(source.requireText("media_type"), source.requireText("data"));
            case "url" -> new Part.LinkedImage(source.requireText("url"));
            default -> throw source.invalid("type", "must be base64 or url");
        };
    }

    private static List<Tool> tools(JsonFields fields) {
        List<Tool> tools = new ArrayList<>();
        for (JsonFields tool : fields.objects("tools")) {
            String type = tool.text("type");
            if (type != null && !type.equals("custom")) {
                throw tool.invalid("type", "'" + type + "' is a tool of Anthropic's own and not available here");
            }
            JsonFields schema = tool.object("input_schema");
            tools.add(new Tool(
                    tool.requireText("name"),
                    tool.text("description"),
                    schema == null ? null : schema.node(),
                    tool.bool("strict")));
        }
        return tools;
    }

    private static ToolChoice toolChoice(@Nullable JsonFields choice) {
        if (choice == null) {
            return new ToolChoice.Auto();
        }
        return switch (choice.requireText("type")) {
            case "auto" -> new ToolChoice.Auto();
            case "none" -> new ToolChoice.None();
            case "any" -> new ToolChoice.Any();
            case "tool" -> new ToolChoice.Named(choice.requireText("name"));
            default -> throw choice.invalid("type", "must be auto, any, tool or none");
        };
    }

    /** {@code output_config.format}; while it was in beta it was called {@code output_format}. */
    private static OutputFormat outputFormat(JsonFields fields) {
        JsonFields config = fields.object("output_config");
        JsonFields format = config == null ? null : config.object("format");
        if (format == null) {
            format = fields.object("output_format");
        }
        JsonFields schema = format == null ? null : format.object("schema");
        return schema == null
                ? new OutputFormat.PlainText()
                : new OutputFormat.JsonSchema("answer", schema.node(), Boolean.TRUE);
    }

    /**
     * Translates a thinking budget into the nearest effort that other providers know. An effort of Anthropic's own is one of
     * the whole answer: without thinking, other providers have none. Where the model is to find out itself whether to think,
     * one that cannot think must not be asked to.
     */
    private static @Nullable String reasoningEffort(JsonFields fields) {
        JsonFields config = fields.object("output_config");
        String effort = config == null ? null : config.text("effort");
        JsonFields thinking = fields.object("thinking");
        String type = thinking == null ? null : thinking.text("type");
        if (thinking == null || type == null || type.equals("disabled") || type.equals("adaptive")) {
            return null;
        }
        if (effort != null) {
            return switch (effort) {
                case "low", "medium", "high" -> effort;
                case "xhigh", "max" -> "high";
                default -> throw Objects.requireNonNull(config).invalid("effort", "must be low, medium, high or max");
            };
        }
        Integer budget = thinking.intNumber("budget_tokens", 1, Integer.MAX_VALUE);
        if (budget == null || budget > 16_000) {
            return "high";
        }
        return budget > 4_000 ? "medium" : "low";
    }

    private static String presentText(JsonFields fields, String name) {
        String text = fields.text(name);
        if (text == null) {
            throw fields.invalid(name, "is required");
        }
        return text;
    }
}
