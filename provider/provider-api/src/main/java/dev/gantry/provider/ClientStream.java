package dev.gantry.provider;

import io.vertx.core.buffer.Buffer;

/** The client's end of a streamed reply. All methods may be called from any event loop. */
public interface ClientStream {
    /** Sends bytes at once; they are dropped when the client is gone. */
    void write(Buffer bytes);

    /** Returns whether the client reads more slowly than it is written to, so that the writer should pause. */
    boolean isFull();

    /** Sets what to call when {@link #isFull()} has become false again. */
    void onDrain(Runnable action);

    /** Returns whether the client has closed the connection. */
    boolean isGone();

    /** Sets what to call when the client closes the connection; called at once if it has already. */
    void onGone(Runnable action);

    /** Returns whether the client, gone by {@link #isGone()}, was cut off: then nothing more of the provider is waited for. */
    default boolean isCut() {
        return false;
    }

    /** Closes the connection at once, for a client that does not read. */
    void abort();
}
