package dev.gantry.server;

import dev.gantry.batch.ItemReply;
import dev.gantry.gateway.Exchange;
import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientStream;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Takes the reply to a request of a batch, whose caller never goes away. For one request. */
final class BatchExchange implements Exchange {
    private volatile int status;
    private volatile Map<String, String> headers = Map.of();
    private volatile Buffer body = Buffer.buffer();

    @Override
    public void send(int code, String contentType, Map<String, String> sent, Buffer bytes) {
        Map<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        byName.putAll(sent);
        headers = byName;
        body = bytes;
        status = code;
    }

    /** Returns what was sent. */
    ItemReply reply(String requestId) {
        if (status == 0) {
            throw new IllegalStateException("A request of a batch has no reply");
        }
        String millis = headers.get("retry-after-ms");
        return new ItemReply(
                status,
                requestId,
                body.getBytes(),
                "true".equals(headers.get("x-should-retry")),
                millis == null ? Duration.ZERO : Duration.ofMillis(Long.parseLong(millis)));
    }

    /** Streams are refused when a batch is handed in. */
    @Override
    public ClientStream openStream(Map<String, String> sent) {
        throw new IllegalStateException("A request of a batch has no stream");
    }

    @Override
    public void endStream() {
        throw new IllegalStateException("A request of a batch has no stream");
    }

    @Override
    public boolean committed() {
        return status != 0;
    }

    @Override
    public long firstByteNanos() {
        return 0;
    }

    @Override
    public boolean isGone() {
        return false;
    }

    @Override
    public void onGone(Runnable action) {
        // It never goes.
    }

    /** Who may not ask any more is found out before each request. */
    @Override
    public void cut(GantryException reason) {
        // The request under way is let come to its end.
    }

    @Override
    public @Nullable GantryException cutReason() {
        return null;
    }
}
