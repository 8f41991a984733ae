package dev.gantry.guard;

/**
 * What a number can be, by how many digits it has and what stands behind them. It decides which detectors are asked, so that
 * most numbers are seen by none or one.
 */
enum NumberForm {
    /** Nothing of interest: one or two digits before a colon, a comma or a bracket, a decimal fraction, a part of a code. */
    NONE(0),
    /** One to five digits before a space, a comma and a space, or a letter: of a house, or a day of a month. */
    SHORT(1),
    /** Six or more digits in one piece. */
    PIECE(2),
    /** A year, a month and a day, or the reverse. */
    DATE(3),
    /** Groups of digits. */
    GROUPED(4);

    private static final int SHORT_MAX = 5;
    private static final int LETTERS_MAX = 2;

    private final int index;

    NumberForm(int index) {
        this.index = index;
    }

    /** Returns its place in a table of all forms. */
    int index() {
        return index;
    }

    /**
     * Returns the form of the number that begins at a place.
     *
     * @param end where its first digits end when no letter follows them; -1 when one does
     */
    static NumberForm of(Passage text, int begin, int end) {
        if (end < 0) {
            return behindDigits(text, begin);
        }
        int after = text.at(end);
        int next = text.at(end + 1);
        int length = end - begin;
        boolean isSeparator = after == ' ' || after == '-' || after == '.' || after == '/';
        if (isSeparator && (Bytes.isDigit(next) || next == ' ' || next == '-')) {
            Groups groups = text.groups(begin);
            if (groups.count() > 1) {
                return grouped(groups);
            }
        }
        if (length > SHORT_MAX) {
            return PIECE;
        }
        boolean mayGoOn = after == ' ' || after == '.' || after == '-' || after == '/' || (after == ',' && next == ' ');
        return mayGoOn || (after < 0 && !text.isComplete()) ? SHORT : NONE;
    }

    /** Digits with letters behind them: {@code 12a}, {@code 5th}, {@code 34ms}, {@code 550e8400}, an extension. */
    private static NumberForm behindDigits(Passage text, int begin) {
        int digits = text.afterDigits(begin, Groups.LENGTH_MAX);
        int end = digits;
        while (end - digits <= LETTERS_MAX && Bytes.isWord(text.at(end)) && !Bytes.isDigit(text.at(end))) {
            end++;
        }
        boolean isExtended = text.at(digits) == 'x' && digits - begin >= 7;
        boolean isHigh = text.at(digits) >= 0x80;
        if (isExtended || isHigh || digits - begin > SHORT_MAX) {
            return isExtended || isHigh || text.at(digits) == 'T' ? GROUPED : NONE;
        }
        return end - digits <= LETTERS_MAX && !Bytes.isWord(text.at(end)) ? SHORT : NONE;
    }

    private static NumberForm grouped(Groups groups) {
        int count = groups.count();
        if (count == 2 && groups.separator(0) == '.') {
            return groups.length(0) > SHORT_MAX ? PIECE : NONE;
        }
        boolean isYearFirst = groups.length(0) == 4 && groups.length(1) <= 2 && groups.length(2) <= 2;
        boolean isDivided = count == 3
                && groups.separator(0) == groups.separator(1)
                && (groups.separator(0) == '-' || groups.separator(0) == '/');
        return isYearFirst && isDivided ? DATE : GROUPED;
    }
}
