package dev.gantry.quota;

import java.time.Duration;
import java.util.UUID;

/**
 * One use of something that may be used so many times at the same time. Stops counting when it is closed, or when its time
 * runs out without {@link #renew}. Thread-safe.
 */
public final class QuotaLease implements AutoCloseable {
    private final Quotas quotas;
    private final UUID organization;
    private final Quota quota;
    private final UUID id;
    private final Duration time;

    QuotaLease(Quotas quotas, UUID organization, Quota quota, UUID id, Duration time) {
        this.quotas = quotas;
        this.organization = organization;
        this.quota = quota;
        this.id = id;
        this.time = time;
    }

    /**
     * Begins the lease's time anew.
     *
     * @return false if it had run out: somebody else may have taken its place, and the work must stop
     * @throws dev.gantry.kernel.GantryException if the database cannot be reached
     */
    public boolean renew() {
        return quotas.renew(organization, quota, id, time);
    }

    /** Stops counting; without effect when that has happened already. */
    @Override
    public void close() {
        quotas.end(organization, quota, id);
    }
}
