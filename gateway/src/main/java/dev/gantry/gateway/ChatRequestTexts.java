package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.JsonCursor.Malformed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Shows an inspector every text of a conversation that Gantry assembled itself. Used by one thread. */
@SuppressWarnings("ReferenceEquality") // The same object means: nothing was replaced.
final class ChatRequestTexts {
    private final TextInspector inspector;

    private ChatRequestTexts(TextInspector inspector) {
        this.inspector = inspector;
    }

    /**
     * Inspects a conversation.
     *
     * @return it with replacements; the same when nothing must be replaced
     */
    static ChatRequest inspect(ChatRequest request, TextInspector inspector) {
        return new ChatRequestTexts(inspector).inspected(request);
    }

    private ChatRequest inspected(ChatRequest request) {
        List<Message> messages = each(request.messages(), this::message);
        List<String> stop = each(request.stop(), this::text);
        List<Tool> tools = each(request.tools(), this::tool);
        OutputFormat format = format(request.outputFormat());
        String endUser = optional(request.endUser());
        if (messages == request.messages()
                && stop == request.stop()
                && tools == request.tools()
                && format == request.outputFormat()
                && endUser == request.endUser()) {
            return request;
        }
        return new ChatRequest(
                request.model(),
                messages,
                request.stream(),
                request.outputTokensMax(),
                request.temperature(),
                request.topP(),
                stop,
                request.seed(),
                tools,
                request.toolChoice(),
                request.parallelToolCalls(),
                format,
                request.reasoningEffort(),
                endUser,
                request.sampling());
    }

    /** Returns the list with each item looked at; the same list when all stay the same objects. */
    private static <T> List<T> each(List<T> items, UnaryOperator<T> look) {
        List<T> looked = null;
        for (int index = 0; index < items.size(); index++) {
            T item = look.apply(items.get(index));
            if (looked == null && item != items.get(index)) {
                looked = new ArrayList<>(items);
            }
            if (looked != null) {
                looked.set(index, item);
            }
        }
        return looked == null ? items : looked;
    }

    private Message message(Message message) {
        List<Part> parts = each(message.parts(), this::part);
        return parts == message.parts() ? message : new Message(message.role(), parts);
    }

    private Part part(Part part) {
        return switch (part) {
            case Part.Text text -> {
                String words = text(text.text());
                yield words == text.text() ? part : new Part.Text(words);
            }
            case Part.InlineImage image -> part;
            case Part.CacheMark mark -> part;
            case Part.LinkedImage image -> {
                String url = text(image.url());
                yield url == image.url() ? part : new Part.LinkedImage(url);
            }
            case Part.ToolCall call -> {
                String name = text(call.name());
                String arguments = text(call.arguments());
                yield name == call.name() && arguments == call.arguments()
                        ? part
                        : new Part.ToolCall(call.id(), name, arguments);
            }
            case Part.ToolResult result -> {
                inspector.document(true);
                List<Part> content = each(result.content(), this::part);
                inspector.document(false);
                yield content == result.content()
                        ? part
                        : new Part.ToolResult(result.toolCallId(), content, result.isError());
            }
            case Part.Reasoning reasoning -> {
                String words = text(reasoning.text());
                yield words == reasoning.text() ? part : new Part.Reasoning(words, reasoning.signature());
            }
        };
    }

    private Tool tool(Tool tool) {
        String name = text(tool.name());
        String description = optional(tool.description());
        ObjectNode parameters = tool.parameters() == null ? null : (ObjectNode) tree(tool.parameters());
        boolean same = name == tool.name() && description == tool.description() && parameters == tool.parameters();
        return same ? tool : new Tool(name, description, parameters, tool.strict());
    }

    private OutputFormat format(OutputFormat format) {
        return switch (format) {
            case OutputFormat.PlainText plain -> format;
            case OutputFormat.AnyJson any -> format;
            case OutputFormat.JsonSchema wanted -> {
                JsonNode schema = tree(wanted.schema());
                yield schema == wanted.schema()
                        ? format
                        : new OutputFormat.JsonSchema(wanted.name(), schema, wanted.strict());
            }
        };
    }

    private @Nullable String optional(@Nullable String text) {
        return text == null ? null : text(text);
    }

    /** Text that is JSON itself stays JSON. */
    private String text(String text) {
        // As a string in a document of its own, so that JSON within text is seen here as it is in a body.
        byte[] quoted = Json.write(Json.mapper().getNodeFactory().textNode(text));
        byte[] changed = changed(quoted);
        return changed == null ? text : Json.read(changed).textValue();
    }

    private JsonNode tree(JsonNode node) {
        byte[] changed = changed(Json.write(node));
        return changed == null ? node : Json.read(changed);
    }

    private byte @Nullable [] changed(byte[] json) {
        try {
            return new JsonTexts(inspector).inspect(json, 0, json.length, true);
        } catch (Malformed impossible) {
            throw new GantryException(ErrorCode.INTERNAL, "The prompt could not be inspected", impossible);
        }
    }
}
