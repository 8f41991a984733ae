package dev.gantry.quota;

/**
 * Counts what one holder takes of one limit on requests or tokens. Times are nanoseconds since a fixed moment.
 * Thread-safe.
 */
interface Meter {
    /**
     * Takes an amount.
     *
     * @return as {@link SlidingWindow#take}
     */
    long take(long amount, long now);

    /** Undoes a part of what was taken; without effect when that no longer counts. */
    void giveBack(long amount, long takenIn, long now);

    /** Takes an amount that was consumed already, whatever the limit says; false as {@link SlidingWindow#charge}. */
    boolean charge(long amount, long now);

    /** Returns how much may count at a time, as far as this node may tell at the moment. */
    long most();

    /** Returns how much counts, as far as this node knows. */
    long used(long now);

    /** Returns the nanoseconds until nothing counts any more. */
    long resetNanos(long now);

    /** Ends the meter's life if it holds nothing that must be remembered. */
    boolean retireIfIdle(long now);
}
