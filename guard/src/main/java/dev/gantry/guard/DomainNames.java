package dev.gantry.guard;

/** Domain names within text. */
final class DomainNames {
    private DomainNames() {}

    /**
     * Returns where the domain name that begins at a position ends, or -1 when there is none: labels of letters, digits
     * and hyphens with dots between, at least two of them, the last one of two or more letters.
     */
    static int end(Passage text, int start, int lengthMax) {
        int labelStart = start;
        int end = -1;
        int labels = 0;
        while (true) {
            int labelEnd = labelStart;
            while (labelEnd - labelStart <= 63 && isLabel(text.at(labelEnd))) {
                labelEnd++;
            }
            int length = labelEnd - labelStart;
            if (length == 0 || length > 63 || text.at(labelStart) == '-') {
                return end;
            }
            int last = labelEnd;
            while (text.at(last - 1) == '-') {
                last--;
            }
            labels++;
            if (labels >= 2 && isTopLevel(text, labelStart, last)) {
                end = last;
            }
            if (last != labelEnd || text.at(labelEnd) != '.' || labelEnd + 1 - start > lengthMax) {
                return end;
            }
            labelStart = labelEnd + 1;
        }
    }

    private static boolean isLabel(int value) {
        return Bytes.isWord(value) || value == '-';
    }

    private static boolean isTopLevel(Passage text, int start, int end) {
        if (end - start < 2) {
            return false;
        }
        if (text.at(start) == 'x' && text.at(start + 1) == 'n' && text.at(start + 2) == '-') {
            return true;
        }
        for (int position = start; position < end; position++) {
            if (!Bytes.isLetter(text.at(position)) && text.at(position) < 0x80) {
                return false;
            }
        }
        return true;
    }
}
