package dev.gantry.quota;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may be in use at the same time. A slot that is never given back frees itself when its lease runs out. Works on a
 * clock that never goes back; thread-safe.
 */
final class Slots {
    private final long leaseNanos;

    /** In the order in which they run out, since all run equally long. */
    private final Set<Lease> leases = new LinkedHashSet<>();

    private boolean retired;

    /** One slot in use. */
    static final class Lease {
        private final long endsNanos;

        private Lease(long endsNanos) {
            this.endsNanos = endsNanos;
        }
    }

    /** What came of asking for a slot. */
    enum Outcome {
        TAKEN,
        FULL,
        RETIRED
    }

    /**
     * An attempt's result.
     *
     * @param lease null unless a slot was taken
     */
    record Attempt(Outcome outcome, @Nullable Lease lease) {
        private static final Attempt FULL = new Attempt(Outcome.FULL, null);
        private static final Attempt RETIRED = new Attempt(Outcome.RETIRED, null);
    }

    Slots(long leaseNanos) {
        this.leaseNanos = leaseNanos;
    }

    synchronized Attempt take(long limit, long now) {
        if (retired) {
            return Attempt.RETIRED;
        }
        expire(now);
        if (leases.size() >= limit) {
            return Attempt.FULL;
        }
        Lease lease = new Lease(now + leaseNanos);
        leases.add(lease);
        return new Attempt(Outcome.TAKEN, lease);
    }

    /** Frees a slot; without effect when its lease had run out or it was freed before. */
    synchronized void giveBack(Lease lease) {
        leases.remove(lease);
    }

    synchronized int used(long now) {
        expire(now);
        return leases.size();
    }

    synchronized boolean retireIfEmpty(long now) {
        expire(now);
        retired = retired || leases.isEmpty();
        return retired;
    }

    private void expire(long now) {
        Iterator<Lease> oldest = leases.iterator();
        while (oldest.hasNext() && oldest.next().endsNanos <= now) {
            oldest.remove();
        }
    }
}
