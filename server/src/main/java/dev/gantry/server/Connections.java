package dev.gantry.server;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Closes connections that keep a place without using it: those that never send a first request, and those that stay idle
 * between requests. Belongs to one event loop.
 */
final class Connections {
    private static final long SWEEP_MS = 1_000;

    private final Map<HttpConnection, State> open = new HashMap<>();
    private final long headerTimeoutNanos;
    private final long keepAliveNanos;

    private static final class State {
        private long idleSince = System.nanoTime();
        private boolean used;
        private int inFlight;
    }

    Connections(Vertx vertx, ServerSettings settings) {
        headerTimeoutNanos = settings.headerTimeout().toNanos();
        keepAliveNanos = settings.keepAliveTimeout().toNanos();
        vertx.setPeriodic(SWEEP_MS, tick -> sweep());
    }

    void opened(HttpConnection connection) {
        open.put(connection, new State());
        connection.closeHandler(closed -> open.remove(connection));
    }

    void requestBegins(HttpConnection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.used = true;
            state.inFlight++;
        }
    }

    void requestEnds(HttpConnection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.inFlight--;
            state.idleSince = System.nanoTime();
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        Iterator<Map.Entry<HttpConnection, State>> entries =
                new HashMap<>(open).entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<HttpConnection, State> entry = entries.next();
            State state = entry.getValue();
            long allowed = state.used ? keepAliveNanos : headerTimeoutNanos;
            if (state.inFlight == 0 && now - state.idleSince > allowed) {
                entry.getKey().close();
            }
        }
    }
}
