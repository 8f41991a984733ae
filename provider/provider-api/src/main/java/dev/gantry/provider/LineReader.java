package dev.gantry.provider;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Reads a provider's stream of JSON texts, one a line (NDJSON), on a virtual thread. Must be closed. */
public final class LineReader implements AutoCloseable {
    private static final int LINE_BYTES_MAX = 16 * 1024 * 1024;

    private final UpstreamStream stream;
    private final UpstreamFailures failures;
    private final ArrayDeque<byte[]> found = new ArrayDeque<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean ended;

    /** Reads a stream whose head has come. */
    public LineReader(UpstreamStream stream, UpstreamFailures failures) {
        this.stream = stream;
        this.failures = failures;
    }

    /**
     * Waits for the next line that is not blank.
     *
     * @return the line without its end; null at the end of the stream
     * @throws ProviderException if the provider breaks off, is silent for too long or sends a line beyond 16 MiB
     */
    public byte @Nullable [] next() throws ProviderException {
        while (found.isEmpty() && !ended) {
            Buffer chunk = stream.read();
            if (chunk == null) {
                ended = true;
                endLine();
            } else {
                split(chunk.getBytes());
            }
        }
        return found.poll();
    }

    private void split(byte[] bytes) throws ProviderException {
        int start = 0;
        for (int index = 0; index < bytes.length; index++) {
            if (bytes[index] == '\n') {
                line.write(bytes, start, index - start);
                endLine();
                start = index + 1;
            }
        }
        line.write(bytes, start, bytes.length - start);
        if (line.size() > LINE_BYTES_MAX) {
            throw failures.badReply("a line of its stream is longer than " + LINE_BYTES_MAX + " bytes");
        }
    }

    private void endLine() {
        byte[] complete = line.toByteArray();
        line.reset();
        for (byte character : complete) {
            if (character > ' ' || character < 0) {
                found.add(complete);
                return;
            }
        }
    }

    /** Cancels the call if the stream has not ended. */
    @Override
    public void close() {
        stream.close();
    }
}
