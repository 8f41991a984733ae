package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.gantry.kernel.JsonFields;
import dev.gantry.kernel.Text;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code input} of a request for a response: a flat list in which one turn of the model is several items
 * (reasoning, text, calls of tools). Neighbouring items of the model become one message again, and so do neighbouring
 * results of tools, since other providers want the results of parallel calls together. Used once.
 */
final class OpenAiResponsesInput {
    private final JsonFields body;
    private final List<Message> messages = new ArrayList<>();
    private final List<Part> open = new ArrayList<>();
    private @Nullable Role openRole;

    OpenAiResponsesInput(JsonFields body) {
        this.body = body;
    }

    List<Message> messages() {
        JsonNode input = body.get("input");
        if (input == null) {
            throw body.invalid("input", "is required");
        }
        if (input.isTextual()) {
            return List.of(Message.text(Role.USER, input.textValue()));
        }
        if (!(input instanceof ArrayNode items)) {
            throw body.invalid("input", "must be a string or an array of items");
        }
        if (items.isEmpty()) {
            throw body.invalid("input", "must hold at least one item");
        }
        body.objects("input").forEach(this::item);
        close();
        return messages;
    }

    private void item(JsonFields item) {
        String named = item.text("type");
        String type = named == null ? "message" : named;
        switch (type) {
            case "message" -> message(item);
            case "function_call" -> {
                String arguments = item.text("arguments");
                add(
                        Role.ASSISTANT,
                        new Part.ToolCall(
                                item.requireText("call_id"),
                                item.requireText("name"),
                                arguments == null || arguments.isBlank() ? "{}" : arguments));
            }
            case "function_call_output" ->
                add(Role.USER, new Part.ToolResult(item.requireText("call_id"), content(item, "output"), false));
            case "reasoning" -> reasoning(item);
            case "item_reference" ->
                throw item.invalid(
                        "type", "'item_reference' needs stored responses, which Gantry does not keep; send the item");
            default -> throw item.invalid("type", "'" + Text.shorten(type, 40) + "' cannot be sent to this provider");
        }
    }

    private void message(JsonFields item) {
        switch (item.requireText("role")) {
            case "user" -> turn(Role.USER, content(item, "content"));
            case "system", "developer" -> turn(Role.SYSTEM, content(item, "content"));
            case "assistant" -> content(item, "content").forEach(part -> add(Role.ASSISTANT, part));
            default -> throw item.invalid("role", "must be one of user, assistant, system, developer");
        }
    }

    /** Reasoning goes back to the provider whose seal it bears; of others it says nothing to this one. */
    private void reasoning(JsonFields item) {
        StringBuilder text = new StringBuilder();
        for (JsonFields summary : item.objects("summary")) {
            text.append(text.isEmpty() ? "" : "\n\n").append(present(summary, "text"));
        }
        String signature = ReasoningSeal.open(item.text("encrypted_content"));
        if (signature != null) {
            add(Role.ASSISTANT, new Part.Reasoning(text.toString(), signature));
        }
    }

    private void turn(Role role, List<Part> parts) {
        close();
        messages.add(new Message(role, parts));
    }

    private void add(Role role, Part part) {
        if (openRole != role) {
            close();
            openRole = role;
        }
        open.add(part);
    }

    private void close() {
        if (openRole != null) {
            messages.add(new Message(openRole, open));
            open.clear();
            openRole = null;
        }
    }

    private static List<Part> content(JsonFields item, String name) {
        JsonNode content = item.get(name);
        if (content == null) {
            throw item.invalid(name, "is required");
        }
        if (content.isTextual()) {
            return List.of(new Part.Text(content.textValue()));
        }
        if (!(content instanceof ArrayNode)) {
            throw item.invalid(name, "must be a string or an array of parts");
        }
        List<Part> parts = new ArrayList<>();
        for (JsonFields part : item.objects(name)) {
            parts.add(part(part));
        }
        return parts;
    }

    private static Part part(JsonFields part) {
        String type = part.requireText("type");
        return switch (type) {
            case "input_text", "output_text", "text" -> new Part.Text(present(part, "text"));
            case "refusal" -> new Part.Text(present(part, "refusal"));
            case "input_image" -> image(part);
            default ->
                throw part.invalid(
                        "type",
                        "'" + Text.shorten(type, 40) + "' cannot be sent to this model's provider; use input_text or "
                                + "input_image");
        };
    }

    private static Part image(JsonFields part) {
        if (part.has("file_id")) {
            throw part.invalid("file_id", "names a file at OpenAI; send 'image_url' to this model's provider");
        }
        return ImageAddress.read(part, "image_url");
    }

    private static String present(JsonFields fields, String name) {
        String text = fields.text(name);
        if (text == null) {
            throw fields.invalid(name, "is required");
        }
        return text;
    }
}
