package dev.gantry.provider;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the events of a provider's stream one by one on a virtual thread. Must be closed. */
public final class EventReader implements AutoCloseable {
    private final UpstreamStream stream;
    private final EventStreamScanner scanner;
    private final ArrayDeque<byte[]> found = new ArrayDeque<>();
    private boolean ended;

    private final class Collector implements EventStreamScanner.Listener {
        @Override
        public void event(@Nullable String name, byte[] bytes, int from, int to, int end) {
            found.add(Arrays.copyOfRange(bytes, from, to));
        }

        @Override
        public void blank(int end) {
            // Nothing to read in it.
        }
    }

    private EventReader(UpstreamStream stream, UpstreamFailures failures) {
        this.stream = stream;
        this.scanner = new EventStreamScanner(EventForwarder.EVENT_BYTES_MAX, failures, new Collector());
    }

    /**
     * Makes a reader of a stream whose head has come.
     *
     * @throws ProviderException if it is not an event stream; it is closed then
     */
    public static EventReader of(UpstreamStream stream, UpstreamFailures failures) throws ProviderException {
        NativeStream.requireEventStream(stream, failures);
        return new EventReader(stream, failures);
    }

    /**
     * Waits for the next event that has data.
     *
     * @return its data; null at the end of the stream
     * @throws ProviderException if the provider breaks off or is silent for too long
     */
    public byte @Nullable [] next() throws ProviderException {
        while (found.isEmpty() && !ended) {
            Buffer chunk = stream.read();
            if (chunk == null) {
                ended = true;
                scanner.finish();
            } else {
                byte[] bytes = chunk.getBytes();
                scanner.scan(bytes, 0, bytes.length);
            }
        }
        return found.poll();
    }

    /** Cancels the call if the stream has not ended. */
    @Override
    public void close() {
        stream.close();
    }
}
