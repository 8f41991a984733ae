package dev.gantry.provider;

/** Counts the tokens of conversations at a provider. Thread-safe; blocks, and is called on virtual threads. */
@FunctionalInterface
public interface TokenCounter {
    /**
     * Returns how many tokens a conversation has for its model; nothing is generated.
     *
     * @throws ProviderException if the provider cannot be reached, refuses, or cannot count for this model
     */
    long count(ChatRequest request, CallContext context) throws ProviderException;
}
