package dev.gantry.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import java.nio.charset.StandardCharsets;

/** Writes out a conversation with everything on which its answer depends, apart from the model. */
final class ConversationText {
    private ConversationText() {}

    /** Returns a text that is the same for equal conversations alone. */
    static String of(ChatRequest request) {
        ObjectNode node = Json.object()
                .put("output_tokens_max", request.outputTokensMax())
                .put("temperature", request.temperature())
                .put("top_p", request.topP())
                .put("seed", request.seed())
                .put("top_k", request.sampling().topK())
                .put("presence_penalty", request.sampling().presencePenalty())
                .put("frequency_penalty", request.sampling().frequencyPenalty())
                .put("parallel_tool_calls", request.parallelToolCalls())
                .put("reasoning_effort", request.reasoningEffort())
                .put("end_user", request.endUser())
                .put("tool_choice", choice(request.toolChoice()));
        ArrayNode stop = node.putArray("stop");
        request.stop().forEach(stop::add);
        node.set("output_format", format(request.outputFormat()));
        ArrayNode tools = node.putArray("tools");
        request.tools().forEach(tool -> tools.add(tool(tool)));
        ArrayNode messages = node.putArray("messages");
        for (Message message : request.messages()) {
            ArrayNode parts =
                    messages.addObject().put("role", message.role().name()).putArray("parts");
            message.parts().forEach(part -> parts.add(part(part)));
        }
        return new String(Json.write(node), StandardCharsets.UTF_8);
    }

    private static String choice(ToolChoice choice) {
        return switch (choice) {
            case ToolChoice.Auto auto -> "auto";
            case ToolChoice.None none -> "none";
            case ToolChoice.Any any -> "any";
            case ToolChoice.Named named -> "named " + named.name();
        };
    }

    private static ObjectNode format(OutputFormat format) {
        return switch (format) {
            case OutputFormat.PlainText plain -> Json.object().put("type", "text");
            case OutputFormat.AnyJson any -> Json.object().put("type", "json");
            case OutputFormat.JsonSchema schema -> {
                ObjectNode node = Json.object()
                        .put("type", "schema")
                        .put("name", schema.name())
                        .put("strict", schema.strict());
                node.set("schema", schema.schema());
                yield node;
            }
        };
    }

    private static ObjectNode tool(Tool tool) {
        ObjectNode node = Json.object()
                .put("name", tool.name())
                .put("description", tool.description())
                .put("strict", tool.strict());
        node.set("parameters", tool.parameters());
        return node;
    }

    private static ObjectNode part(Part part) {
        return switch (part) {
            case Part.Text text -> Json.object().put("text", text.text());
            case Part.InlineImage image ->
                Json.object().put("image", image.mediaType()).put("base64", image.base64());
            case Part.LinkedImage image -> Json.object().put("link", image.url());
            case Part.ToolCall call ->
                Json.object().put("call", call.id()).put("name", call.name()).put("arguments", call.arguments());
            case Part.ToolResult result -> {
                ObjectNode node =
                        Json.object().put("result", result.toolCallId()).put("error", result.isError());
                ArrayNode content = node.putArray("content");
                result.content().forEach(inner -> content.add(part(inner)));
                yield node;
            }
            case Part.Reasoning reasoning ->
                Json.object().put("reasoning", reasoning.text()).put("signature", reasoning.signature());
            case Part.CacheMark mark -> Json.object().put("cache_mark", mark.ttl());
        };
    }
}
