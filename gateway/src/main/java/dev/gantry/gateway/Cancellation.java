package dev.gantry.gateway;

/**
 * Interrupts the thread that waits for a provider when the caller goes away, and never after the wait is over. Interrupting
 * a provider call cancels it upstream.
 */
final class Cancellation implements AutoCloseable {
    private final Thread waiting = Thread.currentThread();
    private boolean armed = true;

    private Cancellation() {}

    /** Watches the caller from now until the returned object is closed, by the same thread. */
    static Cancellation whenGone(Exchange exchange) {
        Cancellation cancellation = new Cancellation();
        exchange.onGone(cancellation::cancel);
        return cancellation;
    }

    private synchronized void cancel() {
        if (armed) {
            waiting.interrupt();
        }
    }

    /** Stops watching and takes back an interrupt that has not been noticed. */
    @Override
    public synchronized void close() {
        armed = false;
        Thread.interrupted();
    }
}
