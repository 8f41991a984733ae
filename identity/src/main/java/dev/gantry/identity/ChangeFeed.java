package dev.gantry.identity;

import dev.gantry.database.Database;
import dev.gantry.kernel.GantryException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every node what another one changed, by NOTIFY, and proves that nothing was missed.
 *
 * <p>A silent connection is no proof that there is no news: it may be half dead. So the node notifies itself, and since
 * PostgreSQL delivers notifications in the order of commits, getting back a beat that was sent at some moment shows that
 * every change which was committed before that moment has arrived. {@link #provenAtNanos()} is that moment. Nothing is
 * sent while nobody asks.
 */
final class ChangeFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);
    private static final String CHANNEL = "gantry_identity";
    private static final Duration BEAT = Duration.ofMillis(250);

    /** What a node does about news; called on the thread of the notifications, must be quick. */
    interface Listener {
        void keyChanged(String prefix);

        void organizationChanged(UUID organization);

        /** Anything may have changed. */
        void everythingChanged();
    }

    private final Database database;
    private final Listener listener;
    private final LongSupplier nanoTime;
    private final String node = UUID.randomUUID().toString();
    private final AtomicLong changes = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long provenAtNanos;
    private volatile boolean asked;

    ChangeFeed(Database database, Listener listener, LongSupplier nanoTime) {
        this.database = database;
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.provenAtNanos = nanoTime.getAsLong() - TimeUnit.DAYS.toNanos(1);
    }

    /** Begins to listen and to beat. */
    void start() {
        database.notifications().listen(CHANNEL, this::receive, this::reconnected);
        Thread.ofVirtual().name("gantry-identity-beat").start(this::beat);
    }

    /** Returns a number that grows with every change this node hears of, before the listener is told. */
    long changes() {
        return changes.get();
    }

    /** Returns a moment of the node's monotonic clock up to which all committed changes are known here. */
    long provenAtNanos() {
        if (!asked) {
            asked = true;
        }
        return provenAtNanos;
    }

    /** Tells all nodes, this one included, when the transaction commits. */
    static void keyChanged(Handle handle, String prefix) {
        notify(handle, "key " + prefix);
    }

    /** Tells all nodes, this one included, when the transaction commits. */
    static void organizationChanged(Handle handle, UUID organization) {
        notify(handle, "organization " + organization);
    }

    private static void notify(Handle handle, String payload) {
        handle.createQuery("SELECT CAST(pg_notify('" + CHANNEL + "', :payload) AS text)")
                .bind("payload", payload)
                .mapTo(String.class)
                .one();
    }

    /** Applies a change that this node committed itself at once, without waiting for the notification. */
    void applyKeyChange(String prefix) {
        changes.incrementAndGet();
        listener.keyChanged(prefix);
    }

    /** Applies a change that this node committed itself at once, without waiting for the notification. */
    void applyOrganizationChange(UUID organization) {
        changes.incrementAndGet();
        listener.organizationChanged(organization);
    }

    private void receive(String payload) {
        String[] words = payload.split(" ", -1);
        switch (words[0]) {
            case "beat" -> {
                if (words[1].equals(node)) {
                    provenAtNanos = Long.parseLong(words[2]);
                }
            }
            case "key" -> applyKeyChange(words[1]);
            case "organization" -> applyOrganizationChange(UUID.fromString(words[1]));
            default -> reconnected();
        }
    }

    private void reconnected() {
        changes.incrementAndGet();
        listener.everythingChanged();
    }

    private void beat() {
        boolean failing = false;
        try {
            while (!closed.await(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
                if (!asked) {
                    continue;
                }
                asked = false;
                String payload = "beat " + node + " " + nanoTime.getAsLong();
                try {
                    database.<Boolean>unscoped(handle -> {
                        notify(handle, payload);
                        return true;
                    });
                    failing = false;
                } catch (GantryException | JdbiException failure) {
                    if (!failing) {
                        LOG.warn("Changes of keys and roles cannot be followed: {}", failure.getMessage());
                    }
                    failing = true;
                }
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
