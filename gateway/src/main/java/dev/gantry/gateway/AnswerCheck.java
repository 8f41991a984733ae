package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ClientSchema;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Holds one attempt at an answer against the {@link AnswerRules}. Used by one thread at a time. */
final class AnswerCheck {
    private final AnswerRules rules;
    private final long bytesMax;
    private final @Nullable AnswerSchema schema;
    private final TreeMap<Integer, ByteArrayOutputStream> texts = new TreeMap<>();
    private long bytes;

    AnswerCheck(AnswerRules rules, long bytesMax, @Nullable AnswerSchema schema) {
        this.rules = rules;
        this.bytesMax = bytesMax;
        this.schema = schema;
    }

    /**
     * Counts a further piece of the answer.
     *
     * @throws GantryException {@link ErrorCode#ANSWER_REJECTED} if there are too many
     */
    void count(int more) {
        bytes += more;
        if (bytes > bytesMax) {
            throw new GantryException(
                    ErrorCode.ANSWER_REJECTED,
                    "The model's answer is larger than the " + bytesMax + " bytes that the operator allows");
        }
    }

    /** Returns whether the answer's text is wanted. */
    boolean hasSchema() {
        return schema != null;
    }

    /** Takes a piece of the text of a choice. */
    void text(int choice, byte[] utf8, int from, int to) {
        if (schema != null) {
            texts.computeIfAbsent(choice, key -> new ByteArrayOutputStream()).write(utf8, from, to - from);
        }
    }

    /**
     * Checks the text of a choice that the model itself has ended.
     *
     * @throws GantryException {@link ErrorCode#ANSWER_REJECTED} if it must follow a schema and does not
     */
    void complete(int choice) {
        ByteArrayOutputStream text = texts.remove(choice);
        if (text != null && schema != null && !schema.allows(text.toByteArray())) {
            rules.missed();
        }
    }

    /** Checks a whole reply in a client's own schema. */
    void whole(ClientSchema form, Buffer reply) {
        if (schema == null) {
            return;
        }
        JsonNode body = Json.read(reply.getBytes());
        switch (form) {
            case OPENAI_CHAT -> {
                for (JsonNode choice : body.path("choices")) {
                    if (choice.path("finish_reason").asText().equals("stop")) {
                        check(choice.path("message").path("content").asText(""));
                    }
                }
            }
            case ANTHROPIC_MESSAGES -> {
                String reason = body.path("stop_reason").asText();
                if (reason.equals("end_turn") || reason.equals("stop_sequence")) {
                    check(texts(body.path("content")));
                }
            }
            case OPENAI_RESPONSES -> {
                if (body.path("status").asText().equals("completed")) {
                    StringBuilder text = new StringBuilder();
                    body.path("output").forEach(item -> text.append(texts(item.path("content"))));
                    check(text.toString());
                }
            }
            case OPENAI_EMBEDDINGS, ANTHROPIC_TOKEN_COUNT -> {
                // Nothing is said.
            }
        }
    }

    private static String texts(JsonNode parts) {
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(part.path("text").asText("")));
        return text.toString();
    }

    private void check(String text) {
        if (!text.isEmpty()) {
            byte[] utf8 = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            text(0, utf8, 0, utf8.length);
            complete(0);
        }
    }
}
