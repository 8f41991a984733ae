package dev.gantry.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database whether it answers, over a connection of its own: the pool would let the question wait behind
 * requests, and as long as a request may wait. Thread-safe.
 */
final class ReadinessProbe implements AutoCloseable {
    /** How long an answer may take. */
    static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Connections connections;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Connection connection;
    private boolean closed;

    ReadinessProbe(Connections connections) {
        this.connections = connections;
    }

    boolean answers() {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            Connection current = connection;
            if (current != null && current.isValid((int) TIMEOUT.toSeconds())) {
                return true;
            }
            discard();
            connection = connections.asApplication(TIMEOUT);
            return true;
        } catch (SQLException away) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            discard();
        } finally {
            lock.unlock();
        }
    }

    private void discard() {
        Connection current = connection;
        connection = null;
        if (current != null) {
            try {
                current.close();
            } catch (SQLException alreadyBroken) {
                // It is discarded because it is broken.
            }
        }
    }
}
