package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.JsonFields;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Role;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body of OpenAI's {@code POST /v1/responses} for a provider of another schema. What lives on OpenAI's servers
 * (built-in tools, uploaded files) is refused; what becomes of parameters that such a provider may not have says
 * {@link ClientParameters}.
 */
final class OpenAiResponsesReader {
    private OpenAiResponsesReader() {}

    static ChatRequest read(ObjectNode body) {
        JsonFields fields = JsonFields.of(body);
        List<Message> messages = new ArrayList<>();
        String instructions = fields.text("instructions");
        if (instructions != null && !instructions.isEmpty()) {
            messages.add(Message.text(Role.SYSTEM, instructions));
        }
        messages.addAll(new OpenAiResponsesInput(fields).messages());
        OpenAiResponsesTools tools = OpenAiResponsesTools.read(fields);
        return new ChatRequest(
                fields.requireText("model"),
                messages,
                Boolean.TRUE.equals(fields.bool("stream")),
                fields.intNumber("max_output_tokens", 1, Integer.MAX_VALUE),
                fields.decimal("temperature", 0, 2),
                fields.decimal("top_p", 0, 1),
                List.of(),
                null,
                tools.offered(),
                tools.choice(),
                fields.bool("parallel_tool_calls"),
                outputFormat(fields),
                reasoningEffort(fields),
                OpenAiChatReader.endUser(fields),
                new ChatRequest.Sampling(
                        null, fields.decimal("presence_penalty", -2, 2), fields.decimal("frequency_penalty", -2, 2)));
    }

    private static OutputFormat outputFormat(JsonFields fields) {
        JsonFields text = fields.object("text");
        JsonFields format = text == null ? null : text.object("format");
        if (format == null) {
            return new OutputFormat.PlainText();
        }
        return switch (format.requireText("type")) {
            case "text" -> new OutputFormat.PlainText();
            case "json_object" -> new OutputFormat.AnyJson();
            case "json_schema" -> {
                JsonNode schema = format.get("schema");
                if (!(schema instanceof ObjectNode)) {
                    throw format.invalid("schema", schema == null ? "is required" : "must be an object");
                }
                yield new OutputFormat.JsonSchema(format.requireText("name"), schema, format.bool("strict"));
            }
            default -> throw format.invalid("type", "must be text, json_object or json_schema");
        };
    }

    /** The shared words know four efforts; none is the same as saying nothing. */
    private static @Nullable String reasoningEffort(JsonFields fields) {
        JsonFields reasoning = fields.object("reasoning");
        String effort = reasoning == null ? null : reasoning.text("effort");
        if (reasoning == null || effort == null) {
            return null;
        }
        return switch (effort) {
            case "none" -> null;
            case "minimal", "low", "medium", "high" -> effort;
            case "xhigh", "max" -> "high";
            default -> throw reasoning.invalid("effort", "must be none, minimal, low, medium, high or xhigh");
        };
    }
}
