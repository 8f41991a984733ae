package dev.gantry.quota;

import java.util.Arrays;

/**
 * Counts what was taken within the last stretch of time, in slices of a {@value #SLICES}th of it. What was taken in a
 * slice counts until the whole slice has left the window, so in no stretch of the window's length is more taken than the
 * limit, and at full load at least 99 % of the limit is reached. Works on a clock that never goes back; thread-safe.
 */
final class SlidingWindow {
    /** Parts of a window. */
    static final int SLICES = 120;

    /** Result of {@link #take} when the window was retired: look for its successor. */
    static final long RETIRED = Long.MIN_VALUE;

    private static final int RING = SLICES + 1;

    private final long sliceNanos;
    private final int[] counts = new int[RING];
    private long newest;
    private long used;
    private boolean retired;

    SlidingWindow(long windowNanos) {
        this.sliceNanos = Math.max(1, (windowNanos + SLICES - 1) / SLICES);
    }

    /**
     * Takes an amount if the limit leaves room for it.
     *
     * @param now nanoseconds since a fixed moment; not negative
     * @return the slice it was taken in, for {@link #giveBack}; {@link #RETIRED}; or another negative number: minus the
     *     nanoseconds until there is room, if nobody else takes it
     */
    synchronized long take(long amount, long limit, long now) {
        if (retired) {
            return RETIRED;
        }
        advance(now);
        if (used + amount > limit) {
            return -waitNanos(used + amount - limit, now);
        }
        add(amount);
        return newest;
    }

    /**
     * Takes an amount whatever the limit says, because it was consumed already.
     *
     * @return false if the window was retired: look for its successor
     */
    synchronized boolean charge(long amount, long now) {
        if (!retired) {
            advance(now);
            add(amount);
        }
        return !retired;
    }

    /** Undoes a part of what was taken in a slice; without effect once the slice has left the window. */
    synchronized void giveBack(long amount, long slice) {
        if (slice > newest - RING && slice <= newest) {
            int index = (int) (slice % RING);
            int given = (int) Math.min(amount, counts[index]);
            counts[index] -= given;
            used -= given;
        }
    }

    /** Undoes a part of what was taken lately, whenever that was. */
    synchronized void undo(long amount, long now) {
        advance(now);
        long left = amount;
        for (long slice = newest; left > 0 && slice > newest - RING && slice >= 0; slice--) {
            long before = used;
            giveBack(left, slice);
            left -= before - used;
        }
    }

    /** Returns what counts at the moment. */
    synchronized long used(long now) {
        advance(now);
        return used;
    }

    /** Returns the nanoseconds until nothing counts any more, if nothing more is taken. */
    synchronized long resetNanos(long now) {
        advance(now);
        for (long slice = newest; slice > newest - RING && slice >= 0; slice--) {
            if (counts[(int) (slice % RING)] > 0) {
                return leaves(slice) - now;
            }
        }
        return 0;
    }

    /** Ends the window's life if nothing counts in it. */
    synchronized boolean retireIfEmpty(long now) {
        advance(now);
        retired = retired || used == 0;
        return retired;
    }

    private void add(long amount) {
        int index = (int) (newest % RING);
        // An int per slice is plenty: limits end at a billion. What could pass it is held at the largest number.
        int added = (int) Math.min(amount, Integer.MAX_VALUE - counts[index]);
        counts[index] += added;
        used += added;
    }

    private void advance(long now) {
        long slice = now / sliceNanos;
        if (slice - newest >= RING) {
            Arrays.fill(counts, 0);
            used = 0;
            newest = slice;
            return;
        }
        while (newest < slice) {
            newest++;
            int index = (int) (newest % RING);
            used -= counts[index];
            counts[index] = 0;
        }
    }

    private long waitNanos(long needed, long now) {
        long freed = 0;
        for (long slice = Math.max(0, newest - RING + 1); slice <= newest; slice++) {
            freed += counts[(int) (slice % RING)];
            if (freed >= needed) {
                return Math.max(1, leaves(slice) - now);
            }
        }
        return Math.max(1, leaves(newest) - now);
    }

    private long leaves(long slice) {
        return (slice + 1 + SLICES) * sliceNanos;
    }
}
