package dev.gantry.provider;

import org.jspecify.annotations.Nullable;

/** The answer of a model as a sequence of events. Used by one thread at a time. */
public interface ChatReply extends AutoCloseable {
    /**
     * Waits for the next event.
     *
     * @return null after {@link ChatEvent.Finished}, which is the last event of every complete answer
     * @throws ProviderException if the provider breaks off, answers rubbish, or the deadline passes
     */
    @Nullable
    ChatEvent next() throws ProviderException;

    /** Abandons the answer if it is not complete: the upstream call is cancelled. Idempotent. */
    @Override
    void close();
}
