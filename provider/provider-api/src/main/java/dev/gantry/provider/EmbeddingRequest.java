package dev.gantry.provider;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts of which vectors are wanted.
 *
 * @param model the name of the model as the provider knows it
 * @param texts at least one; none is empty
 * @param dimensions the length that vectors must have; null for the model's own
 * @param endUser an opaque id of the person behind the request, for the provider's abuse checks
 */
public record EmbeddingRequest(
        String model,
        List<String> texts,
        @Nullable Integer dimensions,
        @Nullable String endUser) {
    /** Copies the list. */
    public EmbeddingRequest {
        texts = List.copyOf(texts);
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("There is no text to embed");
        }
    }

    /** Returns the same request for another model. */
    public EmbeddingRequest withModel(String name) {
        return new EmbeddingRequest(name, texts, dimensions, endUser);
    }
}
