package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.TokenEstimator;
import java.nio.charset.StandardCharsets;

/** Counts a conversation with a tokenizer of our own, in bounded time: an estimate for every model but OpenAI's. */
final class PromptTokens {
    /** What chat formats put around each message: the role and the marks of beginning and end. */
    private static final long MESSAGE_FRAME = 4;

    /** What a picture of the largest size costs at Anthropic; others lie below. */
    private static final long PICTURE = 1_600;

    private PromptTokens() {}

    /** Returns the tokens of messages, tools and the schema of the answer. */
    static long estimate(ChatRequest conversation) {
        StringBuilder text = new StringBuilder();
        long fixed = 0;
        for (Message message : conversation.messages()) {
            fixed += MESSAGE_FRAME;
            for (Part part : message.parts()) {
                fixed += add(text, part);
            }
        }
        for (Tool tool : conversation.tools()) {
            line(text, tool.name());
            line(text, tool.description() == null ? "" : tool.description());
            line(text, tool.parameters() == null ? "" : json(tool.parameters()));
        }
        if (conversation.outputFormat() instanceof OutputFormat.JsonSchema schema) {
            line(text, json(schema.schema()));
        }
        return fixed + TokenEstimator.estimate(text.toString());
    }

    /** Adds a part's words; returns the tokens of what is not words. */
    private static long add(StringBuilder text, Part part) {
        return switch (part) {
            case Part.Text words -> line(text, words.text());
            case Part.InlineImage image -> PICTURE;
            case Part.LinkedImage image -> PICTURE;
            case Part.ToolCall call -> line(text, call.name()) + line(text, call.arguments());
            case Part.ToolResult result -> {
                long fixed = 0;
                for (Part inner : result.content()) {
                    fixed += add(text, inner);
                }
                yield fixed;
            }
            case Part.Reasoning reasoning -> line(text, reasoning.text());
            case Part.CacheMark mark -> 0;
        };
    }

    private static long line(StringBuilder text, String words) {
        if (!words.isEmpty()) {
            text.append(words).append('\n');
        }
        return 0;
    }

    private static String json(JsonNode node) {
        return new String(Json.write(node), StandardCharsets.UTF_8);
    }
}
