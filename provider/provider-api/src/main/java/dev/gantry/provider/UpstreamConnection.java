package dev.gantry.provider;

import io.vertx.core.http.HttpClientConnection;

/** One open connection of a pool. For its event loop's thread only. */
final class UpstreamConnection {
    private final HttpClientConnection http;
    private boolean closed;
    private boolean used;
    private long usableUntilNanos;

    UpstreamConnection(HttpClientConnection http) {
        this.http = http;
    }

    HttpClientConnection http() {
        return http;
    }

    boolean isClosed() {
        return closed;
    }

    void markClosed() {
        closed = true;
    }

    /** Returns whether a call was served before, so that the peer may have closed the connection in the meantime. */
    boolean wasUsed() {
        return used;
    }

    /** Notes that a call was served and until when the peer will keep the connection. */
    void markUsed(long untilNanos) {
        used = true;
        usableUntilNanos = untilNanos;
    }

    boolean isExpired(long nowNanos) {
        return used && nowNanos - usableUntilNanos > 0;
    }

    void close() {
        if (!closed) {
            http.close();
        }
    }
}
