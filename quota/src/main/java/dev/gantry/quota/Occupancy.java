package dev.gantry.quota;

/** Counts what one holder uses at the same time of one limit. Thread-safe. */
interface Occupancy {
    /** Takes a slot; what an attempt gives back is known to this occupancy alone. */
    Slots.Attempt take(long now);

    /** Frees a slot. */
    void giveBack(Slots.Lease lease, long now);

    /** Returns how many slots there are, as far as this node may tell at the moment. */
    long most();

    /** Returns how many are in use, as far as this node knows. */
    long used(long now);

    /** Ends its life if it holds nothing that must be remembered. */
    boolean retireIfIdle(long now);
}
