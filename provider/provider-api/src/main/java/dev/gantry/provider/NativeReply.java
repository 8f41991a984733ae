package dev.gantry.provider;

import dev.gantry.kernel.TokenUsage;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A successful reply in the client's own schema. Used by one thread. */
public interface NativeReply extends AutoCloseable {
    /**
     * Waits for the whole body of a reply that is not a stream.
     *
     * @throws ProviderException if the provider breaks off, exceeds the bound on replies or the deadline, or answers with
     *     something that is not JSON
     */
    Buffer body() throws ProviderException;

    /**
     * Pipes a stream to the client, chunk by chunk on the event loop with back-pressure, and waits for its end. Does not
     * end {@code client}. Returns early when the client is gone, after a bounded time in which the provider's closing
     * numbers are still awaited.
     *
     * @throws ProviderException if the provider breaks off or the deadline passes; what was sent before stays sent
     */
    void pipeTo(ClientStream client) throws ProviderException;

    /** Returns what the provider counted, once the body or the stream was read; null when it gave no numbers. */
    @Nullable
    TokenUsage usage();

    /**
     * Returns the text that the answer held so far as characters produced by the model, for an estimate when the provider
     * gave no numbers or was cut off.
     */
    String producedText();

    /** Cancels the upstream call if the reply is not complete. Idempotent. */
    @Override
    void close();
}
