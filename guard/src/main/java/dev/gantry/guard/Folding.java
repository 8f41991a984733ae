package dev.gantry.guard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Sees through characters that only look different: full-width letters and digits, digits of other scripts, the many
 * spaces, dashes and quotation marks become those of ASCII, characters without width vanish. Knows for each position
 * where it was in the original. Reused for one text after another; not thread-safe.
 */
final class Folding {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    /** What stands for a sign that has no counterpart in ASCII: neither a letter, a digit nor a space. */
    private static final int SIGN = 0x01;

    private static final int NOTHING = -1;

    private byte[] bytes = new byte[0];
    private int[] origins = new int[0];
    private byte[] original = bytes;
    private int length;

    /** Returns whether anything would change. */
    static boolean isNeeded(byte[] text, int from, int to) {
        int position = from;
        while (position < to) {
            while (position + 8 <= to && ((long) LONGS.get(text, position) & HIGH_BITS) == 0) {
                position += 8;
            }
            while (position < to && text[position] >= 0) {
                position++;
            }
            if (position >= to) {
                return false;
            }
            int point = point(text, position, to);
            if (isSuspect(text[position] & 0xFF) && folded(point) != point) {
                return true;
            }
            position += size(text[position] & 0xFF);
        }
        return false;
    }

    /** Takes a text. */
    void fold(byte[] text, int from, int to) {
        int need = to - from;
        if (bytes.length < need) {
            bytes = new byte[need];
            origins = new int[need];
        }
        original = text;
        length = 0;
        int position = from;
        while (position < to) {
            int value = text[position];
            int size = 1;
            if (value >= 0) {
                put(value, position);
            } else {
                size = Math.min(size(value & 0xFF), to - position);
                int point = point(text, position, to);
                int folded = isSuspect(value & 0xFF) ? folded(point) : point;
                if (folded == point) {
                    for (int index = 0; index < size; index++) {
                        put(text[position + index], position + index);
                    }
                } else if (folded != NOTHING) {
                    put(folded, position);
                }
            }
            position += size;
        }
    }

    private void put(int value, int origin) {
        bytes[length] = (byte) value;
        origins[length++] = origin;
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
        int origin = origins[position - 1];
        int value = original[origin] & 0xFF;
        // A byte of a character that was left as it is stands for itself.
        return bytes[position - 1] < 0 ? origin + 1 : origin + size(value);
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
