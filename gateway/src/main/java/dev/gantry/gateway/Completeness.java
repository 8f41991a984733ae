package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatEvent.FinishReason;
import dev.gantry.provider.ClientSchema;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Whether an answer in a client's schema came to its end: the model was done, or reached a bound that the request itself set.
 * What a provider withheld, or wants to be continued, is for nobody else.
 */
final class Completeness {
    private static final Set<String> OPENAI = Set.of("stop", "length", "tool_calls", "function_call");
    private static final Set<String> ANTHROPIC = Set.of("end_turn", "stop_sequence", "max_tokens", "tool_use");

    private Completeness() {}

    static boolean of(ChatAnswer answer) {
        return answer.finishReason() != FinishReason.REFUSAL;
    }

    /** Returns whether the body of a whole reply is complete. */
    static boolean ofBody(ClientSchema schema, byte[] body) {
        try {
            return isComplete(schema, Json.read(body));
        } catch (GantryException unreadable) {
            return false;
        }
    }

    private static boolean isComplete(ClientSchema schema, JsonNode body) {
        return switch (schema) {
            case OPENAI_CHAT -> {
                boolean complete = !body.path("choices").isEmpty();
                for (JsonNode choice : body.path("choices")) {
                    complete &= OPENAI.contains(choice.path("finish_reason").asText());
                }
                yield complete;
            }
            case ANTHROPIC_MESSAGES ->
                ANTHROPIC.contains(body.path("stop_reason").asText());
            case OPENAI_RESPONSES -> body.path("status").asText().equals("completed");
            case OPENAI_EMBEDDINGS -> !body.path("data").isEmpty();
            case ANTHROPIC_TOKEN_COUNT -> false;
        };
    }

    /** Returns whether the events of a stream are complete. */
    static boolean ofEvents(ClientSchema schema, byte[] events) {
        boolean complete = false;
        try {
            for (String line : (Iterable<String>) new String(events, StandardCharsets.UTF_8).lines()::iterator) {
                String data = line.startsWith("data:")
                        ? line.substring("data:".length()).strip()
                        : "";
                if (!data.startsWith("{")) {
                    continue;
                }
                JsonNode event = Json.read(data);
                String reason = switch (schema) {
                    case OPENAI_CHAT -> reason(event);
                    case ANTHROPIC_MESSAGES ->
                        event.path("delta").path("stop_reason").asText("");
                    case OPENAI_RESPONSES -> event.path("type").asText();
                    case OPENAI_EMBEDDINGS, ANTHROPIC_TOKEN_COUNT -> "";
                };
                if (event.hasNonNull("error") && !event.path("type").asText().startsWith("response.")) {
                    return false;
                }
                complete |= switch (schema) {
                    case OPENAI_CHAT -> OPENAI.contains(reason);
                    case ANTHROPIC_MESSAGES -> ANTHROPIC.contains(reason);
                    case OPENAI_RESPONSES -> reason.equals("response.completed");
                    case OPENAI_EMBEDDINGS, ANTHROPIC_TOKEN_COUNT -> false;
                };
                if (reason.equals("content_filter") || reason.equals("refusal") || reason.equals("pause_turn")) {
                    return false;
                }
            }
        } catch (GantryException unreadable) {
            return false;
        }
        return complete;
    }

    private static String reason(JsonNode chunk) {
        for (JsonNode choice : chunk.path("choices")) {
            if (choice.hasNonNull("finish_reason")) {
                return choice.path("finish_reason").asText();
            }
        }
        return "";
    }
}
