package dev.gantry.registry;

import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.TokenEstimator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that is ready to be sent.
 *
 * @param chat one system message with the instructions, what was said before in the session, and the input as the user's
 *     last message; its model is {@link #model()} as it was written, or empty, and is to be replaced by the one that the
 *     router chooses
 * @param model the model that the caller or else the pattern asks for; null when neither does
 * @param pattern the pattern that the name led to
 * @param context the context that was used; null for none
 * @param strategy the strategy that was used; null for none
 * @param session name of the caller's session to which the exchange is to be added; null for none
 * @param warnings what the caller should know about the assembly
 */
public record AssembledPrompt(
        ChatRequest chat,
        @Nullable String model,
        AssetVersion pattern,
        @Nullable AssetVersion context,
        @Nullable AssetVersion strategy,
        @Nullable String session,
        List<String> warnings) {
    /** Copies the warnings. */
    public AssembledPrompt {
        warnings = List.copyOf(warnings);
    }

    /** Returns the instructions. */
    public String system() {
        return text(chat.messages().getFirst());
    }

    /** Returns how many tokens the conversation has, estimated by a tokenizer of ours. */
    public long estimateTokens() {
        return chat.messages().stream()
                .mapToLong(message -> TokenEstimator.estimate(text(message)))
                .sum();
    }

    private static String text(Message message) {
        StringBuilder text = new StringBuilder();
        for (Part part : message.parts()) {
            if (part instanceof Part.Text words) {
                text.append(text.isEmpty() ? "" : "\n\n").append(words.text());
            }
        }
        return text.toString();
    }

    /** Leaves the texts out, which belong into no log. */
    @Override
    public String toString() {
        return "AssembledPrompt[" + pattern.name() + "@" + pattern.version() + "]";
    }
}
