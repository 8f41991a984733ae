package dev.gantry.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.provider.ClaudeThinking;
import dev.gantry.provider.ClosedSchema;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a conversation as a request for a message.
 *
 * <p>What has no exact counterpart: system messages are gathered into the {@code system} field; neighbouring messages of
 * one role become one, since roles must alternate; empty texts are left out, since they are refused; a temperature above 1
 * becomes 1; {@code seed} is left out. A JSON schema becomes {@code output_config.format}, which constrains the model's
 * text itself and so goes together with tools, thinking and streams; since it wants closed objects,
 * {@code "additionalProperties": false} is added to those that say nothing about it. JSON without a schema is asked for in
 * words.
 */
final class AnthropicRequestWriter {
    /** The bound on output when the caller gives none; Anthropic requires one. */
    static final int OUTPUT_TOKENS_DEFAULT = 4_096;

    private static final String JSON_WISH =
            "Answer with one JSON object and with nothing else: no explanation, no fence.";

    private AnthropicRequestWriter() {}

    static ObjectNode write(ChatRequest request) {
        ObjectNode body = Json.object();
        body.put("model", request.model());
        ClaudeThinking thinking = thinking(request);
        body.put("max_tokens", thinking.outputTokensMax(bound(request)));
        writeSystem(body, request);
        writeMessages(body.putArray("messages"), request.messages());
        if (request.stream()) {
            body.put("stream", true);
        }
        writeOptions(body, request, thinking);
        writeTools(body, request);
        thinking.writeTo(body);
        if (request.outputFormat() instanceof OutputFormat.JsonSchema schema) {
            body.withObjectProperty("output_config")
                    .putObject("format")
                    .put("type", "json_schema")
                    .set("schema", ClosedSchema.of(schema.schema()));
        }
        return body;
    }

    private static int bound(ChatRequest request) {
        return request.outputTokensMax() == null ? OUTPUT_TOKENS_DEFAULT : request.outputTokensMax();
    }

    /** A tool that must be called leaves no room for thinking. */
    private static ClaudeThinking thinking(ChatRequest request) {
        boolean free =
                request.toolChoice() instanceof ToolChoice.Auto || request.toolChoice() instanceof ToolChoice.None;
        return free
                ? ClaudeThinking.of(
                        request.model(), request.reasoningEffort(), bound(request), request.outputTokensMax() != null)
                : ClaudeThinking.NONE;
    }

    /** Returns what becomes of an option; a model that thinks draws its tokens as it likes. */
    static ChatOption.Support support(ChatOption option, ChatRequest request) {
        return switch (option) {
            case TEMPERATURE, TOP_P, TOP_K ->
                thinking(request).isOn() ? ChatOption.Support.WITHOUT_EFFECT : ChatOption.Support.TAKEN;
            case REASONING_EFFORT ->
                thinking(request).equals(ClaudeThinking.NONE)
                        ? ChatOption.Support.WITHOUT_EFFECT
                        : ChatOption.Support.TAKEN;
            case STOP, END_USER -> ChatOption.Support.TAKEN;
            case PRESENCE_PENALTY, FREQUENCY_PENALTY, SEED -> ChatOption.Support.MISSING;
        };
    }

    /** One text, or blocks where a mark stands behind one of them. */
    private static void writeSystem(ObjectNode body, ChatRequest request) {
        ArrayNode blocks = Json.object().putArray("system");
        boolean marked = false;
        for (Message message : request.messages()) {
            if (message.role() == Role.SYSTEM) {
                for (Part part : message.parts()) {
                    if ((part instanceof Part.Text text && !text.text().isBlank()) || part instanceof Part.CacheMark) {
                        writePart(blocks, part);
                        marked |= part instanceof Part.CacheMark;
                    }
                }
            }
        }
        if (request.outputFormat() instanceof OutputFormat.AnyJson) {
            writePart(blocks, new Part.Text(JSON_WISH));
        }
        if (marked) {
            body.set("system", blocks);
        } else if (!blocks.isEmpty()) {
            List<String> texts = new ArrayList<>();
            blocks.forEach(block -> texts.add(block.path("text").asText()));
            body.put("system", String.join("\n\n", texts));
        }
    }

    private static void writeOptions(ObjectNode body, ChatRequest request, ClaudeThinking thinking) {
        if (!thinking.isOn()) {
            if (request.temperature() != null) {
                body.put("temperature", Math.min(1.0, request.temperature()));
            }
            if (request.topP() != null) {
                body.put("top_p", request.topP());
            }
            if (request.sampling().topK() != null) {
                body.put("top_k", request.sampling().topK());
            }
        }
        if (!request.stop().isEmpty()) {
            ArrayNode stop = body.putArray("stop_sequences");
            request.stop().forEach(stop::add);
        }
        if (request.endUser() != null) {
            body.putObject("metadata").put("user_id", request.endUser());
        }
    }

    private static void writeTools(ObjectNode body, ChatRequest request) {
        if (request.tools().isEmpty()) {
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (Tool tool : request.tools()) {
            ObjectNode written = tools.addObject().put("name", tool.name());
            if (tool.description() != null) {
                written.put("description", tool.description());
            }
            written.set(
                    "input_schema",
                    tool.parameters() == null ? Json.object().put("type", "object") : tool.parameters());
            if (Boolean.TRUE.equals(tool.strict())) {
                written.put("strict", true);
            }
        }
        boolean oneAtATime = Boolean.FALSE.equals(request.parallelToolCalls());
        ObjectNode choice = Json.object();
        switch (request.toolChoice()) {
            case ToolChoice.Auto auto -> choice.put("type", "auto");
            case ToolChoice.None none -> choice.put("type", "none");
            case ToolChoice.Any any -> choice.put("type", "any");
            case ToolChoice.Named named -> choice.put("type", "tool").put("name", named.name());
        }
        if (oneAtATime && !(request.toolChoice() instanceof ToolChoice.None)) {
            choice.put("disable_parallel_tool_use", true);
        }
        if (oneAtATime || !(request.toolChoice() instanceof ToolChoice.Auto)) {
            body.set("tool_choice", choice);
        }
    }

    private static void writeMessages(ArrayNode messages, List<Message> conversation) {
        Role open = Role.SYSTEM;
        ArrayNode content = Json.object().putArray("content");
        for (Message message : conversation) {
            if (message.role() == Role.SYSTEM) {
                continue;
            }
            ArrayNode blocks = blocks(message);
            if (blocks.isEmpty()) {
                continue;
            }
            if (message.role() != open) {
                open = message.role();
                content = messages.addObject()
                        .put("role", open == Role.USER ? "user" : "assistant")
                        .putArray("content");
            }
            content.addAll(blocks);
        }
    }

    /** Results of tools and reasoning must stand before everything else in their message. */
    private static ArrayNode blocks(Message message) {
        ArrayNode blocks = Json.object().putArray("content");
        for (Part part : message.parts()) {
            if (part instanceof Part.ToolResult || part instanceof Part.Reasoning) {
                writePart(blocks, part);
            }
        }
        for (Part part : message.parts()) {
            if (!(part instanceof Part.ToolResult || part instanceof Part.Reasoning)) {
                writePart(blocks, part);
            }
        }
        return blocks;
    }

    private static void writePart(ArrayNode blocks, Part part) {
        switch (part) {
            case Part.Text text -> {
                if (!text.text().isEmpty()) {
                    blocks.addObject().put("type", "text").put("text", text.text());
                }
            }
            case Part.InlineImage image ->
                blocks.addObject()
                        .put("type", "image")
                        .putObject("source")
                        .put("type", "base64")
                        .put("media_type", image.mediaType())
                        .put("data", image.base64());
            case Part.LinkedImage image ->
                blocks.addObject()
                        .put("type", "image")
                        .putObject("source")
                        .put("type", "url")
                        .put("url", image.url());
            case Part.ToolCall call ->
                blocks.addObject()
                        .put("type", "tool_use")
                        .put("id", call.id())
                        .put("name", call.name())
                        .set("input", arguments(call.arguments()));
            case Part.ToolResult result -> {
                ObjectNode block =
                        blocks.addObject().put("type", "tool_result").put("tool_use_id", result.toolCallId());
                ArrayNode content = block.putArray("content");
                result.content().forEach(inner -> writePart(content, inner));
                if (result.isError()) {
                    block.put("is_error", true);
                }
            }
            case Part.CacheMark mark -> {
                if (!blocks.isEmpty() && blocks.get(blocks.size() - 1) instanceof ObjectNode marked) {
                    ObjectNode control = marked.putObject("cache_control").put("type", "ephemeral");
                    if (mark.ttl() != null) {
                        control.put("ttl", mark.ttl());
                    }
                }
            }
            case Part.Reasoning reasoning -> {
                // Without its seal, or with another provider's, which has a prefix, it would be refused.
                if (reasoning.signature() != null && reasoning.signature().indexOf(':') < 0) {
                    blocks.addObject()
                            .put("type", "thinking")
                            .put("thinking", reasoning.text())
                            .put("signature", reasoning.signature());
                }
            }
        }
    }

    /** Anthropic takes only objects; what a model wrote otherwise is kept as a text in one. */
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
