package dev.gantry.server;

import dev.gantry.identity.Proof;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections that keep a place without using it: those that never send a first request, and those that stay idle
 * between requests. Thread-safe: a request ends on the thread that answers it.
 */
final class Connections {
    private static final long SWEEP_MS = 1_000;

    private final Map<HttpConnection, State> open = new ConcurrentHashMap<>();
    private final long headerTimeoutNanos;
    private final long keepAliveNanos;
    private final long bodyNanos;

    private static final class State {
        private final @Nullable Proof proof;
        private final AtomicInteger inFlight = new AtomicInteger();
        private volatile long idleSince = System.nanoTime();
        private volatile boolean used;

        /** The body that is on its way; null when none is. Only for the event loop. */
        private @Nullable BodyCollector body;

        private long bodyDueNanos;

        private State(@Nullable Proof proof) {
            this.proof = proof;
        }
    }

    Connections(Vertx vertx, ServerSettings settings) {
        headerTimeoutNanos = settings.headerTimeout().toNanos();
        keepAliveNanos = settings.keepAliveTimeout().toNanos();
        bodyNanos = settings.bodyTimeout().toNanos();
        vertx.setPeriodic(SWEEP_MS, tick -> sweep());
    }

    /**
     * Notes a new connection.
     *
     * @param proof what it proves about its client; null when it proves nothing
     */
    void opened(HttpConnection connection, @Nullable Proof proof) {
        open.put(connection, new State(proof));
        connection.closeHandler(closed -> open.remove(connection));
    }

    /** Returns what a connection proves about its client; null when it proves nothing, or is closed. */
    @Nullable
    Proof proof(HttpConnection connection) {
        State state = open.get(connection);
        return state == null ? null : state.proof;
    }

    void requestBegins(HttpConnection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.used = true;
            state.inFlight.incrementAndGet();
        }
    }

    void requestEnds(HttpConnection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.idleSince = System.nanoTime();
            state.inFlight.decrementAndGet();
        }
    }

    /** Bounds the time in which a body arrives; one look at all connections is cheaper than a timer for each request. */
    void bodyBegins(HttpConnection connection, BodyCollector body) {
        State state = open.get(connection);
        if (state != null && !body.isFinished()) {
            state.body = body;
            state.bodyDueNanos = System.nanoTime() + bodyNanos;
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        open.forEach((connection, state) -> {
            BodyCollector body = state.body;
            if (body != null && body.isFinished()) {
                state.body = null;
            } else if (body != null && now - state.bodyDueNanos > 0) {
                state.body = null;
                body.late();
            }
            long allowed = state.used ? keepAliveNanos : headerTimeoutNanos;
            if (state.inFlight.get() == 0 && now - state.idleSince > allowed) {
                connection.close();
            }
        });
    }
}
