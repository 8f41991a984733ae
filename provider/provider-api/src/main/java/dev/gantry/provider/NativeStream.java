package dev.gantry.provider;

import dev.gantry.kernel.TokenUsage;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A reply that streams to the client through a forwarder. Used by one thread. */
public final class NativeStream implements NativeReply {
    private static final String MEDIA_TYPE = "text/event-stream";

    private final UpstreamStream stream;
    private final EventForwarder forwarder;

    private NativeStream(UpstreamStream stream, EventForwarder forwarder) {
        this.stream = stream;
        this.forwarder = forwarder;
    }

    /**
     * Makes a reply of a stream whose head has come.
     *
     * @throws ProviderException if it is not an event stream; it is closed then
     */
    public static NativeStream of(UpstreamStream stream, EventForwarder forwarder) throws ProviderException {
        requireEventStream(stream, forwarder.failures());
        return new NativeStream(stream, forwarder);
    }

    /** Refuses, and closes, a stream that is something else than an event stream. */
    static void requireEventStream(UpstreamStream stream, UpstreamFailures failures) throws ProviderException {
        String type = stream.header("content-type");
        if (type != null && !type.regionMatches(true, 0, MEDIA_TYPE, 0, MEDIA_TYPE.length())) {
            stream.close();
            throw failures.badReply("a stream of events was asked for, and something else came");
        }
    }

    /** Not for a stream. */
    @Override
    public Buffer body() {
        throw new IllegalStateException("The reply is a stream; pipeTo() reads it");
    }

    @Override
    public void pipeTo(ClientStream client) throws ProviderException {
        stream.pipe(forwarder, client);
    }

    @Override
    public @Nullable TokenUsage usage() {
        return forwarder.inspector().usage();
    }

    @Override
    public String producedText() {
        return forwarder.inspector().producedText();
    }

    @Override
    public void close() {
        stream.close();
    }
}
