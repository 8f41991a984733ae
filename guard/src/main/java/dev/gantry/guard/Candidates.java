package dev.gantry.guard;

import java.util.Arrays;

/**
 * What detectors found in a text, and of what overlaps the better one. Reused for one text after another; not
 * thread-safe.
 */
final class Candidates {
    private static final int[] NONE = {};

    private int count;
    private int least;
    private int[] starts = NONE;
    private int[] ends = NONE;
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

    /**
     * Adds one.
     *
     * @param confidence in percent, 1 to 100
     */
    void add(Kind kind, int start, int end, int confidence) {
        if (confidence < least) {
            return;
        }
        if (count == starts.length) {
            int capacity = Math.max(16, count * 2);
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
            marks = Arrays.copyOf(marks, capacity);
        }
        int mark = kind.index() * 128 + confidence;
        int place = count++;
        // Nearly in order already: what comes later begins earlier only by the length of a word or two.
        while (place > 0 && (starts[place - 1] > start || (starts[place - 1] == start && ends[place - 1] < end))) {
            starts[place] = starts[place - 1];
            ends[place] = ends[place - 1];
            marks[place] = marks[place - 1];
            place--;
        }
        starts[place] = start;
        ends[place] = end;
        marks[place] = mark;
    }

    /** Keeps, where some overlap, the surest; of equally sure ones the longest, then the first. */
    void resolve() {
        int kept = 0;
        for (int index = 0; index < count; index++) {
            boolean isKept = true;
            while (isKept && kept > 0 && ends[kept - 1] > starts[index]) {
                if (isBetter(index, kept - 1)) {
                    kept--;
                } else {
                    isKept = false;
                }
            }
            if (isKept) {
                starts[kept] = starts[index];
                ends[kept] = ends[index];
                marks[kept] = marks[index];
                kept++;
            }
        }
        count = kept;
    }

    private boolean isBetter(int index, int other) {
        int difference = confidence(index) - confidence(other);
        if (difference != 0) {
            return difference > 0;
        }
        return ends[index] - starts[index] > ends[other] - starts[other];
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
