package dev.gantry.provider;

import dev.gantry.kernel.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * What a provider's module knows of the events of its streams. Used on the event loop while the stream runs and by the
 * waiting thread afterwards.
 */
public interface EventInspector {
    /**
     * Looks at an event's data.
     *
     * @return whether the client is to get the event
     * @throws ProviderException if it tells of an error or is rubbish; the client does not get it, and the stream ends
     */
    boolean inspect(byte[] bytes, int from, int to) throws ProviderException;

    /** Returns whether the events so far form a complete answer. */
    boolean isComplete();

    /** Returns what the provider counted so far; null when it gave no numbers. */
    @Nullable
    TokenUsage usage();

    /** Returns what the model produced so far, as text. */
    String producedText();
}
