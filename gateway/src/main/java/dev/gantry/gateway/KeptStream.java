package dev.gantry.gateway;

import dev.gantry.provider.ClientStream;
import io.vertx.core.buffer.Buffer;

/** A stream whose reader is nobody: it is kept. Used by one thread. */
final class KeptStream implements ClientStream {
    private final Buffer kept = Buffer.buffer();

    byte[] bytes() {
        return kept.getBytes();
    }

    @Override
    public void write(Buffer bytes) {
        kept.appendBuffer(bytes);
    }

    @Override
    public boolean isFull() {
        return false;
    }

    @Override
    public void onDrain(Runnable action) {
        // Never full.
    }

    @Override
    public boolean isGone() {
        return false;
    }

    @Override
    public void onGone(Runnable action) {
        // Never gone.
    }

    @Override
    public void abort() {
        // Nobody is there.
    }
}
