package dev.gantry.server;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds how many bytes of bodies a node holds at a time, over all requests. Thread-safe. */
final class BodyBudget {
    private final long bytesMax;
    private final AtomicLong held = new AtomicLong();

    BodyBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** A quarter of the heap, and never less than one largest body. */
    static BodyBudget ofHeap(long bodyBytesMax) {
        return new BodyBudget(Math.max(bodyBytesMax, Runtime.getRuntime().maxMemory() / 4));
    }

    /** Returns the share of a new request, to be released when it is served. */
    Share share() {
        return new Share();
    }

    /** What one request holds. Grown and released by one thread at a time. */
    final class Share {
        private long bytes;

        /** Returns whether there was room for more. */
        boolean grow(int more) {
            if (held.addAndGet(more) > bytesMax) {
                held.addAndGet(-more);
                return false;
            }
            bytes += more;
            return true;
        }

        void release() {
            held.addAndGet(-bytes);
            bytes = 0;
        }
    }
}
