package dev.gantry.guard;

import java.nio.charset.StandardCharsets;

/** Classes of bytes of UTF-8 text. A byte is given as 0 to 255, or as -1 beyond the text, which belongs to no class. */
final class Bytes {
    private static final byte DIGIT = 1;
    private static final byte UPPER = 2;
    private static final byte LOWER = 4;
    private static final byte HIGH = 8;
    private static final byte HEX = 16;
    private static final byte SPACE = 32;
    private static final byte WORD = DIGIT | UPPER | LOWER | HIGH;
    private static final byte[] CLASSES = classes();

    private Bytes() {}

    private static byte[] classes() {
        byte[] out = new byte[257];
        mark(out, '0', '9', DIGIT | HEX);
        mark(out, 'A', 'Z', UPPER);
        mark(out, 'a', 'z', LOWER);
        mark(out, 'A', 'F', HEX);
        mark(out, 'a', 'f', HEX);
        mark(out, 0x80, 0xFF, HIGH);
        for (char space : " \t\n\r\f\u000B".toCharArray()) {
            out[space + 1] |= SPACE;
        }
        return out;
    }

    private static void mark(byte[] classes, int first, int last, int bits) {
        for (int value = first; value <= last; value++) {
            classes[value + 1] |= (byte) bits;
        }
    }

    static boolean isDigit(int value) {
        return (CLASSES[value + 1] & DIGIT) != 0;
    }

    static boolean isUpper(int value) {
        return (CLASSES[value + 1] & UPPER) != 0;
    }

    static boolean isLower(int value) {
        return (CLASSES[value + 1] & LOWER) != 0;
    }

    /** Whether it is an ASCII letter. */
    static boolean isLetter(int value) {
        return (CLASSES[value + 1] & (UPPER | LOWER)) != 0;
    }

    static boolean isHex(int value) {
        return (CLASSES[value + 1] & HEX) != 0;
    }

    /** Whether it is an ASCII letter or digit. */
    static boolean isAlphanumeric(int value) {
        return (CLASSES[value + 1] & (UPPER | LOWER | DIGIT)) != 0;
    }

    /** Whether it belongs to a word: a letter, a digit, or a byte of a character beyond ASCII. */
    static boolean isWord(int value) {
        return (CLASSES[value + 1] & WORD) != 0;
    }

    static boolean isSpace(int value) {
        return (CLASSES[value + 1] & SPACE) != 0;
    }

    /** Returns an ASCII letter in lower case, everything else as it is. */
    static int lower(int value) {
        return isUpper(value) ? value + 32 : value;
    }

    /** Returns text as UTF-8. */
    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns UTF-8 as text. */
    static String text(byte[] utf8, int from, int to) {
        return new String(utf8, from, to - from, StandardCharsets.UTF_8);
    }
}
