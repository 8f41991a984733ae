package dev.gantry.e2e;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that another process does. */
final class Eventually {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private Eventually() {}

    /** A question whose answer may cost a look outside. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits, for at most 30 seconds, until a condition holds. */
    static void holds(String what, Condition condition) {
        within(30, what, condition);
    }

    /** Waits, for at most so many seconds, until a condition holds. */
    static void within(long seconds, String what, Condition condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try {
            while (!condition.holds()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("After " + seconds + " s still not so: " + what);
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        } catch (RuntimeException unexpected) {
            throw unexpected;
        } catch (Exception failure) {
            throw new AssertionError("Cannot find out whether " + what, failure);
        }
    }
}
