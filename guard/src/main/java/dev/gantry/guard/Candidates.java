package dev.gantry.guard;

import java.util.Arrays;

/**
 * What detectors found in a text, and of what overlaps the better one. Reused for one text after another; not
 * thread-safe.
 */
final class Candidates {
    private static final int[] NONE = {};
    /** No match is longer, the operator's own ones included. */
    private static final int LENGTH_MAX = 0xFFFF;

    private int count;
    private int least;
    private int asked;
    private int[] starts = NONE;
    private int[] ends = NONE;
    /** Where a candidate begins, or the word before it that led to it. */
    private int[] reaches = NONE;
    /** The kind's index times 128 plus the confidence in percent. */
    private int[] marks = NONE;

    /**
     * Forgets all.
     *
     * @param leastConfidence in percent; what is less sure is not taken from now on
     */
    void clear(int leastConfidence) {
        count = 0;
        least = leastConfidence;
    }

    /** Says where detectors are asked from now on. */
    void askedAt(int place) {
        asked = place;
    }

    /**
     * Adds one.
     *
     * @param confidence in percent, 1 to 100
     */
    void add(Kind kind, int start, int end, int confidence) {
        if (confidence >= least) {
            addScored(kind, start, end, confidence);
        }
    }

    /** Adds one whatever the least confidence is. */
    void addScored(Kind kind, int start, int end, int confidence) {
        if (count == starts.length) {
            int capacity = Math.max(16, count * 2);
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
            reaches = Arrays.copyOf(reaches, capacity);
            marks = Arrays.copyOf(marks, capacity);
        }
        int mark = kind.index() * 128 + confidence;
        int place = count++;
        // Nearly in order already: what comes later begins earlier only by the length of a word or two.
        while (place > 0 && (starts[place - 1] > start || (starts[place - 1] == start && ends[place - 1] < end))) {
            starts[place] = starts[place - 1];
            ends[place] = ends[place - 1];
            reaches[place] = reaches[place - 1];
            marks[place] = marks[place - 1];
            place--;
        }
        starts[place] = start;
        ends[place] = end;
        reaches[place] = Math.min(start, asked);
        marks[place] = mark;
    }

    /**
     * Returns the place before a given one that no candidate reaches across: where some overlap, what becomes of one
     * depends on the others.
     */
    int undivided(int place) {
        int whole = place;
        for (int index = count - 1; index >= 0; index--) {
            if (reaches[index] < whole && ends[index] > whole) {
                whole = reaches[index];
                index = count; // What was looked at before may reach across the new place.
            }
        }
        return whole;
    }

    /** Keeps, where some overlap, the surest; of equally sure ones the longest, then the first. */
    void resolve() {
        if (!overlaps()) {
            return;
        }
        long[] order = new long[count];
        for (int index = 0; index < count; index++) {
            long unsure = 127L - confidence(index);
            long shortness = (long) LENGTH_MAX - Math.min(LENGTH_MAX, ends[index] - starts[index]);
            order[index] = unsure << 48 | shortness << 32 | index;
        }
        Arrays.sort(order);
        boolean[] isKept = new boolean[count];
        for (long each : order) {
            int index = (int) each;
            isKept[index] = isFree(index, isKept);
        }
        int kept = 0;
        for (int index = 0; index < count; index++) {
            if (isKept[index]) {
                starts[kept] = starts[index];
                ends[kept] = ends[index];
                marks[kept] = marks[index];
                kept++;
            }
        }
        count = kept;
    }

    private boolean overlaps() {
        int end = 0;
        for (int index = 0; index < count; index++) {
            if (starts[index] < end) {
                return true;
            }
            end = Math.max(end, ends[index]);
        }
        return false;
    }

    /** Whether nothing that is kept overlaps one. */
    private boolean isFree(int index, boolean[] isKept) {
        for (int other = index - 1; other >= 0 && starts[index] - starts[other] < LENGTH_MAX; other--) {
            if (isKept[other] && ends[other] > starts[index]) {
                return false;
            }
        }
        for (int other = index + 1; other < count && starts[other] < ends[index]; other++) {
            if (isKept[other]) {
                return false;
            }
        }
        return true;
    }

    int count() {
        return count;
    }

    int start(int index) {
        return starts[index];
    }

    int end(int index) {
        return ends[index];
    }

    int kind(int index) {
        return marks[index] >> 7;
    }

    int confidence(int index) {
        return marks[index] & 127;
    }

    /** Forgets one without moving the others. */
    void drop(int index) {
        marks[index] = -1;
    }

    boolean isDropped(int index) {
        return marks[index] < 0;
    }
}
