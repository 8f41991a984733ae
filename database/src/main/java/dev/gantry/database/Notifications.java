package dev.gantry.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Subscriptions to {@code NOTIFY}, over one connection of its own that is opened again whenever it breaks.
 *
 * <p>Notifications that were sent while the connection was away are lost, as PostgreSQL keeps none. A subscriber is
 * therefore told whenever a new connection listens, and must then assume that it missed some. Thread-safe; subscribers
 * are called one at a time and must not block for long.
 */
public final class Notifications implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);
    private static final Pattern CHANNEL = Pattern.compile("[a-z][a-z0-9_]{0,59}");
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration PING_INTERVAL = Duration.ofSeconds(10);
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);
    private static final Duration PAUSE_MIN = Duration.ofMillis(50);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(2);

    private final Connections connections;
    private final Runnable onLoss;
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Object started = new Object();
    private @Nullable Thread thread;
    private volatile boolean closed;
    private volatile boolean connected;

    private record Subscription(String channel, Consumer<String> payload, Runnable onReconnect) {}

    /**
     * @param onLoss called when the connection broke, which others to the same server then have done as well
     */
    Notifications(Connections connections, Runnable onLoss) {
        this.connections = connections;
        this.onLoss = onLoss;
    }

    /**
     * Subscribes to a channel.
     *
     * @param channel a lower-case name
     * @param payload called with the text of every notification, in the order of the senders' commits
     * @param onReconnect called once listening has begun, and again each time after the connection was lost:
     *     notifications may have been missed before that moment, none is after it
     */
    public void listen(String channel, Consumer<String> payload, Runnable onReconnect) {
        if (!CHANNEL.matcher(channel).matches()) {
            throw new IllegalArgumentException("not a channel name: " + channel);
        }
        subscriptions.add(new Subscription(channel, payload, onReconnect));
        synchronized (started) {
            if (thread == null && !closed) {
                thread = Thread.ofVirtual().name("gantry-notifications").start(this::run);
            }
        }
    }

    /** Returns whether notifications arrive at the moment; false before the first subscription is active. */
    public boolean isConnected() {
        return connected;
    }

    @Override
    public void close() {
        closed = true;
        synchronized (started) {
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    private void run() {
        Duration pause = PAUSE_MIN;
        while (!closed) {
            try (Connection connection = connections.asApplication(SILENCE_MAX)) {
                Set<Subscription> active = new HashSet<>();
                long pingAt = System.nanoTime() + PING_INTERVAL.toNanos();
                while (!closed) {
                    activate(connection, active);
                    pause = PAUSE_MIN;
                    receive(connection, active);
                    if (System.nanoTime() - pingAt > 0) {
                        ping(connection);
                        pingAt = System.nanoTime() + PING_INTERVAL.toNanos();
                    }
                }
            } catch (SQLException failure) {
                if (closed) {
                    return;
                }
                onLoss.run();
                if (pause.equals(PAUSE_MIN)) {
                    LOG.warn("The connection for notifications broke: {}", failure.getMessage());
                }
            }
            connected = false;
            try {
                Thread.sleep(pause);
            } catch (InterruptedException closing) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
        }
    }

    private void activate(Connection connection, Set<Subscription> active) throws SQLException {
        List<Subscription> added = new ArrayList<>(subscriptions);
        added.removeAll(active);
        if (added.isEmpty()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            for (Subscription subscription : added) {
                statement.execute("LISTEN " + subscription.channel());
            }
        }
        active.addAll(added);
        connected = true;
        added.forEach(subscription -> call(subscription.onReconnect()));
    }

    private static void receive(Connection connection, Set<Subscription> active) throws SQLException {
        PGNotification[] received = connection.unwrap(PGConnection.class).getNotifications((int) POLL.toMillis());
        if (received != null) {
            for (PGNotification notification : received) {
                deliver(notification, active);
            }
        }
    }

    /** Finds out that the other side is gone: a connection that only listens would never notice. */
    private static void ping(Connection connection) throws SQLException {
        if (!connection.isValid((int) PING_TIMEOUT.toSeconds())) {
            throw new SQLException("the server does not answer", "08006");
        }
    }

    private static void deliver(PGNotification notification, Set<Subscription> active) {
        for (Subscription subscription : active) {
            if (subscription.channel().equals(notification.getName())) {
                call(() -> subscription.payload().accept(notification.getParameter()));
            }
        }
    }

    private static void call(Runnable subscriber) {
        try {
            subscriber.run();
        } catch (RuntimeException failure) {
            LOG.error("A subscriber to notifications failed", failure);
        }
    }
}
