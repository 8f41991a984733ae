package dev.gantry.gateway;

import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ChatEvent;
import io.vertx.core.buffer.Buffer;

/** How one client schema writes answers and errors. Stateless and thread-safe. */
public interface ReplyFormat {
    /** Returns the JSON body of a complete answer. */
    Buffer whole(ChatAnswer answer, Settled settled);

    /**
     * Returns the JSON body of an error that ends a request before anything else was sent.
     *
     * @param requestId for the client's report to the operator
     */
    Buffer error(GantryException error, String requestId);

    /** Returns the media type of {@link #error}. */
    default String errorType() {
        return "application/json";
    }

    /** Returns the bytes that end a provider's own stream in mid-air, after a part of the answer was sent. */
    Buffer brokenStream(GantryException error, String requestId);

    /**
     * Returns a writer for one streamed answer.
     *
     * @param prompt what was asked, as far as the schema's answers depend on it
     */
    StreamWriter stream(Prompt prompt);

    /** Writes the events of one streamed answer as server-sent events. Used by one thread. */
    interface StreamWriter {
        /** Returns the bytes for an event; empty when the schema has none for it. */
        Buffer event(ChatEvent event);

        /** Returns the bytes that close a complete answer. */
        Buffer end(Settled settled);

        /** Returns the bytes that end the stream in mid-air. */
        Buffer broken(GantryException error, String requestId);
    }
}
