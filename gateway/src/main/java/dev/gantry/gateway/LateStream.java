package dev.gantry.gateway;

import dev.gantry.provider.ClientStream;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A stream to the client whose head goes out with its first bytes. */
final class LateStream implements ClientStream {
    private final Exchange exchange;
    private final Map<String, String> headers;
    private volatile @Nullable ClientStream stream;

    LateStream(Exchange exchange, Map<String, String> headers) {
        this.exchange = exchange;
        this.headers = headers;
    }

    /** Sends the head if it has not gone out. */
    ClientStream open() {
        ClientStream known = stream;
        if (known == null) {
            known = exchange.openStream(headers);
            stream = known;
        }
        return known;
    }

    @Override
    public void write(Buffer bytes) {
        open().write(bytes);
    }

    @Override
    public boolean isFull() {
        ClientStream known = stream;
        return known != null && known.isFull();
    }

    @Override
    public void onDrain(Runnable action) {
        open().onDrain(action);
    }

    @Override
    public boolean isGone() {
        return exchange.isGone();
    }

    @Override
    public void onGone(Runnable action) {
        exchange.onGone(action);
    }

    @Override
    public boolean isCut() {
        return exchange.cutReason() != null;
    }

    @Override
    public void abort() {
        open().abort();
    }
}
