package dev.gantry.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What was read of somebody who may call, remembered for as long as it may be believed: below a second, counted from the
 * reading or from the last moment up to which no change of the organization was missed, as API keys are. Every change
 * of an organization, its people, groups, roles and teams drops what is remembered of it, on every node. Thread-safe.
 *
 * @param <V> what is remembered; immutable
 */
public final class Beliefs<V> implements ChangeFeed.Listener {
    private static final Duration AGE_MAX = Duration.ofMinutes(10);
    private static final int READINGS_MAX = 6;
    private static final int WAITING_MAX = 500;
    private static final Duration WAIT = Duration.ofSeconds(2);

    private final String topic;
    private final ChangeFeed feed;
    private final LongSupplier nanoTime;
    private final Function<V, UUID> organization;
    private final Semaphore readings = new Semaphore(READINGS_MAX, true);
    private final Cache<String, Entry<V>> entries;
    private final SharedReadings<Optional<Entry<V>>> underWay = new SharedReadings<>();

    /**
     * What was read.
     *
     * @param changesBefore how many changes the feed had told of before
     */
    private record Entry<V>(V value, long readAtNanos, long changesBefore) {}

    Beliefs(String topic, ChangeFeed feed, LongSupplier nanoTime, int entriesMax, Function<V, UUID> organization) {
        this.topic = topic;
        this.feed = feed;
        this.nanoTime = nanoTime;
        this.organization = organization;
        this.entries = Caffeine.newBuilder()
                .maximumSize(entriesMax)
                .expireAfterWrite(AGE_MAX)
                .build();
    }

    /** Returns what is remembered and may be believed now; null if there is no such thing. */
    public @Nullable V find(String key) {
        Entry<V> entry = entries.getIfPresent(key);
        return entry != null && isBelieved(entry) ? entry.value() : null;
    }

    private boolean isBelieved(Entry<V> entry) {
        long now = nanoTime.getAsLong();
        long belief = Authenticator.BELIEF.toNanos();
        return now - entry.readAtNanos() < belief || now - feed.provenAtNanos() < belief;
    }

    /**
     * Reads and remembers, once for all who want the same. A few readings go on at a time.
     *
     * @param reading returns null, or throws, if there is nothing to remember
     * @throws GantryException {@link ErrorCode#OVERLOADED} if too many readings wait, {@link ErrorCode#DATABASE_UNAVAILABLE} if
     *     they take too long to be believed, and what the reading throws
     */
    public @Nullable V read(String key, Supplier<? extends @Nullable V> reading) {
        Optional<Entry<V>> read = underWay.read(
                key,
                () -> readOne(key, reading),
                others -> others.map(entry -> isBelieved(entry) && !isChanged(key, entry))
                        .orElse(true));
        return read.map(Entry::value).orElse(null);
    }

    private Optional<Entry<V>> readOne(String key, Supplier<? extends @Nullable V> reading) {
        admit();
        try {
            long changes = feed.changes();
            long now = nanoTime.getAsLong();
            V value = reading.get();
            if (value == null) {
                entries.invalidate(key);
                return Optional.empty();
            }
            Entry<V> entry = new Entry<>(value, now, changes);
            entries.put(key, entry);
            if (isChanged(key, entry)) {
                // What was read before a change must not be remembered after it.
                entries.asMap().remove(key, entry);
            }
            return Optional.of(entry);
        } finally {
            readings.release();
        }
    }

    private boolean isChanged(String key, Entry<V> entry) {
        return feed.isChangedSince(entry.changesBefore(), organization.apply(entry.value()))
                || feed.isChangedSince(entry.changesBefore(), ChangeFeed.what(topic, key));
    }

    private void admit() {
        try {
            if (readings.getQueueLength() < WAITING_MAX
                    && readings.tryAcquire(WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new GantryException(ErrorCode.SHUTTING_DOWN, "The request was given up", stopping);
        }
        throw new GantryException(
                ErrorCode.OVERLOADED,
                "Too many callers are being looked up at the moment",
                List.of(),
                Duration.ofSeconds(1),
                null);
    }

    /**
     * Tells all nodes, when the transaction commits, to forget what they remember under a key.
     *
     * @param key without spaces
     */
    public void forget(Handle handle, String key) {
        ChangeFeed.changed(handle, topic, key);
    }

    /** Forgets at once on this node; to be called after the commit of what {@link #forget(Handle, String)} was told. */
    public void forget(String key) {
        feed.applyChange(topic, key);
    }

    @Override
    public void keyChanged(UUID changed, String prefix) {
        // Somebody may have signed in with it.
        organizationChanged(changed);
    }

    @Override
    public void organizationChanged(UUID changed) {
        entries.asMap()
                .values()
                .removeIf(entry -> organization.apply(entry.value()).equals(changed));
    }

    @Override
    public void everythingChanged() {
        entries.invalidateAll();
    }

    @Override
    public boolean changed(String other, String key) {
        if (!other.equals(topic)) {
            return false;
        }
        entries.invalidate(key);
        return true;
    }
}
