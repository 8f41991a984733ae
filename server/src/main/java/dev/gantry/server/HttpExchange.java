package dev.gantry.server;

import dev.gantry.gateway.Exchange;
import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One HTTP request's connection to its client: a whole reply or a stream. Thread-safe. */
final class HttpExchange implements Exchange, ClientStream {
    private final HttpServerResponse response;
    private final List<Runnable> goneActions = new ArrayList<>(2);
    private volatile boolean committed;
    private volatile boolean gone;
    private volatile boolean ended;
    private volatile long firstByteNanos;
    private volatile @Nullable GantryException cutReason;

    /** To be made on the connection's event loop, before anything else happens to the request. */
    HttpExchange(HttpServerRequest request) {
        this.response = request.response();
        response.exceptionHandler(failure -> goneNow());
        response.closeHandler(closed -> goneNow());
    }

    @Override
    public void send(int status, String contentType, Map<String, String> headers, Buffer body) {
        committed = true;
        ended = true;
        response.setStatusCode(status);
        response.putHeader("Content-Type", contentType);
        headers.forEach(response::putHeader);
        response.end(body);
    }

    /** Sends a reply without a body. */
    void sendEmpty(int status, Map<String, String> headers) {
        committed = true;
        ended = true;
        response.setStatusCode(status);
        headers.forEach(response::putHeader);
        response.end();
    }

    @Override
    public ClientStream openStream(Map<String, String> headers) {
        if (!committed) {
            committed = true;
            response.setStatusCode(200);
            response.setChunked(true);
            headers.forEach(response::putHeader);
        }
        return this;
    }

    @Override
    public void endStream() {
        ended = true;
        if (!gone) {
            response.end();
        }
    }

    @Override
    public boolean committed() {
        return committed;
    }

    @Override
    public long firstByteNanos() {
        return firstByteNanos;
    }

    @Override
    public void write(Buffer bytes) {
        if (gone || bytes.length() == 0) {
            return;
        }
        if (firstByteNanos == 0) {
            firstByteNanos = System.nanoTime();
        }
        response.write(bytes);
    }

    @Override
    public boolean isFull() {
        return response.writeQueueFull();
    }

    @Override
    public void onDrain(Runnable action) {
        response.drainHandler(drained -> action.run());
    }

    @Override
    public boolean isGone() {
        return gone || cutReason != null;
    }

    @Override
    public void onGone(Runnable action) {
        synchronized (goneActions) {
            if (!isGone()) {
                goneActions.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public void cut(GantryException reason) {
        List<Runnable> actions;
        synchronized (goneActions) {
            if (ended || isGone()) {
                return;
            }
            cutReason = reason;
            actions = List.copyOf(goneActions);
            goneActions.clear();
        }
        actions.forEach(Runnable::run);
    }

    @Override
    public @Nullable GantryException cutReason() {
        return cutReason;
    }

    @Override
    public boolean isCut() {
        return cutReason != null;
    }

    @Override
    public void abort() {
        response.reset();
        goneNow();
    }

    private void goneNow() {
        List<Runnable> actions;
        synchronized (goneActions) {
            if (gone || ended) {
                return;
            }
            gone = true;
            actions = List.copyOf(goneActions);
            goneActions.clear();
        }
        actions.forEach(Runnable::run);
    }
}
