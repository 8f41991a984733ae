package dev.gantry.provider;

import java.util.List;
import java.util.Optional;

/**
 * A place where models run. One instance serves all requests; all methods are thread-safe, may block, and are called on
 * virtual threads.
 */
public interface ChatProvider extends AutoCloseable {
    /** Returns the name under which this provider is configured, such as {@code openai}; a bounded label. */
    String name();

    /**
     * Sends a conversation and returns once the provider has accepted it.
     *
     * <p>The reply is read with {@link ChatReply#next()} and must be closed. Events come as the provider sends them when
     * {@link ChatRequest#stream()} is set; otherwise the whole answer arrives as few events at the end.
     *
     * @throws ProviderException if the provider cannot be reached or refuses
     */
    ChatReply chat(ChatRequest request, CallContext context) throws ProviderException;

    /** Returns the way to turn texts into vectors, where this provider has models for that. */
    default Optional<Embedder> embedder() {
        return Optional.empty();
    }

    /** Returns the way to count tokens before anything is generated, where this provider counts. */
    default Optional<TokenCounter> tokenCounter() {
        return Optional.empty();
    }

    /** Returns the way to forward requests of a schema untranslated, where this provider speaks that schema itself. */
    default Optional<NativeEndpoint> nativeEndpoint(ClientSchema schema) {
        return Optional.empty();
    }

    /**
     * Returns the models that the provider says it has; empty when it cannot tell.
     *
     * @throws ProviderException if the provider cannot be reached or refuses
     */
    default List<ListedModel> listModels(CallContext context) throws ProviderException {
        return List.of();
    }

    /**
     * Returns where a model runs, so that what must stay in a region does; empty when that may be anywhere.
     *
     * @param model the name of the model as the provider knows it
     * @param configured where the configuration says that the provider is
     */
    default Optional<String> regionOf(String model, Optional<String> configured) {
        return configured;
    }

    /**
     * Returns what becomes of an option of a translated request; answers at once.
     *
     * @param request the request, with the name of the model as the provider knows it
     */
    default ChatOption.Support support(ChatOption option, ChatRequest request) {
        return switch (option) {
            case TEMPERATURE, TOP_P, STOP, REASONING_EFFORT -> ChatOption.Support.TAKEN;
            case TOP_K, PRESENCE_PENALTY, FREQUENCY_PENALTY, SEED, END_USER -> ChatOption.Support.MISSING;
        };
    }

    /** Returns whether it keeps, and bills as kept, only those prompts that are marked for it ({@link ChatRequest.Part.CacheMark}). */
    default boolean keepsMarkedPrompts() {
        return false;
    }

    /** Returns how the keys are with which it is called; answers at once. */
    default KeyHealth keyHealth() {
        return KeyHealth.NONE;
    }

    /** Releases connections; requests in flight fail. */
    @Override
    void close();
}
