package dev.gantry.testing;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that another thread or another process does. Safe for use by many threads. */
public final class Eventually {
    /**
     * How long a test waits before it says that something does not happen. It costs nothing where the thing happens, so
     * there is room for a machine that is many times slower and for a disk that stalls.
     */
    public static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Eventually() {}

    /** A question whose answer may cost a look outside. */
    @FunctionalInterface
    public interface Condition {
        /** Returns whether it is so now. An exception ends the wait. */
        boolean holds() throws Exception;
    }

    /**
     * Waits until a condition holds.
     *
     * @param what the condition in words, for the error
     * @throws AssertionError if it does not within {@link #PATIENCE}
     */
    public static void holds(String what, Condition condition) {
        within(PATIENCE, what, condition);
    }

    /**
     * Waits until a latch is open.
     *
     * @throws AssertionError if it is not within {@link #PATIENCE}
     */
    public static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError("After " + PATIENCE.toSeconds() + " s the latch is still closed");
        }
    }

    /**
     * Waits for a result.
     *
     * @throws AssertionError if there is none within {@link #PATIENCE}
     */
    public static <T> T get(Future<T> future) throws InterruptedException, ExecutionException {
        try {
            return future.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException none) {
            throw new AssertionError("After " + PATIENCE.toSeconds() + " s still without a result", none);
        }
    }

    /**
     * Waits for the next of a queue.
     *
     * @param what it would be, for the error
     * @throws AssertionError if there is none within {@link #PATIENCE}
     */
    public static <T> T next(String what, BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        if (next == null) {
            throw new AssertionError("After " + PATIENCE.toSeconds() + " s still none: " + what);
        }
        return next;
    }

    /**
     * Waits until a condition holds. With a time of its own only where that time is promised: it is that from which on
     * the condition must hold whenever it is asked for, however long the asking takes.
     *
     * @throws AssertionError if it does not hold when that time is over
     */
    public static void within(Duration time, String what, Condition condition) {
        long begun = System.nanoTime();
        try {
            for (long asked = begun; !condition.holds(); asked = System.nanoTime()) {
                if (asked - begun > time.toNanos()) {
                    throw new AssertionError("After " + time.toSeconds() + " s still not so: " + what);
                }
                LockSupport.parkNanos(POLL_NANOS);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } catch (RuntimeException unexpected) {
            throw unexpected;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted before it was so: " + what, interrupted);
        } catch (Exception failure) {
            throw new AssertionError("Cannot find out whether " + what, failure);
        }
    }
}
