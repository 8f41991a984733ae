package dev.gantry.audit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what the writer made durable. Written by its thread, once a transaction; read by any. */
final class WriteFigures {
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong lagSumNanos = new AtomicLong();
    private final AtomicLong lagNanos = new AtomicLong();
    private long sentEvents;
    private long sentBytes;
    private long oldest;

    /** Takes note of a batch of the transaction under way. */
    void sent(int count, long size, long firstAppendedNanos) {
        oldest = sentEvents == 0 || firstAppendedNanos - oldest < 0 ? firstAppendedNanos : oldest;
        sentEvents += count;
        sentBytes += size;
    }

    /** Takes note of the end of the transaction. */
    void ended(boolean committed) {
        if (committed && sentEvents > 0) {
            long lag = System.nanoTime() - oldest;
            events.addAndGet(sentEvents);
            bytes.addAndGet(sentBytes);
            lagSumNanos.addAndGet(lag);
            lagNanos.set(lag);
            transactions.incrementAndGet();
        }
        sentEvents = 0;
        sentBytes = 0;
    }

    long events() {
        return events.get();
    }

    long bytes() {
        return bytes.get();
    }

    long transactions() {
        return transactions.get();
    }

    Duration lagSum() {
        return Duration.ofNanos(lagSumNanos.get());
    }

    Duration lag() {
        return Duration.ofNanos(lagNanos.get());
    }
}
