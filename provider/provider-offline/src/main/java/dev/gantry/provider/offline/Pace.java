package dev.gantry.provider.offline;

import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps a long computation polite on a virtual thread: at every {@link #check()} other threads get their turn, and the
 * work ends when its deadline has passed or its thread was interrupted. Used by one thread.
 */
final class Pace {
    /** How many units of work (blocks, sentences, rows of a matrix) pass between two looks at the clock. */
    private static final int UNITS_PER_LOOK = 256;

    private final LongSupplier nanoTime;
    private final long start;
    private final long timeoutNanos;
    private int units;

    Pace(LongSupplier nanoTime, Duration timeout) {
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.timeoutNanos = nanosOf(timeout);
    }

    /** Notes a unit of work and, now and then, looks at the clock. */
    void tick() throws ProviderException {
        if (++units % UNITS_PER_LOOK == 0) {
            check();
        }
    }

    /** Yields to other threads and looks at the clock. */
    @SuppressWarnings("ThreadPriorityCheck") // virtual threads share a carrier without time slices
    void check() throws ProviderException {
        if (Thread.currentThread().isInterrupted()) {
            throw new ProviderException(
                    Failure.UNAVAILABLE, "The provider 'offline' was interrupted before it had an answer", null);
        }
        if (remainingNanos() <= 0) {
            throw new ProviderException(
                    Failure.TIMEOUT, "The provider 'offline' did not finish within the time allowed", null);
        }
        Thread.yield();
    }

    /** Returns the time left; negative once the deadline has passed. */
    long remainingNanos() {
        return timeoutNanos - (nanoTime.getAsLong() - start);
    }

    private static long nanosOf(Duration duration) {
        return duration.compareTo(Duration.ofDays(365)) > 0
                ? Duration.ofDays(365).toNanos()
                : duration.toNanos();
    }
}
