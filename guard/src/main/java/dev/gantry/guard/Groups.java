package dev.gantry.guard;

/**
 * A number as it is written: groups of digits, each divided from the next by one or two spaces, one hyphen, full stop or slash, or a
 * hyphen between spaces. Read once and looked at by all detectors of numbers. Not thread-safe.
 */
final class Groups {
    private static final int COUNT_MAX = 8;
    static final int LENGTH_MAX = 40;

    private final int[] starts = new int[COUNT_MAX];
    private final int[] ends = new int[COUNT_MAX];
    private final int[] separators = new int[COUNT_MAX];
    private int count;
    private boolean isWide;

    /** Returns whether two spaces stand between groups anywhere, as in tables; few numbers are written in that way. */
    boolean isWide() {
        return isWide;
    }

    /** Reads the number that begins at a position. */
    void read(Passage text, int place) {
        count = 0;
        isWide = false;
        int position = place;
        while (count < COUNT_MAX) {
            int end = text.afterDigits(position, LENGTH_MAX);
            if (end == position) {
                break;
            }
            starts[count] = position;
            ends[count] = end;
            separators[count] = 0;
            count++;
            int separator = text.at(end);
            if ((separator != ' ' && separator != '-' && separator != '.' && separator != '/')
                    || end - place >= LENGTH_MAX) {
                break;
            }
            position = end + 1;
            if (separator == ' ' && text.at(position) == '-' && text.at(position + 1) == ' ') {
                separator = '-';
                position += 2;
            } else if (separator == ' ' && text.at(position) == ' ' && Bytes.isDigit(text.at(position + 1))) {
                isWide = true;
                position++;
            }
            if (!Bytes.isDigit(text.at(position))) {
                break;
            }
            separators[count - 1] = separator;
        }
    }

    int count() {
        return count;
    }

    int start(int group) {
        return starts[group];
    }

    int end(int group) {
        return ends[group];
    }

    /** Returns the number of digits of a group; 0 when there are not so many groups. */
    int length(int group) {
        return group < count ? ends[group] - starts[group] : 0;
    }

    /** Returns what divides a group from the next one; 0 when it is the last. */
    int separator(int group) {
        return group < count ? separators[group] : 0;
    }

    /** Returns whether groups from the first on have these lengths, whatever follows. */
    boolean begins(int first, int second, int third) {
        return length(0) == first && length(1) == second && length(2) == third;
    }

    /** Returns whether the first {@code groups} are all divided by the same sign, and that sign; 0 when not. */
    int commonSeparator(int groups) {
        int separator = separator(0);
        for (int group = 1; group < groups - 1; group++) {
            if (separator(group) != separator) {
                return 0;
            }
        }
        return separator;
    }
}
