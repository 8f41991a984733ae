package dev.gantry.guard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Sees through characters that only look different: full-width letters and digits, digits of other scripts, the many
 * spaces, dashes and quotation marks become those of ASCII, so do letters in mathematical or circled forms and, in words that hold Latin
 * letters too, Cyrillic and Greek letters of the same look; characters without width vanish, and percent-encoded ASCII (RFC
 * 3986, section 2.1) is decoded. Words of other scripts alone stay as they are. Knows for each position where it was in the original. Reused for one text after another; not thread-safe.
 */
final class Folding {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long PERCENT_SIGNS = '%' * LOW_BITS;
    /** What stands for a sign that has no counterpart in ASCII: neither a letter, a digit nor a space. */
    private static final int SIGN = 0x01;

    private static final int NOTHING = -1;
    private static final int UNCHANGED = -2;
    /** A percent sign and two digits. */
    private static final int ENCODED = 3;

    private final byte[] character = new byte[4];

    private byte[] bytes = new byte[0];
    private int[] origins = new int[0];
    private int[] ends = new int[0];
    private int length;

    /** Returns whether anything would change. */
    static boolean isNeeded(byte[] text, int from, int to) {
        int position = from;
        while (position < to) {
            while (position + 8 <= to && isPlain((long) LONGS.get(text, position))) {
                position += 8;
            }
            while (position < to && text[position] >= 0 && text[position] != '%') {
                position++;
            }
            if (position >= to) {
                return false;
            }
            if (text[position] == '%') {
                if (encodedSize(text, position, to) > 0) {
                    return true;
                }
                position++;
                continue;
            }
            int lead = text[position] & 0xFF;
            if (isSuspect(lead) || LookAlikes.mayBegin(lead)) {
                int point = point(text, position, to);
                boolean isLatin = position > from && isLetter(text[position - 1]);
                if (folded(point) != point || LookAlikes.latin(text, position, to, isLatin) != 0) {
                    return true;
                }
            }
            position += size(lead);
        }
        return false;
    }

    /** Whether eight bytes are ASCII without a percent sign. */
    private static boolean isPlain(long bytes) {
        long others = bytes ^ PERCENT_SIGNS;
        return ((bytes | ((others - LOW_BITS) & ~others)) & HIGH_BITS) == 0;
    }

    /** Returns the byte that a percent sign and two digits stand for; -1 when they stand for none. */
    private static int decoded(byte[] text, int position, int to) {
        if (position + ENCODED > to || text[position] != '%') {
            return -1;
        }
        int high = Character.digit(text[position + 1], 16);
        int low = Character.digit(text[position + 2], 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    /**
     * Returns how many encoded bytes there are of the character that begins at a percent sign; 0 when none does. The percent
     * sign itself and control characters stay as they are.
     */
    private static int encodedSize(byte[] text, int position, int to) {
        int lead = decoded(text, position, to);
        if (lead < 0x20 || lead == '%' || lead == 0x7F) {
            return 0;
        }
        int size = lead < 0x80 ? 1 : size(lead);
        for (int index = 1; index < size; index++) {
            if ((decoded(text, position + index * ENCODED, to) & 0xC0) != 0x80) {
                return 0;
            }
        }
        return lead < 0x80 || size > 1 ? size : 0;
    }

    /** Returns where a percent-encoded character begins that the end of a text may have cut; the end when there is none. */
    static int openEncoded(byte[] text, int from, int to) {
        int least = Math.max(from, to - 4 * ENCODED + 1);
        for (int place = least; place < to; place++) {
            if (text[place] == '%' && isOpen(text, place, to)) {
                return place;
            }
        }
        return to;
    }

    private static boolean isOpen(byte[] text, int place, int to) {
        int lead = decoded(text, place, to);
        if (lead < 0) {
            return place + ENCODED > to;
        }
        int size = size(lead);
        for (int index = 1; index < size; index++) {
            int next = place + index * ENCODED;
            if (next >= to || (text[next] == '%' && next + ENCODED > to)) {
                return true;
            }
            if ((decoded(text, next, to) & 0xC0) != 0x80) {
                return false;
            }
        }
        return false;
    }

    /** Takes a text. */
    void fold(byte[] text, int from, int to) {
        int need = to - from;
        if (bytes.length < need) {
            bytes = new byte[need];
            origins = new int[need];
            ends = new int[need];
        }
        length = 0;
        int position = from;
        while (position < to) {
            int value = text[position];
            if (value == '%') {
                position = putEncoded(text, position, to);
            } else if (value >= 0) {
                put(value, position, position + 1);
                position++;
            } else {
                int size = Math.min(size(value & 0xFF), to - position);
                int latin = LookAlikes.latin(text, position, to, length > 0 && isLetter(bytes[length - 1]));
                if (latin != 0) {
                    put(latin, position, position + size);
                    position += size;
                    continue;
                }
                put(text, position, position, size, isSuspect(value & 0xFF) ? point(text, position, to) : UNCHANGED, 1);
                position += size;
            }
        }
    }

    /**
     * Takes a character.
     *
     * @param origin where it stands in the original
     * @param point what it is, if it may change
     * @param width how many bytes of the original stand for one of it
     */
    private void put(byte[] text, int place, int origin, int size, int point, int width) {
        int folded = point == UNCHANGED ? UNCHANGED : folded(point);
        if (folded == point) {
            for (int index = 0; index < size; index++) {
                put(text[place + index], origin + index * width, origin + (index + 1) * width);
            }
        } else if (folded != NOTHING) {
            put(folded, origin, origin + size * width);
        }
    }

    /** Takes a percent-encoded character, or the percent sign when it begins none; returns where what it took ends. */
    private int putEncoded(byte[] text, int place, int to) {
        int size = encodedSize(text, place, to);
        if (size == 0) {
            put('%', place, place + 1);
            return place + 1;
        }
        for (int index = 0; index < size; index++) {
            character[index] = (byte) decoded(text, place + index * ENCODED, to);
        }
        put(character, 0, place, size, point(character, 0, size), ENCODED);
        return place + size * ENCODED;
    }

    private void put(int value, int origin, int end) {
        bytes[length] = (byte) value;
        origins[length] = origin;
        ends[length++] = end;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Returns the first position whose character begins at a place of the original or behind it. */
    int positionOf(int place) {
        int low = 0;
        int high = length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (origins[middle] < place) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Returns where the character at a position begins in the original. */
    int origin(int position) {
        return origins[position];
    }

    /** Returns where the character before a position ends in the original. */
    int originEnd(int position) {
        return ends[position - 1];
    }

    /** Returns the number of bytes of a character by its first byte; 1 for what is not one. */
    static int size(int lead) {
        return lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
    }

    /** Returns the character at a position; U+FFFD for what is not one. */
    static int point(byte[] text, int position, int to) {
        int lead = text[position] & 0xFF;
        int size = size(lead);
        if (position + size > to) {
            return 0xFFFD;
        }
        return switch (size) {
            case 1 -> lead < 0x80 ? lead : 0xFFFD;
            case 2 -> (lead & 0x1F) << 6 | (text[position + 1] & 0x3F);
            case 3 -> (lead & 0x0F) << 12 | (text[position + 1] & 0x3F) << 6 | (text[position + 2] & 0x3F);
            case 4 ->
                (lead & 0x07) << 18
                        | (text[position + 1] & 0x3F) << 12
                        | (text[position + 2] & 0x3F) << 6
                        | (text[position + 3] & 0x3F);
            default -> 0xFFFD;
        };
    }

    /** Whether a byte is a letter of ASCII. */
    static boolean isLetter(byte value) {
        int lower = value | 0x20;
        return lower >= 'a' && lower <= 'z';
    }

    /** Whether characters that change can begin with a byte. */
    private static boolean isSuspect(int lead) {
        return switch (lead) {
            case 0xC2, 0xCD, 0xD8, 0xD9, 0xDB, 0xE0, 0xE1, 0xE2, 0xE3, 0xEF, 0xF0, 0xF3 -> true;
            default -> false;
        };
    }

    /** Returns what a character becomes; itself when it stays. */
    static int folded(int point) {
        if (isInvisible(point)) {
            return NOTHING;
        }
        int digit = digit(point);
        if (digit >= 0) {
            return '0' + digit;
        }
        if (point >= 0xFF01 && point <= 0xFF5E) {
            return point - 0xFF01 + '!';
        }
        if (point >= 0x1D400 && point <= 0x1D6A3) {
            int letter = (point - 0x1D400) % 52;
            return letter < 26 ? 'A' + letter : 'a' + letter - 26;
        }
        if (point >= 0x24B6 && point <= 0x24E9) {
            return point < 0x24D0 ? 'A' + point - 0x24B6 : 'a' + point - 0x24D0;
        }
        return switch (point) {
            case 0xA0, 0x1680, 0x202F, 0x205F, 0x3000 -> ' ';
            case 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE58, 0xFE63 -> '-';
            case 0x2018, 0x2019, 0x201B, 0x2032 -> '\'';
            case 0x201C, 0x201D, 0x201E, 0x2033, 0xAB, 0xBB -> '"';
            case 0x2024, 0x3002, 0xFF61 -> '.';
            case 0x2044, 0x2215 -> '/';
            default -> {
                if (point >= 0x2000 && point <= 0x200A) {
                    yield ' ';
                }
                yield isSign(point) ? SIGN : point;
            }
        };
    }

    private static boolean isSign(int point) {
        return (point > 0xA0 && point < 0xC0 && point != 0xAA && point != 0xB5 && point != 0xBA)
                || (point >= 0x2010 && point <= 0x205E)
                || (point >= 0x2190 && point <= 0x2BFF)
                || (point >= 0x3001 && point <= 0x3020)
                || (point >= 0x1F000 && point <= 0x1FAFF);
    }

    /** Whether a character has no width, or only changes how others look. */
    static boolean isInvisible(int point) {
        return point == 0xAD
                || point == 0x34F
                || point == 0x61C
                || point == 0x180E
                || point == 0xFEFF
                || (point >= 0x200B && point <= 0x200F)
                || (point >= 0x202A && point <= 0x202E)
                || (point >= 0x2060 && point <= 0x206F)
                || (point >= 0xFE00 && point <= 0xFE0F)
                || (point >= 0xE0000 && point <= 0xE0FFF);
    }

    private static int digit(int point) {
        if (point >= 0x1D7CE && point <= 0x1D7FF) {
            return (point - 0x1D7CE) % 10;
        }
        int zero = switch (point >> 4) {
            case 0x66 -> 0x660;
            case 0x6F -> 0x6F0;
            case 0x96 -> 0x966;
            case 0x9E -> 0x9E6;
            case 0xE5 -> 0xE50;
            default -> Integer.MAX_VALUE;
        };
        int digit = point - zero;
        return digit >= 0 && digit <= 9 ? digit : -1;
    }
}
