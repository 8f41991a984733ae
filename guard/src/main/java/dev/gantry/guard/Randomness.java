package dev.gantry.guard;

/** Tells what was drawn at random from what was written. */
final class Randomness {
    /** Longest stretch that is looked at. */
    private static final int LENGTH_MAX = 128;

    private Randomness() {}

    /** Returns whether a stretch of text has many different characters. */
    static boolean isVaried(Passage text, int start, int end) {
        int length = Math.min(end - start, LENGTH_MAX);
        long low = 0;
        long high = 0;
        for (int position = start; position < start + length; position++) {
            int value = text.at(position);
            low |= value < 64 ? 1L << value : 0;
            high |= value < 64 ? 0 : 1L << (value - 64);
        }
        return Long.bitCount(low) + Long.bitCount(high) >= Math.min(8, length / 2);
    }

    /**
     * Returns whether a stretch of text has the variety of something drawn at random: many different characters, and more
     * than letters, or letters in both cases without the order of words.
     */
    static boolean looksRandom(Passage text, int start, int end) {
        int length = Math.min(end - start, LENGTH_MAX);
        int digits = 0;
        int upper = 0;
        int lower = 0;
        int repeats = 0;
        int changes = 0;
        for (int position = start; position < start + length; position++) {
            int value = text.at(position);
            digits += Bytes.isDigit(value) ? 1 : 0;
            upper += Bytes.isUpper(value) ? 1 : 0;
            lower += Bytes.isLower(value) ? 1 : 0;
            if (position > start) {
                int before = text.at(position - 1);
                repeats += value == before ? 1 : 0;
                changes += isOtherClass(before, value) ? 1 : 0;
            }
        }
        if (!isVaried(text, start, end) || repeats * 3 > length) {
            return false;
        }
        boolean isMixed = digits > 0 && upper + lower > 0;
        return isMixed
                ? changes * 8 >= length || digits * 6 >= length
                : upper > 1 && lower > 1 && changes * 4 >= length;
    }

    private static boolean isOtherClass(int before, int value) {
        return Bytes.isDigit(before) != Bytes.isDigit(value)
                || Bytes.isUpper(before) != Bytes.isUpper(value)
                || Bytes.isLower(before) != Bytes.isLower(value);
    }
}
