package dev.gantry.server;

import dev.gantry.provider.ClientStream;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bytes for a client as an output stream, which waits when the client does not keep up. For one thread, which may block.
 */
final class BlockingStream extends OutputStream {
    private static final int BUFFER_BYTES = 32 * 1_024;
    private static final Duration STALL_MAX = Duration.ofMinutes(1);

    private final ClientStream client;
    private final Semaphore drained = new Semaphore(0);
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int length;

    BlockingStream(ClientStream client) {
        this.client = client;
        client.onGone(drained::release);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        int from = offset;
        int rest = count;
        while (rest > 0) {
            int part = Math.min(rest, BUFFER_BYTES - length);
            System.arraycopy(bytes, from, buffer, length, part);
            length += part;
            from += part;
            rest -= part;
            if (length == BUFFER_BYTES) {
                flush();
            }
        }
    }

    /** Sends what is there, and waits for room. */
    @Override
    public void flush() throws IOException {
        awaitRoom();
        if (length > 0) {
            client.write(Buffer.buffer(length).appendBytes(buffer, 0, length));
            length = 0;
        }
    }

    private void awaitRoom() throws IOException {
        while (client.isFull() && !client.isGone()) {
            drained.drainPermits();
            client.onDrain(drained::release);
            if (!client.isFull() || client.isGone()) {
                break;
            }
            try {
                if (!drained.tryAcquire(STALL_MAX.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IOException("the client took nothing for " + STALL_MAX.toSeconds() + " seconds");
                }
            } catch (InterruptedException interruption) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for the client", interruption);
            }
        }
        if (client.isGone()) {
            throw new IOException("the client closed the connection");
        }
    }
}
