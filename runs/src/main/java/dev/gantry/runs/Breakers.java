package dev.gantry.runs;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Circuit breakers that steps share by a key: after {@value #FAILURES_MAX} failures in a row they fail at once for a minute,
 * then one may try. Each node counts for itself. Thread-safe.
 */
final class Breakers {
    private static final int FAILURES_MAX = 5;
    private static final Duration OPEN = Duration.ofSeconds(60);
    private static final int KEYS_MAX = 10_000;

    private record Key(UUID organization, String name) {}

    private record Count(int failures, Instant openUntil) {}

    private final Map<Key, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Count> eldest) {
            return size() > KEYS_MAX;
        }
    };

    synchronized boolean mayTry(UUID organization, String name, Instant now) {
        Key key = new Key(organization, name);
        Count count = counts.get(key);
        if (count == null || count.failures() < FAILURES_MAX) {
            return true;
        }
        if (now.isBefore(count.openUntil())) {
            return false;
        }
        // One tries; the others wait for what becomes of it.
        counts.put(key, new Count(count.failures(), now.plus(OPEN)));
        return true;
    }

    synchronized void note(UUID organization, String name, boolean success, Instant now) {
        Key key = new Key(organization, name);
        if (success) {
            counts.remove(key);
        } else {
            Count count = counts.get(key);
            counts.put(key, new Count(count == null ? 1 : count.failures() + 1, now.plus(OPEN)));
        }
    }
}
