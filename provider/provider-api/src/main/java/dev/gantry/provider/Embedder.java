package dev.gantry.provider;

/** Turns texts into vectors. Thread-safe; blocks, and is called on virtual threads. */
@FunctionalInterface
public interface Embedder {
    /**
     * Returns one vector for each text, in order.
     *
     * @throws ProviderException if the provider cannot be reached, refuses, or has no such model
     */
    Embeddings embed(EmbeddingRequest request, CallContext context) throws ProviderException;
}
