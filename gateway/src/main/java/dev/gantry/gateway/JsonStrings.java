package dev.gantry.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The inside of JSON strings (RFC 8259, section 7) as bytes: from escaped to plain text and back. */
final class JsonStrings {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte REPLACEMENT_1 = (byte) 0xEF;
    private static final byte REPLACEMENT_2 = (byte) 0xBF;
    private static final byte REPLACEMENT_3 = (byte) 0xBD;

    private JsonStrings() {}

    /**
     * Writes the text of a well-formed string to {@code target}, which has room for {@code to - from} bytes. Half a surrogate
     * pair becomes U+FFFD.
     *
     * @return how many bytes were written
     */
    static int unescape(byte[] source, int from, int to, byte[] target) {
        int length = 0;
        int position = from;
        while (position < to) {
            byte character = source[position];
            if (character != '\\') {
                target[length++] = character;
                position++;
            } else {
                int end = escapeEnd(source, position, to);
                length = unescapeOne(source, position, to, target, length);
                position = end;
            }
        }
        return length;
    }

    /**
     * Returns the offset behind the escape that begins at a position: of both halves where a surrogate pair is written as two
     * escapes; -1 when the text ends before the escape does.
     */
    static int escapeEnd(byte[] source, int position, int to) {
        if (position + 1 >= to) {
            return -1;
        }
        if (source[position + 1] != 'u') {
            return position + 2;
        }
        int end = position + 6;
        if (end > to) {
            return -1;
        }
        return isPair(source, position, to) ? end + 6 : end;
    }

    /** Whether the escape at a position is the first half of a pair whose second half follows. */
    private static boolean isPair(byte[] source, int position, int to) {
        return position + 12 <= to
                && Character.isHighSurrogate(unit(source, position + 2))
                && source[position + 6] == '\\'
                && source[position + 7] == 'u'
                && Character.isLowSurrogate(unit(source, position + 8));
    }

    /** Returns whether the escape at a position is the first half of a pair whose second half may still be to come. */
    static boolean mayBeFirstHalf(byte[] source, int position, int to) {
        return source[position + 1] == 'u'
                && Character.isHighSurrogate(unit(source, position + 2))
                && position + 12 > to
                && (position + 6 >= to || source[position + 6] == '\\');
    }

    /**
     * Writes the character of the escape at a position.
     *
     * @return the length of {@code target} afterwards
     */
    static int unescapeOne(byte[] source, int position, int to, byte[] target, int length) {
        byte kind = source[position + 1];
        if (kind != 'u') {
            target[length] = plain(kind);
            return length + 1;
        }
        char unit = unit(source, position + 2);
        if (Character.isHighSurrogate(unit) && isPair(source, position, to)) {
            return utf8(Character.toCodePoint(unit, unit(source, position + 8)), target, length);
        }
        if (Character.isSurrogate(unit)) {
            target[length] = REPLACEMENT_1;
            target[length + 1] = REPLACEMENT_2;
            target[length + 2] = REPLACEMENT_3;
            return length + 3;
        }
        return utf8(unit, target, length);
    }

    private static byte plain(byte kind) {
        return switch (kind) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> kind;
        };
    }

    private static char unit(byte[] source, int position) {
        int unit = 0;
        for (int index = position; index < position + 4; index++) {
            unit = (unit << 4) | Character.digit(source[index], 16);
        }
        return (char) unit;
    }

    private static int utf8(int codePoint, byte[] target, int from) {
        int length = from;
        if (codePoint < 0x80) {
            target[length++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            target[length++] = (byte) (0xC0 | (codePoint >> 6));
            target[length++] = (byte) (0x80 | (codePoint & 0x3F));
        } else if (codePoint < 0x10000) {
            target[length++] = (byte) (0xE0 | (codePoint >> 12));
            target[length++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
            target[length++] = (byte) (0x80 | (codePoint & 0x3F));
        } else {
            target[length++] = (byte) (0xF0 | (codePoint >> 18));
            target[length++] = (byte) (0x80 | ((codePoint >> 12) & 0x3F));
            target[length++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
            target[length++] = (byte) (0x80 | (codePoint & 0x3F));
        }
        return length;
    }

    /** Returns a text as it stands inside of a JSON string. */
    static byte[] escape(byte[] text) {
        ByteArrayOutputStream target = new ByteArrayOutputStream(text.length + 8);
        for (byte character : text) {
            escape(character, target);
        }
        return target.toByteArray();
    }

    private static void escape(byte character, ByteArrayOutputStream target) {
        switch (character) {
            case '"', '\\' -> {
                target.write('\\');
                target.write(character);
            }
            case '\n' -> target.writeBytes(new byte[] {'\\', 'n'});
            case '\r' -> target.writeBytes(new byte[] {'\\', 'r'});
            case '\t' -> target.writeBytes(new byte[] {'\\', 't'});
            default -> {
                if (character >= 0 && character < ' ') {
                    target.writeBytes(new byte[] {'\\', 'u', '0', '0', HEX[character >> 4], HEX[character & 15]});
                } else {
                    target.write(character);
                }
            }
        }
    }
}
