package dev.gantry.kernel;

/** Checks UTF-8 without decoding it: allocates nothing, one pass. */
public final class Utf8 {
    private Utf8() {}

    /**
     * Returns whether bytes are well-formed UTF-8 (RFC 3629, section 4): no overlong forms, no surrogates, nothing above
     * U+10FFFF, no cut sequence.
     */
    public static boolean isValid(byte[] bytes, int offset, int length) {
        int position = offset;
        int end = offset + length;
        while (position < end) {
            int lead = bytes[position];
            if (lead >= 0) {
                position++;
                continue;
            }
            int size = sequenceLength(bytes, position, end);
            if (size == 0) {
                return false;
            }
            position += size;
        }
        return true;
    }

    /** Returns the length of the multi-byte sequence at a position, or 0 if it is malformed. */
    private static int sequenceLength(byte[] bytes, int position, int end) {
        int lead = bytes[position] & 0xFF;
        int size = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (size == 0 || position + size > end) {
            return 0;
        }
        int second = bytes[position + 1] & 0xFF;
        int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int index = 2; index < size; index++) {
            if ((bytes[position + index] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }
}
