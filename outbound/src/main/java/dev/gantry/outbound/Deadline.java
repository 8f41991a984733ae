package dev.gantry.outbound;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** The moment by which everything has to be over. Immutable. */
public final class Deadline {
    private final long endNanos;

    private Deadline(long endNanos) {
        this.endNanos = endNanos;
    }

    /** Returns the moment that is some time away from now. */
    public static Deadline in(Duration timeout) {
        return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    /**
     * Returns the milliseconds that are left, at least 1, for a socket.
     *
     * @throws SocketTimeoutException if none are
     */
    public int remainingMs() throws SocketTimeoutException {
        long remaining = (endNanos - System.nanoTime()) / 1_000_000;
        if (remaining <= 0) {
            throw new SocketTimeoutException("the time is over");
        }
        return (int) Math.min(remaining, Integer.MAX_VALUE);
    }

    /** Returns the nanoseconds that are left; 0 when none are. */
    public long remainingNanos() {
        return Math.max(0, endNanos - System.nanoTime());
    }
}
