package dev.gantry.runs;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes who follows a run when this node has added to its events. Thread-safe. */
final class RunSignals {
    private final Map<UUID, Map<Object, Semaphore>> followers = new ConcurrentHashMap<>();

    /** Follows a run, until it is closed. Used by one thread. */
    final class Follower implements AutoCloseable {
        private final UUID run;
        private final Semaphore news = new Semaphore(0);

        private Follower(UUID run) {
            this.run = run;
            followers.compute(run, (_, known) -> {
                Map<Object, Semaphore> map = known == null ? new ConcurrentHashMap<>() : known;
                map.put(this, news);
                return map;
            });
        }

        /** Waits for news, at most for a time: other nodes' are not heard of. */
        void await(Duration most) throws InterruptedException {
            if (news.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
                news.drainPermits();
            }
        }

        @Override
        public void close() {
            followers.computeIfPresent(run, (_, known) -> {
                known.remove(this);
                return known.isEmpty() ? null : known;
            });
        }
    }

    Follower follow(UUID run) {
        return new Follower(run);
    }

    void tell(UUID run) {
        Map<Object, Semaphore> known = followers.get(run);
        if (known != null) {
            known.values().forEach(Semaphore::release);
        }
    }
}
