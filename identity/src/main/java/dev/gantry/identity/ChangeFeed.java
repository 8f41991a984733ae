package dev.gantry.identity;

import dev.gantry.database.Database;
import dev.gantry.kernel.GantryException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
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

    /** So many kinds of things are told apart; others seem to change with one of them now and then, which costs a reading. */
    private static final int KINDS = 4_096;

    /** What a node does about news; called on the thread of the notifications, must be quick. */
    interface Listener {
        void keyChanged(UUID organization, String prefix);

        void organizationChanged(UUID organization);

        /** Anything may have changed. */
        void everythingChanged();

        /**
         * Something else than a key or an organization changed.
         *
         * @return whether the listener knows such things
         */
        default boolean changed(String topic, String key) {
            return false;
        }
    }

    private final Database database;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final LongSupplier nanoTime;
    private final String node = UUID.randomUUID().toString();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong lastOfAll = new AtomicLong();
    private final AtomicLongArray lastOf = new AtomicLongArray(KINDS);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long provenAtNanos;
    private volatile boolean asked;

    ChangeFeed(Database database, Listener listener, LongSupplier nanoTime) {
        this.database = database;
        this.listeners.add(listener);
        this.nanoTime = nanoTime;
        this.provenAtNanos = nanoTime.getAsLong() - TimeUnit.DAYS.toNanos(1);
    }

    /** Adds somebody who hears of changes. */
    void follow(Listener listener) {
        listeners.add(listener);
    }

    /** Begins to listen and to beat. */
    void start() {
        database.notifications().listen(CHANNEL, this::receive, this::reconnected);
        Thread.ofVirtual().name("gantry-identity-beat").start(this::beat);
    }

    /** Returns a number that grows with every change this node hears of, before listeners are told. */
    long changes() {
        return changes.get();
    }

    /**
     * Returns whether something changed since {@link #changes} said a number. Listeners that take out what they put in before they
     * asked this remember nothing stale: a change is counted first, and taken out by them second.
     *
     * @param what the id of an organization, for all that belongs to it, or a topic with its key
     */
    boolean isChangedSince(long before, Object what) {
        return lastOfAll.get() > before || lastOf.get(kind(what)) > before;
    }

    /** What {@link #isChangedSince} knows a key of a topic by. */
    static String what(String topic, String key) {
        return topic + " " + key;
    }

    private static int kind(Object what) {
        int hash = what.hashCode();
        return (hash ^ (hash >>> 16)) & (KINDS - 1);
    }

    private void count(Object what) {
        lastOf.accumulateAndGet(kind(what), changes.incrementAndGet(), Math::max);
    }

    /** Returns a moment of the node's monotonic clock up to which all committed changes are known here. */
    long provenAtNanos() {
        if (!asked) {
            asked = true;
        }
        return provenAtNanos;
    }

    /** Tells all nodes, this one included, when the transaction commits. */
    static void keyChanged(Handle handle, UUID organization, String prefix) {
        notify(handle, "key " + prefix + " " + organization);
    }

    /** Tells all nodes, this one included, when the transaction commits. */
    static void organizationChanged(Handle handle, UUID organization) {
        notify(handle, "organization " + organization);
    }

    /** Tells all nodes, this one included, when the transaction commits. */
    static void changed(Handle handle, String topic, String key) {
        notify(handle, topic + " " + key);
    }

    private static void notify(Handle handle, String payload) {
        handle.createQuery("SELECT CAST(pg_notify('" + CHANNEL + "', :payload) AS text)")
                .bind("payload", payload)
                .mapTo(String.class)
                .one();
    }

    /** Applies a change that this node committed itself at once, without waiting for the notification. */
    void applyKeyChange(UUID organization, String prefix) {
        count(organization);
        listeners.forEach(listener -> listener.keyChanged(organization, prefix));
    }

    /** Applies a change that this node committed itself at once, without waiting for the notification. */
    void applyOrganizationChange(UUID organization) {
        count(organization);
        listeners.forEach(listener -> listener.organizationChanged(organization));
    }

    /** Applies a change that this node committed itself; one that nobody knows may mean anything. */
    void applyChange(String topic, String key) {
        count(what(topic, key));
        boolean known = false;
        for (Listener listener : listeners) {
            known |= listener.changed(topic, key);
        }
        if (!known) {
            reconnected();
        }
    }

    private void receive(String payload) {
        String[] words = payload.split(" ", -1);
        switch (words[0]) {
            case "beat" -> {
                if (words[1].equals(node)) {
                    provenAtNanos = Long.parseLong(words[2]);
                }
            }
            case "key" -> {
                if (words.length > 2) {
                    applyKeyChange(UUID.fromString(words[2]), words[1]);
                } else {
                    // A node of a version before does not say whose it is.
                    reconnected();
                }
            }
            case "organization" -> applyOrganizationChange(UUID.fromString(words[1]));
            default -> applyChange(words[0], words.length > 1 ? words[1] : "");
        }
    }

    private void reconnected() {
        lastOfAll.accumulateAndGet(changes.incrementAndGet(), Math::max);
        listeners.forEach(Listener::everythingChanged);
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
