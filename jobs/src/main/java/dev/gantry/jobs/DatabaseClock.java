package dev.gantry.jobs;

import com.github.kagkarlsson.scheduler.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The time of the database, as this node estimates it. Due times and signs of life of all nodes are compared by it, so that
 * no node whose clock is wrong seems dead, or takes work that is not due. Thread-safe.
 */
final class DatabaseClock implements Clock {
    private static final Duration TRIP_MAX = Duration.ofMillis(500);

    /** What a clock may go wrong by, at worst, in so many times as long. */
    private static final long DRIFT = 1_000;

    private final java.time.Clock local;

    /** How long the answer took that counts. */
    private volatile Duration trip = Duration.ofDays(1);

    /** When that answer came, by the local clock. */
    private volatile Instant known = Instant.EPOCH;

    private volatile Duration ahead = Duration.ZERO;

    DatabaseClock(java.time.Clock local) {
        this.local = local;
    }

    @Override
    public Instant now() {
        return local.instant().plus(ahead);
    }

    /**
     * Takes note of what the database said between two moments of this node's clock. The answer may be as wrong as half the time
     * that it took, so that a slow one counts only where nothing better is known. What is known gets worse with its age.
     */
    void adjust(Instant before, Instant database, Instant after) {
        Duration took = Duration.between(before, after);
        if (took.isNegative() || (took.compareTo(TRIP_MAX) > 0 && took.compareTo(doubt(after)) >= 0)) {
            return;
        }
        trip = took;
        known = after;
        ahead = Duration.between(before.plus(Duration.between(before, after).dividedBy(2)), database);
    }

    private Duration doubt(Instant at) {
        return trip.plus(Duration.between(known, at).abs().dividedBy(DRIFT));
    }

    Instant local() {
        return local.instant();
    }
}
