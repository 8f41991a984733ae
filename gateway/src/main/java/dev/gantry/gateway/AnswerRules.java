package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.gateway.AnswerSettings.SchemaCheck;
import dev.gantry.guard.Action;
import dev.gantry.guard.GuardFinding;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest.OutputFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the form of one request's answer, whatever it says: a bound on its size, and the schema that was asked for.
 * Thread-safe, since two attempts may run at a time.
 */
final class AnswerRules {
    private static final String KIND = "answer_schema";

    private final long bytesMax;
    private final SchemaCheck check;
    private final @Nullable AnswerSchema schema;
    private final AtomicInteger misses = new AtomicInteger();

    private AnswerRules(long bytesMax, SchemaCheck check, @Nullable AnswerSchema schema) {
        this.bytesMax = bytesMax;
        this.check = check;
        this.schema = schema;
    }

    /** Returns the state of a further attempt at an answer. */
    AnswerCheck begin() {
        return new AnswerCheck(this, bytesMax, schema);
    }

    /** Notes that an answer is not what its schema says. */
    void missed() {
        misses.incrementAndGet();
        if (check == SchemaCheck.BLOCK) {
            throw new GantryException(
                    ErrorCode.ANSWER_REJECTED,
                    "The model's answer does not follow the JSON schema that it must follow");
        }
    }

    /** Returns what is to be reported. */
    List<GuardFinding> findings() {
        return misses.get() == 0
                ? List.of()
                : List.of(
                        new GuardFinding(KIND, check == SchemaCheck.BLOCK ? Action.BLOCK : Action.WARN, misses.get()));
    }

    /** The rules for all requests. Immutable and thread-safe. */
    static final class Book {
        private final AnswerSettings settings;
        private final Map<String, AnswerSchema> byPattern = new HashMap<>();

        /**
         * Compiles the operator's schemas.
         *
         * @throws IllegalArgumentException if one cannot be used; the message names its pattern
         */
        Book(AnswerSettings settings) {
            this.settings = settings;
            settings.schemas().forEach((pattern, text) -> byPattern.put(pattern, own(pattern, text)));
        }

        private static AnswerSchema own(String pattern, String text) {
            try {
                return AnswerSchema.of(Json.read(text));
            } catch (GantryException | IllegalArgumentException unusable) {
                throw new IllegalArgumentException(
                        "The schema for answers to '" + pattern + "' cannot be used: " + unusable.getMessage(),
                        unusable);
            }
        }

        /** Returns the rules for the answer to a prompt. */
        AnswerRules of(Prompt prompt) {
            return new AnswerRules(settings.sizeMax().bytes(), settings.schemaCheck(), schema(prompt));
        }

        private @Nullable AnswerSchema schema(Prompt prompt) {
            if (settings.schemaCheck() == SchemaCheck.OFF) {
                return null;
            }
            String pattern = prompt.subject().pattern();
            AnswerSchema known = pattern == null ? null : byPattern.get(pattern);
            if (known != null) {
                return known;
            }
            JsonNode asked = asked(prompt);
            if (asked == null) {
                return null;
            }
            try {
                return AnswerSchema.of(asked);
            } catch (IllegalArgumentException unusable) {
                if (settings.schemaCheck() == SchemaCheck.WARN) {
                    return null;
                }
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST,
                        "The answer could not be held against the schema that it is to follow: "
                                + unusable.getMessage());
            }
        }

        private static @Nullable JsonNode asked(Prompt prompt) {
            return switch (prompt) {
                case Prompt.Raw raw -> raw.head().formatted() ? asked(raw) : null;
                case Prompt.Composed composed ->
                    composed.conversation().outputFormat() instanceof OutputFormat.JsonSchema wanted
                            ? wanted.schema()
                            : null;
            };
        }

        private static @Nullable JsonNode asked(Prompt.Raw raw) {
            JsonNode body = Json.readObject(raw.body());
            JsonNode schema = switch (raw.schema()) {
                case OPENAI_CHAT -> body.at("/response_format/json_schema/schema");
                case OPENAI_RESPONSES -> body.at("/text/format/schema");
                case ANTHROPIC_MESSAGES ->
                    body.has("output_format")
                            ? body.at("/output_format/schema")
                            : body.at("/output_config/format/schema");
                case OPENAI_EMBEDDINGS, ANTHROPIC_TOKEN_COUNT -> null;
            };
            return schema == null || !schema.isObject() ? null : schema;
        }
    }
}
