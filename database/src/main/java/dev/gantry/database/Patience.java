package dev.gantry.database;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Bounds many waits with one thread that looks at them ten times a second. A timer for each would cost a request more than
 * its database work, since nearly every wait ends long before its bound. Thread-safe.
 */
final class Patience implements AutoCloseable {
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A power of two; enough that waiting threads rarely meet at one. */
    private static final int STRIPES = 16;

    private final Stripe[] stripes = new Stripe[STRIPES];
    private volatile boolean closed;

    /** The waits of some threads, as a ring. */
    private static final class Stripe {
        final Wait ring = new Wait(() -> {}, 0);
    }

    /** One wait that is under way. */
    static final class Wait {
        private final Runnable atEnd;
        private final long deadlineNs;
        private @Nullable Stripe stripe;
        private Wait previous = this;
        private Wait next = this;

        private Wait(Runnable atEnd, long deadlineNs) {
            this.atEnd = atEnd;
            this.deadlineNs = deadlineNs;
        }
    }

    Patience() {
        for (int index = 0; index < STRIPES; index++) {
            stripes[index] = new Stripe();
        }
        Thread.ofPlatform().name("gantry-patience").daemon().start(this::run);
    }

    /** Runs an action if {@link #leave} is not called within a time, a tenth of a second late at most. */
    Wait enter(Duration timeout, Runnable atEnd) {
        Wait wait = new Wait(atEnd, System.nanoTime() + timeout.toNanos());
        Stripe stripe = stripes[(int) Thread.currentThread().threadId() & (STRIPES - 1)];
        wait.stripe = stripe;
        synchronized (stripe) {
            wait.next = stripe.ring;
            wait.previous = stripe.ring.previous;
            stripe.ring.previous.next = wait;
            stripe.ring.previous = wait;
        }
        return wait;
    }

    /** Ends a wait. */
    void leave(Wait wait) {
        Stripe stripe = wait.stripe;
        if (stripe != null) {
            synchronized (stripe) {
                wait.previous.next = wait.next;
                wait.next.previous = wait.previous;
            }
        }
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(LOOK_NS);
            long now = System.nanoTime();
            for (Stripe stripe : stripes) {
                synchronized (stripe) {
                    for (Wait wait = stripe.ring.next; wait != stripe.ring; wait = wait.next) {
                        if (now - wait.deadlineNs >= 0) {
                            wait.atEnd.run();
                        }
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
