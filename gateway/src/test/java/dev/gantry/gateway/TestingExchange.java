package dev.gantry.gateway;

import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientStream;
import dev.gantry.provider.testing.TestingClient;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A caller in memory. Thread-safe. */
final class TestingExchange implements Exchange {
    final TestingClient client = new TestingClient();
    final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean committed;
    private volatile @Nullable GantryException cutReason;
    private volatile Map<String, String> headers = Map.of();

    @Override
    public void send(int status, String contentType, Map<String, String> sent, Buffer body) {
        committed = true;
        headers = sent;
        client.write(body);
    }

    @Override
    public ClientStream openStream(Map<String, String> sent) {
        if (!committed) {
            committed = true;
            headers = sent;
        }
        return client;
    }

    @Override
    public void endStream() {
        ended.countDown();
    }

    @Override
    public boolean committed() {
        return committed;
    }

    @Override
    public long firstByteNanos() {
        return 0;
    }

    @Override
    public boolean isGone() {
        return client.isGone();
    }

    @Override
    public void onGone(Runnable action) {
        client.onGone(action);
    }

    Map<String, String> headers() {
        return headers;
    }

    @Override
    public void cut(GantryException reason) {
        cutReason = reason;
        client.cutOff();
    }

    @Override
    public @Nullable GantryException cutReason() {
        return cutReason;
    }
}
