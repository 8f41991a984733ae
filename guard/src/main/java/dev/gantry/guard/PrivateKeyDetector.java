package dev.gantry.guard;

/**
 * Private keys as text: RFC 7468 and its older relatives, OpenSSH's and PGP's blocks, from the first line to the last one,
 * or as far as the text goes on like a key. Asked at the word {@code BEGIN}.
 */
final class PrivateKeyDetector extends Detector {
    private static final byte[] DASHES = Bytes.utf8("-----");
    private static final byte[] END = Bytes.utf8("-----END ");
    private static final byte[] NAME = Bytes.utf8("PRIVATE KEY");
    private static final int LABEL_MAX = 40;

    /** Longer than an RSA key of 16,384 bits. */
    private static final int LENGTH_MAX = 16 * 1024;

    @Override
    void look(Passage text, int place, Candidates found) {
        int start = place - DASHES.length;
        if (!isAt(text, start, DASHES) || text.at(place) != 'B') {
            return;
        }
        int name = place;
        while (name - place < LABEL_MAX && !isAt(text, name, NAME)) {
            name++;
        }
        if (name - place == LABEL_MAX) {
            return;
        }
        int end = name + NAME.length;
        while (end - start < LENGTH_MAX && isPart(text.at(end)) && !isAt(text, end, END)) {
            end++;
        }
        if (isAt(text, end, END)) {
            int lineEnd = end + END.length;
            while (lineEnd - end < LABEL_MAX * 2 && text.at(lineEnd) != '-' && text.at(lineEnd) >= ' ') {
                lineEnd++;
            }
            while (text.at(lineEnd) == '-') {
                lineEnd++;
            }
            end = lineEnd;
        }
        while (Bytes.isSpace(text.at(end - 1))) {
            end--;
        }
        found.add(Kinds.PRIVATE_KEY, start, end, 99);
    }

    private static boolean isAt(Passage text, int place, byte[] wanted) {
        for (int index = 0; index < wanted.length; index++) {
            if (text.at(place + index) != wanted[index]) {
                return false;
            }
        }
        return true;
    }

    /** Base64, the headers of encrypted keys, line ends, and line ends written as escapes. */
    private static boolean isPart(int value) {
        return Bytes.isAlphanumeric(value)
                || Bytes.isSpace(value)
                || value == '+'
                || value == '/'
                || value == '='
                || value == '-'
                || value == ','
                || value == ':'
                || value == '\\'
                || value == '.';
    }
}
