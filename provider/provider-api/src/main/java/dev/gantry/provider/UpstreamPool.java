package dev.gantry.provider;

import io.vertx.core.AsyncResult;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one provider: the most recently used is reused first, the number is bounded, calls
 * beyond it wait in order. For the event loop's thread only.
 */
final class UpstreamPool {
    private static final long CLEANING_MS = 5_000;
    private static final int WAITING_PER_CONNECTION = 16;
    private static final int WAITING_MIN = 1_024;

    private final UpstreamLoop loop;
    private final HttpClientAgent connector;
    private final HttpConnectOptions address;
    private final int connectionsMax;
    private final AtomicInteger openEverywhere;
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<UpstreamCall> waiting = new ArrayDeque<>();
    private final List<UpstreamConnection> all = new ArrayList<>();
    private int connecting;
    private boolean cleaning;
    private boolean closed;

    /** {@code openEverywhere} counts the open connections of all pools of a provider. */
    UpstreamPool(
            UpstreamLoop loop,
            HttpClientAgent connector,
            HttpConnectOptions address,
            int connectionsMax,
            AtomicInteger openEverywhere) {
        this.loop = loop;
        this.connector = connector;
        this.address = address;
        this.connectionsMax = connectionsMax;
        this.openEverywhere = openEverywhere;
    }

    UpstreamLoop loop() {
        return loop;
    }

    /** Finds a connection for a call, now or later; {@code fresh} asks for one that was never used. */
    void acquire(UpstreamCall call, boolean fresh) {
        if (closed) {
            call.fail(new IllegalStateException("The provider was closed"));
            return;
        }
        UpstreamConnection reusable = fresh ? null : pollIdle();
        if (reusable != null) {
            call.connected(reusable);
        } else if (all.size() + connecting < connectionsMax || makeRoom()) {
            connect(call);
        } else if (waiting.size() < Math.max(WAITING_MIN, (long) connectionsMax * WAITING_PER_CONNECTION)) {
            waiting.add(call);
        } else {
            call.fail(new IllegalStateException("Too many requests wait for a connection"));
        }
    }

    /** Forgets a call that waits no longer. */
    void forget(UpstreamCall call) {
        waiting.remove(call);
    }

    /** Takes back a connection on which a reply ended properly. */
    void release(UpstreamConnection connection, long usableNanos) {
        long now = System.nanoTime();
        connection.markUsed(now + usableNanos);
        if (connection.isClosed()) {
            return;
        }
        UpstreamCall next = waiting.poll();
        if (next != null) {
            next.connected(connection);
        } else if (closed) {
            connection.close();
        } else {
            idle.addLast(connection);
            scheduleCleaning();
        }
    }

    /** Fails what waits and closes what is open. */
    void close() {
        closed = true;
        IllegalStateException reason = new IllegalStateException("The provider was closed");
        for (UpstreamCall call = waiting.poll(); call != null; call = waiting.poll()) {
            call.fail(reason);
        }
        List.copyOf(all).forEach(UpstreamConnection::close);
    }

    private @Nullable UpstreamConnection pollIdle() {
        long now = System.nanoTime();
        for (UpstreamConnection last = idle.pollLast(); last != null; last = idle.pollLast()) {
            if (last.isClosed()) {
                continue;
            }
            if (!last.isExpired(now)) {
                return last;
            }
            last.close();
        }
        return null;
    }

    /** Gives up an idle connection, so that another can be opened. */
    private boolean makeRoom() {
        UpstreamConnection oldest = idle.pollFirst();
        if (oldest == null) {
            return false;
        }
        oldest.close();
        return true;
    }

    private void connect(UpstreamCall call) {
        connecting++;
        call.connecting();
        connector.connect(address).onComplete(outcome -> connected(call, outcome));
    }

    private void connected(UpstreamCall call, AsyncResult<HttpClientConnection> outcome) {
        connecting--;
        if (outcome.failed()) {
            call.fail(outcome.cause());
            serveNextByConnecting();
            return;
        }
        HttpClientConnection http = outcome.result();
        UpstreamConnection connection = new UpstreamConnection(http);
        all.add(connection);
        openEverywhere.incrementAndGet();
        http.exceptionHandler(ignored -> {});
        http.closeHandler(gone -> disconnected(connection));
        if (closed) {
            connection.close();
            call.fail(new IllegalStateException("The provider was closed"));
        } else if (call.isDone()) {
            release(connection, UpstreamCall.KEPT_NANOS);
        } else {
            call.connected(connection);
        }
    }

    private void disconnected(UpstreamConnection connection) {
        if (!connection.isClosed()) {
            connection.markClosed();
            all.remove(connection);
            idle.remove(connection);
            openEverywhere.decrementAndGet();
            serveNextByConnecting();
        }
    }

    private void serveNextByConnecting() {
        if (!closed && all.size() + connecting < connectionsMax) {
            UpstreamCall next = waiting.poll();
            if (next != null) {
                connect(next);
            }
        }
    }

    private void scheduleCleaning() {
        if (!cleaning) {
            cleaning = true;
            loop.context().setTimer(CLEANING_MS, timer -> clean());
        }
    }

    private void clean() {
        cleaning = false;
        long now = System.nanoTime();
        List.copyOf(idle).forEach(connection -> {
            if (connection.isExpired(now)) {
                idle.remove(connection);
                connection.close();
            }
        });
        if (!idle.isEmpty() && !closed) {
            scheduleCleaning();
        }
    }
}
