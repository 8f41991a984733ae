package dev.gantry.gateway;

import dev.gantry.provider.ClientStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Makes a virtual thread wait for a client that reads more slowly than it is written to. */
final class Backpressure {
    private Backpressure() {}

    /** Waits until the client has room, is gone, or has not read for {@code timeout}. */
    static void await(ClientStream stream, Duration timeout) {
        if (!stream.isFull() || stream.isGone()) {
            return;
        }
        CountDownLatch room = new CountDownLatch(1);
        stream.onDrain(room::countDown);
        stream.onGone(room::countDown);
        try {
            if (stream.isFull() && !stream.isGone()) {
                if (!room.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                    stream.abort();
                }
            }
        } catch (InterruptedException gone) {
            Thread.currentThread().interrupt();
        }
    }
}
