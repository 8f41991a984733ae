package dev.gantry.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.DataType;
import java.util.List;

/** Reads a model's answer as what a step declares. */
final class StepAnswer {
    private StepAnswer() {}

    /** What an answer is: a value, or not what was declared. */
    sealed interface Reading {
        /** It fits. */
        record Value(JsonNode value) implements Reading {}

        /** It does not fit; the problem in words that go on after "The answer". */
        record Unfit(String problem) implements Reading {}
    }

    static Reading read(DataType type, String text) {
        JsonNode value = TextNode.valueOf(text);
        if (type == DataType.Simple.STRING || (type == DataType.Simple.ANY && !looksLikeJson(text))) {
            return new Reading.Value(value);
        }
        try {
            value = Json.mapper().readTree(withoutFence(text));
        } catch (JsonProcessingException malformed) {
            return type == DataType.Simple.ANY ? new Reading.Value(value) : new Reading.Unfit("is not JSON");
        }
        List<String> problems = value == null ? List.of("is empty") : type.problems(value);
        return problems.isEmpty() && value != null
                ? new Reading.Value(value)
                : new Reading.Unfit("does not fit: " + problems.getFirst());
    }

    private static boolean looksLikeJson(String text) {
        String start = withoutFence(text);
        return start.startsWith("{") || start.startsWith("[");
    }

    /** Models like to put JSON between fences of Markdown. */
    static String withoutFence(String text) {
        String trimmed = text.strip();
        if (!trimmed.startsWith("```") || !trimmed.endsWith("```") || trimmed.indexOf('\n') < 0) {
            return trimmed;
        }
        return trimmed.substring(trimmed.indexOf('\n') + 1, trimmed.length() - 3)
                .strip();
    }
}
