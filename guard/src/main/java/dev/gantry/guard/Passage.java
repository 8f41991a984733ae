package dev.gantry.guard;

/**
 * The text that detectors look at: UTF-8 in which what only looks different is already the same (full-width digits are
 * digits, no-break spaces are spaces, zero-width characters are gone). Of a stream it is the part that is not released
 * yet, with some of what went before, and its end need not be the end of the text; {@link #at} then remembers that a
 * detector wanted to see more, and what it looked at is held back. Reused for one text after another; not thread-safe.
 */
final class Passage {
    /** How many bytes before a match detectors may look at. */
    static final int BEFORE_MAX = 128;
    /** How many bytes from where it is asked a detector may look at, unless it says otherwise. */
    static final int AHEAD_MAX = 512;

    private static final int WORD_MAX = 32;

    private byte[] bytes = new byte[0];
    private int from;
    private int to;
    private boolean isComplete = true;
    private boolean ranOut;
    private final Groups groups = new Groups();
    private int groupsAt = -1;
    private int labelAt;
    private final Neighbours before = new Neighbours();
    private final Neighbours after = new Neighbours();

    /** Takes the next text. */
    void set(byte[] next, int start, int end, boolean complete) {
        bytes = next;
        from = start;
        to = end;
        isComplete = complete;
        ranOut = false;
        groupsAt = -1;
        before.clear();
        after.clear();
    }

    /** Returns the byte at a position as 0 to 255, or -1 outside the text. */
    int at(int position) {
        if (position >= to) {
            ranOut |= !isComplete;
            return -1;
        }
        return position < from ? -1 : bytes[position] & 0xFF;
    }

    /** Returns where the text begins. */
    int from() {
        return from;
    }

    /** Returns where the text ends for now. */
    int to() {
        return to;
    }

    /** Returns the array that holds it; only bytes from {@link #from()} to {@link #to()} are the text. */
    byte[] bytes() {
        return bytes;
    }

    /** Returns whether nothing comes after the end. */
    boolean isComplete() {
        return isComplete;
    }

    /** Returns whether a detector looked beyond the end since the last call, where more may come. */
    boolean takeRanOut() {
        boolean was = ranOut;
        ranOut = false;
        return was;
    }

    /**
     * Returns whether a number or code may begin at a position: no ASCII letter or digit stands before it, or only one of
     * an escape such as the {@code \n} that text within text has. (In scripts without spaces, digits follow letters.)
     */
    boolean isStart(int position) {
        int before = at(position - 1);
        if (!Bytes.isAlphanumeric(before)) {
            return true;
        }
        return (before == 'n' || before == 'r' || before == 't') && at(position - 2) == '\\';
    }

    /** Returns whether a number or code may end before a position. */
    boolean isEnd(int position) {
        return !Bytes.isAlphanumeric(at(position));
    }

    /** Returns the position after a run of ASCII digits, at most {@code countMax} of them. */
    int afterDigits(int position, int countMax) {
        int end = position;
        while (end - position < countMax && Bytes.isDigit(at(end))) {
            end++;
        }
        return end;
    }

    /** Returns the position after a word, at most 32 bytes of it. */
    int wordEnd(int place) {
        int position = place;
        while (position - place < WORD_MAX && Bytes.isWord(at(position))) {
            position++;
        }
        return position;
    }

    /** Returns the hash of a stretch of text, as {@link WordTable} has it. */
    long hash(int start, int end) {
        long hash = 0;
        for (int position = start; position < end; position++) {
            hash = hash * WordTable.FACTOR + Bytes.lower(at(position));
        }
        return hash;
    }

    /** Returns the number that begins at a position, read once for all detectors. */
    Groups groups(int place) {
        if (groupsAt != place) {
            groups.read(this, place);
            groupsAt = place;
        }
        return groups;
    }

    /** Notes that at a place a word ends after which detectors look. */
    void labelAt(int place) {
        labelAt = place;
    }

    /** Returns whether such a word may stand before a place, near enough to speak of what stands there. */
    boolean isLabelNear(int place) {
        return place - labelAt <= BEFORE_MAX;
    }

    /** Returns the words before a position, nearest first. */
    Neighbours wordsBefore(int place) {
        before.readBefore(this, place);
        return before;
    }

    /** Returns the words behind a position, nearest first. */
    Neighbours wordsAfter(int place) {
        after.readAfter(this, place);
        return after;
    }
}
