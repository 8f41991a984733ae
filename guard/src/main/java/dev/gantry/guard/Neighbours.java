package dev.gantry.guard;

/**
 * The words beside a place of a text, nearest first, as hashes. Words of another line or sentence do not count, nor do
 * numbers; a word of camelCase counts as its parts. Read once for all detectors that ask about one place. Not thread-safe.
 */
final class Neighbours {
    /** How far before a place words may stand, in bytes. */
    private static final int BEFORE_MAX = 72;
    /** How far behind a place words may stand, in bytes. */
    private static final int AFTER_MAX = 28;

    private static final int COUNT_MAX = 10;
    /** Behind so many other numbers a word says nothing about this one. */
    private static final int NUMBERS_MAX = 6;
    /** A shorter word before a full stop is rather an abbreviation than the end of a sentence. */
    private static final int SENTENCE_WORD_MIN = 4;

    private final long[] hashes = new long[COUNT_MAX];
    private final long[] factors = new long[COUNT_MAX];
    private final byte[] numbers = new byte[COUNT_MAX];
    private int count;
    private int readFor = -1;

    /** Forgets what was read. */
    void clear() {
        readFor = -1;
    }

    int count() {
        return count;
    }

    /** Returns the hash of a word, 0 for the nearest. */
    long hash(int index) {
        return hashes[index];
    }

    /** Returns how many numbers stand between a word and the place. */
    int numbers(int index) {
        return numbers[index];
    }

    /** Returns what a hash of words before this one is multiplied with when this one is appended. */
    long factor(int index) {
        return factors[index];
    }

    /** Reads the words before a position. */
    void readBefore(Passage text, int start) {
        if (readFor == start) {
            return;
        }
        readFor = start;
        count = 0;
        int passed = 0;
        int least = Math.max(text.from(), start - BEFORE_MAX);
        int end = start;
        while (count < COUNT_MAX) {
            int gap = end;
            while (end > least && !Bytes.isWord(text.at(end - 1))) {
                end--;
            }
            int begin = end;
            long hash = 0;
            long factor = 1;
            while (begin > least && Bytes.isWord(text.at(begin - 1)) && !isHump(text, begin, end)) {
                begin--;
                hash += Bytes.lower(text.at(begin)) * factor;
                factor *= WordTable.FACTOR;
            }
            boolean isCut = begin == least && Bytes.isWord(text.at(begin - 1));
            if (begin == end || isCut || isDivided(text, begin, end, gap)) {
                return;
            }
            if (!Bytes.isDigit(text.at(begin))) {
                hashes[count] = hash;
                numbers[count] = (byte) passed;
                factors[count++] = factor;
            } else if (++passed > NUMBERS_MAX) {
                return;
            }
            end = begin;
        }
    }

    /** Reads the words behind a position. */
    void readAfter(Passage text, int place) {
        readFor = -1;
        count = 0;
        int most = place + AFTER_MAX;
        int begin = place;
        while (count < COUNT_MAX) {
            while (begin < most && isGap(text.at(begin))) {
                begin++;
            }
            int end = begin;
            long hash = 0;
            long factor = 1;
            while (end < most && Bytes.isWord(text.at(end)) && !isHump(text, end, begin)) {
                hash = hash * WordTable.FACTOR + Bytes.lower(text.at(end));
                factor *= WordTable.FACTOR;
                end++;
            }
            if (end == begin || (end == most && Bytes.isWord(text.at(end)))) {
                return;
            }
            hashes[count] = hash;
            factors[count++] = factor;
            begin = end;
        }
    }

    private static boolean isGap(int value) {
        return value >= 0 && value != '\n' && value != ';' && value != ',' && !Bytes.isWord(value);
    }

    /** Whether a word of camelCase begins at a position that is not the edge of the word. */
    private static boolean isHump(Passage text, int position, int edge) {
        return position != edge && Bytes.isUpper(text.at(position)) && Bytes.isLower(text.at(position - 1));
    }

    /** Whether what lies between a word and the next ends a sentence or a line that does not lead to the next. */
    private static boolean isDivided(Passage text, int begin, int end, int gap) {
        for (int position = end; position < gap; position++) {
            int each = text.at(position);
            if (each == '\n' && !isLeading(text, end, position)) {
                return true;
            }
            boolean isStop = each == '.' || each == '!' || each == '?';
            if (isStop && Bytes.isSpace(text.at(position + 1)) && end - begin >= SENTENCE_WORD_MIN) {
                return true;
            }
        }
        return false;
    }

    /** Whether a line leads to the next one, as a label with a colon does. */
    private static boolean isLeading(Passage text, int end, int lineEnd) {
        for (int position = end; position < lineEnd; position++) {
            if (text.at(position) == ':') {
                return true;
            }
        }
        return false;
    }
}
