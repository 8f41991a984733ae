package dev.gantry.provider;

import dev.gantry.kernel.TokenUsage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of texts.
 *
 * @param model the model that made them, as the provider names it
 * @param vectors one for each text, in order; not to be changed
 * @param usage what the provider counted; null when it gave no numbers
 */
public record Embeddings(
        String model, List<float[]> vectors, @Nullable TokenUsage usage) {
    /** Copies the list. */
    public Embeddings {
        vectors = List.copyOf(vectors);
    }
}
