package dev.gantry.gateway;

import java.time.Duration;

/**
 * Keeps requests from a model that fails again and again. Closed, it lets all through and counts failures in a row; open, none;
 * half open, a single one, whose outcome decides. Thread-safe; while closed and without failures it takes no lock.
 *
 * <p>Every request that was let through carries a pass, and only outcomes of the current phase count: what was sent before
 * the circuit opened says nothing about whether the model has recovered.
 */
final class CircuitBreaker {
    /** No pass: the request must not be sent. */
    static final int REFUSED = -1;

    private final int failuresMax;
    private final long openNanos;
    private final Listener listener;
    private volatile State state = State.CLOSED;
    private volatile int phase;
    private volatile int failures;
    private volatile boolean probing;
    private volatile long openedAt;

    /** What a circuit does at the moment. */
    enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /** Learns that the state has changed; called under the circuit's lock, so it must be quick. */
    @FunctionalInterface
    interface Listener {
        void changed(State from, State to);
    }

    CircuitBreaker(int failuresMax, Duration openFor, Listener listener) {
        this.failuresMax = failuresMax;
        this.openNanos = openFor.toNanos();
        this.listener = listener;
    }

    /** Returns a pass for one request, to be given to exactly one of the three methods below, or {@link #REFUSED}. */
    int enter(long now) {
        if (state == State.CLOSED) {
            return phase;
        }
        return enterCarefully(now);
    }

    private synchronized int enterCarefully(long now) {
        boolean rested = state == State.OPEN && now - openedAt >= openNanos;
        if (rested) {
            change(State.HALF_OPEN);
        } else if (state == State.OPEN || (state == State.HALF_OPEN && probing)) {
            return REFUSED;
        }
        probing = state == State.HALF_OPEN;
        return phase;
    }

    /** The model has answered, if only to refuse the request. */
    void succeeded(int pass) {
        if (pass == phase && (failures != 0 || state != State.CLOSED)) {
            recover(pass);
        }
    }

    private synchronized void recover(int pass) {
        if (pass == phase) {
            failures = 0;
            if (state == State.HALF_OPEN) {
                change(State.CLOSED);
            }
        }
    }

    /** The model has failed. */
    synchronized void failed(int pass, long now) {
        if (pass != phase) {
            return;
        }
        failures++;
        if (state == State.HALF_OPEN || failures >= failuresMax) {
            openedAt = now;
            failures = 0;
            change(State.OPEN);
        }
    }

    /** Nothing was learned: the request was given up, or never sent. */
    synchronized void abandoned(int pass) {
        if (pass == phase) {
            probing = false;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // Only changed under the lock; volatile for those who read without.
    private void change(State next) {
        State before = state;
        state = next;
        phase = phase + 1;
        probing = false;
        listener.changed(before, next);
    }

    State state() {
        return state;
    }

    /** Returns whether a request would be refused now. */
    boolean refuses(long now) {
        return switch (state) {
            case CLOSED -> false;
            case OPEN -> now - openedAt < openNanos;
            case HALF_OPEN -> probing;
        };
    }

    /** Returns how long to wait before the next request may be let through; zero when that is open. */
    Duration remaining(long now) {
        return state == State.OPEN ? Duration.ofNanos(Math.max(0, openNanos - (now - openedAt))) : Duration.ZERO;
    }
}
