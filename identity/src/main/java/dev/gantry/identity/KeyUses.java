package dev.gantry.identity;

import dev.gantry.database.Database;
import dev.gantry.kernel.GantryException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down once in a while when keys were last used. A crash loses the last interval, which is all the same: the time
 * tells an operator which keys nobody uses any more. Thread-safe.
 */
final class KeyUses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyUses.class);
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    /** Longer than the authenticator remembers a key. */
    private static final Duration IDLE = Duration.ofHours(1);

    private final Database database;
    private final Clock clock;
    private final ConcurrentHashMap<UUID, KeyUse> uses = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    KeyUses(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    void start() {
        Thread.ofVirtual().name("gantry-identity-uses").start(() -> {
            try {
                while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                    flush();
                }
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        });
    }

    KeyUse of(UUID organization, UUID key) {
        return uses.computeIfAbsent(key, added -> new KeyUse(organization, key));
    }

    /** Writes what is new; what the database does not take is tried again next time. */
    void flush() {
        long idleSince = clock.millis() - IDLE.toMillis();
        uses.values().removeIf(use -> !use.isUnwritten() && use.usedMillis() < idleSince);
        Map<UUID, List<KeyUse>> unwritten =
                uses.values().stream().filter(KeyUse::isUnwritten).collect(Collectors.groupingBy(KeyUse::organization));
        unwritten.forEach((organization, keys) -> {
            List<Long> times = keys.stream().map(KeyUse::usedMillis).toList();
            try {
                database.<Boolean>inOrganization(organization, handle -> {
                    KeyStore.touch(
                            handle,
                            keys.stream().map(KeyUse::key).toList(),
                            times.stream().map(Instant::ofEpochMilli).toList());
                    return true;
                });
                for (int index = 0; index < keys.size(); index++) {
                    keys.get(index).written(times.get(index));
                }
            } catch (GantryException | JdbiException failure) {
                LOG.warn("The last use of {} keys could not be noted: {}", keys.size(), failure.getMessage());
            }
        });
    }

    @Override
    public void close() {
        closed.countDown();
        flush();
    }
}
