package dev.gantry.gateway;

import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientStream;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The connection to a caller who waits for one reply. All methods may be called from any thread. */
public interface Exchange {
    /** Sends a complete reply. */
    void send(int status, String contentType, Map<String, String> headers, Buffer body);

    /** Sends the head of an event stream and returns the way to write to it. */
    ClientStream openStream(Map<String, String> headers);

    /** Ends the stream. */
    void endStream();

    /** Returns whether a head was sent, after which an error can no longer have a status of its own. */
    boolean committed();

    /** Returns when the first byte of the body went out, on {@link System#nanoTime()}'s scale; 0 when none did. */
    long firstByteNanos();

    /** Returns whether the caller closed the connection before the reply was complete, or is to have nothing more of it. */
    boolean isGone();

    /** Sets what to do when {@link #isGone} becomes true; done at once if it is already. */
    void onGone(Runnable action);

    /**
     * Lets the caller have nothing more of the answer, though the connection stays: the caller is told the reason when what
     * was consumed is settled. Without effect once the reply has ended.
     */
    void cut(GantryException reason);

    /** Returns why the answer was cut; null when it was not. */
    @Nullable
    GantryException cutReason();
}
