package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.JsonFields;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The tools of a request for a response. {@code allowed_tools}, which other providers do not have, becomes a shorter list
 * of tools.
 *
 * @param offered the tools that the model may call
 */
record OpenAiResponsesTools(List<Tool> offered, ToolChoice choice) {
    static OpenAiResponsesTools read(JsonFields fields) {
        List<Tool> tools = new ArrayList<>();
        for (JsonFields tool : fields.objects("tools")) {
            tools.add(tool(tool));
        }
        JsonNode choice = fields.get("tool_choice");
        if (choice == null) {
            return new OpenAiResponsesTools(tools, new ToolChoice.Auto());
        }
        if (choice.isTextual()) {
            return new OpenAiResponsesTools(tools, mode(fields, "tool_choice", choice.textValue()));
        }
        JsonFields named = fields.object("tool_choice");
        if (named == null) {
            throw fields.invalid("tool_choice", "is required");
        }
        return switch (named.requireText("type")) {
            case "function" -> new OpenAiResponsesTools(tools, new ToolChoice.Named(named.requireText("name")));
            case "allowed_tools" -> allowed(tools, named);
            default -> throw named.invalid("type", "must be function or allowed_tools with this model's provider");
        };
    }

    private static OpenAiResponsesTools allowed(List<Tool> tools, JsonFields allowed) {
        Set<String> names = new HashSet<>();
        for (JsonFields tool : allowed.objects("tools")) {
            names.add(tool.requireText("name"));
        }
        List<Tool> offered =
                tools.stream().filter(tool -> names.contains(tool.name())).toList();
        return new OpenAiResponsesTools(offered, mode(allowed, "mode", allowed.requireText("mode")));
    }

    private static ToolChoice mode(JsonFields owner, String name, String mode) {
        return switch (mode) {
            case "auto" -> new ToolChoice.Auto();
            case "none" -> new ToolChoice.None();
            case "required" -> new ToolChoice.Any();
            default -> throw owner.invalid(name, "must be auto, none, required or a function to call");
        };
    }

    private static Tool tool(JsonFields tool) {
        String type = tool.requireText("type");
        if (!type.equals("function")) {
            throw tool.invalid("type", "'" + type + "' runs at OpenAI only; this model's provider takes functions");
        }
        JsonFields parameters = tool.object("parameters");
        return new Tool(
                tool.requireText("name"),
                tool.text("description"),
                parameters == null ? null : parameters.node(),
                tool.bool("strict"));
    }
}
