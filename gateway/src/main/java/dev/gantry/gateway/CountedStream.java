package dev.gantry.gateway;

import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientStream;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** The client's end of a stream that nobody inspects: only its size is bounded. For the upstream's event loop. */
final class CountedStream implements ClientStream {
    private final ClientStream client;
    private final AnswerCheck check;
    private @Nullable GantryException refusal;

    CountedStream(ClientStream client, AnswerCheck check) {
        this.client = client;
        this.check = check;
    }

    /** Returns why the stream had to end; null when it had not. */
    @Nullable
    GantryException refusal() {
        return refusal;
    }

    @Override
    public void write(Buffer bytes) {
        try {
            check.count(bytes.length());
        } catch (GantryException tooLarge) {
            refusal = tooLarge;
            throw tooLarge;
        }
        client.write(bytes);
    }

    @Override
    public boolean isFull() {
        return client.isFull();
    }

    @Override
    public void onDrain(Runnable action) {
        client.onDrain(action);
    }

    @Override
    public boolean isGone() {
        return client.isGone();
    }

    @Override
    public void onGone(Runnable action) {
        client.onGone(action);
    }

    @Override
    public boolean isCut() {
        return client.isCut();
    }

    @Override
    public void abort() {
        client.abort();
    }
}
