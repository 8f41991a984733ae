package dev.gantry.provider.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;

/** Writes tools and how they are chosen. Tools that must be obeyed strictly are checked by Gemini for all of them. */
final class GeminiTools {
    private GeminiTools() {}

    static void write(ObjectNode body, ChatRequest request) {
        if (request.tools().isEmpty()) {
            return;
        }
        ArrayNode declarations = body.putArray("tools").addObject().putArray("functionDeclarations");
        for (Tool tool : request.tools()) {
            ObjectNode declared = declarations.addObject().put("name", tool.name());
            declared.put("description", tool.description() == null ? "" : tool.description());
            if (tool.parameters() != null) {
                declared.set("parametersJsonSchema", tool.parameters());
            }
        }
        boolean strict = request.tools().stream().anyMatch(tool -> Boolean.TRUE.equals(tool.strict()));
        switch (request.toolChoice()) {
            case ToolChoice.Auto auto -> {
                if (strict) {
                    mode(body, "VALIDATED");
                }
            }
            case ToolChoice.None none -> mode(body, "NONE");
            case ToolChoice.Any any -> mode(body, "ANY");
            case ToolChoice.Named named ->
                mode(body, "ANY").putArray("allowedFunctionNames").add(named.name());
        }
    }

    private static ObjectNode mode(ObjectNode body, String mode) {
        return body.putObject("toolConfig").putObject("functionCallingConfig").put("mode", mode);
    }
}
