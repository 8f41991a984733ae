package dev.gantry.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.UpstreamFailures;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a conversation as a request of {@code generateContent}.
 *
 * <p>What has no exact counterpart: system messages are gathered into {@code systemInstruction}; neighbouring messages of one
 * role become one, since the results of parallel calls must stand together; empty texts are left out; pictures in the result
 * of a tool follow it as parts of their own; the text of earlier reasoning is left out, its seal goes back where it was; the
 * person behind the request is left out. Calls that Gemini did not seal, because another model made them or the client could
 * not keep the seal, carry the mark that Google documents for them.
 */
final class GeminiRequestWriter {
    private static final Map<String, String> PICTURES = Map.of(
            "png", "image/png",
            "jpg", "image/jpeg",
            "jpeg", "image/jpeg",
            "webp", "image/webp",
            "heic", "image/heic",
            "heif", "image/heif");

    private final UpstreamFailures failures;
    private final boolean sealedCalls;
    private final Map<String, String> toolOfCall = new HashMap<>();

    private GeminiRequestWriter(UpstreamFailures failures, boolean sealedCalls) {
        this.failures = failures;
        this.sealedCalls = sealedCalls;
    }

    /**
     * Writes it.
     *
     * @throws ProviderException if it holds something that cannot be said
     */
    static ObjectNode write(ChatRequest request, UpstreamFailures failures) throws ProviderException {
        ObjectNode body = Json.object();
        writeSystem(body, request.messages());
        GeminiRequestWriter writer = new GeminiRequestWriter(failures, GeminiOptions.generation(request.model()) >= 3);
        writer.writeContents(body.putArray("contents"), request.messages());
        GeminiTools.write(body, request);
        ObjectNode options = GeminiOptions.of(request);
        if (!options.isEmpty()) {
            body.set("generationConfig", options);
        }
        return body;
    }

    private static void writeSystem(ObjectNode body, List<Message> messages) {
        ArrayNode parts = Json.object().putArray("parts");
        for (Message message : messages) {
            if (message.role() == Role.SYSTEM) {
                message.parts().forEach(part -> {
                    if (part instanceof Part.Text text && !text.text().isEmpty()) {
                        parts.addObject().put("text", text.text());
                    }
                });
            }
        }
        if (!parts.isEmpty()) {
            body.putObject("systemInstruction").set("parts", parts);
        }
    }

    private void writeContents(ArrayNode contents, List<Message> conversation) throws ProviderException {
        Role open = Role.SYSTEM;
        ArrayNode parts = Json.object().putArray("parts");
        for (Message message : conversation) {
            if (message.role() == Role.SYSTEM) {
                continue;
            }
            ArrayNode written = parts(message);
            if (written.isEmpty()) {
                continue;
            }
            if (message.role() != open) {
                open = message.role();
                parts = contents.addObject()
                        .put("role", open == Role.USER ? "user" : "model")
                        .putArray("parts");
            }
            parts.addAll(written);
        }
    }

    /** Results of tools stand before everything else; a seal belongs to the part after it, or else to the last one. */
    private ArrayNode parts(Message message) throws ProviderException {
        ArrayNode parts = Json.object().putArray("parts");
        for (Part part : message.parts()) {
            if (part instanceof Part.ToolResult result) {
                writeResult(parts, result);
            }
        }
        String seal = null;
        boolean firstCall = true;
        for (Part part : message.parts()) {
            if (part instanceof Part.Reasoning reasoning) {
                String opened = ThoughtSignature.open(reasoning.signature());
                seal = opened == null ? seal : opened;
                continue;
            }
            ObjectNode written = write(part, firstCall && seal == null);
            if (written != null) {
                firstCall &= !(part instanceof Part.ToolCall);
                parts.add(sealed(written, seal));
                seal = null;
            }
        }
        if (seal != null && !parts.isEmpty()) {
            sealed((ObjectNode) parts.get(parts.size() - 1), seal);
        }
        return parts;
    }

    private static ObjectNode sealed(ObjectNode part, @Nullable String seal) {
        return seal == null ? part : part.put("thoughtSignature", seal);
    }

    private @Nullable ObjectNode write(Part part, boolean unsealedCall) throws ProviderException {
        return switch (part) {
            case Part.Text text -> text.text().isEmpty() ? null : Json.object().put("text", text.text());
            case Part.InlineImage image -> inline(image);
            case Part.LinkedImage image -> linked(image);
            case Part.ToolCall call -> {
                ObjectNode written = call(call);
                yield sealedCalls && unsealedCall ? sealed(written, ThoughtSignature.NONE_KEPT) : written;
            }
            case Part.ToolResult result -> null;
            case Part.Reasoning reasoning -> null;
            case Part.CacheMark mark -> null;
        };
    }

    private ObjectNode call(Part.ToolCall call) {
        toolOfCall.put(call.id(), call.name());
        ObjectNode part = Json.object();
        part.putObject("functionCall")
                .put("id", call.id())
                .put("name", call.name())
                .set("args", arguments(call.arguments()));
        return part;
    }

    private void writeResult(ArrayNode parts, Part.ToolResult result) throws ProviderException {
        String tool = toolOfCall.get(result.toolCallId());
        if (tool == null) {
            throw failures.unsupported("the result of a tool without its call in the conversation; send the call '"
                    + result.toolCallId() + "', too");
        }
        StringBuilder text = new StringBuilder();
        for (Part part : result.content()) {
            if (part instanceof Part.Text piece) {
                text.append(text.isEmpty() ? "" : "\n").append(piece.text());
            }
        }
        parts.addObject()
                .putObject("functionResponse")
                .put("id", result.toolCallId())
                .put("name", tool)
                .putObject("response")
                .put(result.isError() ? "error" : "output", text.toString());
        for (Part part : result.content()) {
            if (part instanceof Part.InlineImage image) {
                parts.add(inline(image));
            } else if (part instanceof Part.LinkedImage image) {
                parts.add(linked(image));
            }
        }
    }

    private static ObjectNode inline(Part.InlineImage image) {
        ObjectNode part = Json.object();
        part.putObject("inlineData").put("mimeType", image.mediaType()).put("data", image.base64());
        return part;
    }

    /** Gemini fetches what it is told the type of. */
    private ObjectNode linked(Part.LinkedImage image) throws ProviderException {
        String path = image.url().replaceFirst("[?#].*$", "");
        String type = PICTURES.get(path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
        if (type == null || !image.url().startsWith("https://")) {
            throw failures.unsupported(
                    "a picture by an address that is not https:// or does not end in .png, .jpg, .webp, "
                            + ".heic or .heif; send it in the message");
        }
        ObjectNode part = Json.object();
        part.putObject("fileData").put("mimeType", type).put("fileUri", image.url());
        return part;
    }

    /** Gemini takes only objects; what a model wrote otherwise is kept as a text in one. */
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
