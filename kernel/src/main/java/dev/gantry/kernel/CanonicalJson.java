package dev.gantry.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes a JSON object in the canonical form of RFC 8785 (JSON Canonicalization Scheme), so that equal objects are equal
 * bytes and can be hashed: no white space, members sorted by UTF-16 code units, the shortest escapes.
 *
 * <p>The caller adds members in their order; one out of order is refused, which costs a comparison instead of a sort.
 * Numbers are integers within ±(2^53-1), the range in which RFC 8785 keeps every integer; money, tokens and durations of
 * Gantry are integers.
 *
 * <p>It writes UTF-8 into a buffer of its own, which {@link #restart()} keeps: a writer of many objects allocates nothing.
 * Not thread-safe.
 */
public final class CanonicalJson {
    /** The largest integer that canonical JSON keeps exactly. */
    public static final long INTEGER_MAX = (1L << 53) - 1;

    private static final int DEPTH_MAX = 8;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int BYTES_PER_CHAR_MAX = 6;
    private static final int DIGITS_MAX = 20;

    private byte[] buffer = new byte[1_024];
    private int length;
    private final @Nullable String[] previousNames = new String[DEPTH_MAX];
    private int depth;

    /** Starts an object. */
    public CanonicalJson() {
        buffer[length++] = '{';
    }

    /** Starts another object over the one that was written, even an unfinished one. */
    public CanonicalJson restart() {
        length = 1;
        depth = 0;
        previousNames[0] = null;
        return this;
    }

    /** Returns the bytes that were written, at the beginning of the array; they hold until the next call of any method. */
    public byte[] buffer() {
        return buffer;
    }

    /** Returns how many bytes were written. */
    public int length() {
        return length;
    }

    /**
     * Adds a text.
     *
     * @throws IllegalArgumentException if it holds half a surrogate pair, which canonical JSON cannot express
     */
    public CanonicalJson put(String name, String value) {
        name(name);
        quote(value);
        return this;
    }

    /** Adds a text, or nothing when it is null. */
    public CanonicalJson putIfPresent(String name, @Nullable String value) {
        return value == null ? this : put(name, value);
    }

    /** Adds an integer within ±{@link #INTEGER_MAX}. */
    public CanonicalJson put(String name, long value) {
        if (value > INTEGER_MAX || value < -INTEGER_MAX) {
            throw new IllegalArgumentException("Canonical JSON does not keep the integer " + value + " exactly");
        }
        name(name);
        number(value);
        return this;
    }

    /** Adds a truth value. */
    public CanonicalJson put(String name, boolean value) {
        name(name);
        ascii(value ? "true" : "false");
        return this;
    }

    /** Starts an object within the current one. */
    public CanonicalJson begin(String name) {
        if (depth == DEPTH_MAX - 1) {
            throw new IllegalStateException("Canonical JSON is written at most " + DEPTH_MAX + " levels deep");
        }
        name(name);
        single('{');
        depth++;
        previousNames[depth] = null;
        return this;
    }

    /** Ends the object that {@link #begin} started. */
    public CanonicalJson end() {
        if (depth == 0) {
            throw new IllegalStateException("No inner object is open");
        }
        single('}');
        depth--;
        return this;
    }

    /** Ends the outermost object and returns the whole text. */
    public String finish() {
        close();
        return new String(buffer, 0, length, StandardCharsets.UTF_8);
    }

    /** Ends the outermost object; {@link #buffer()} and {@link #length()} have the whole. */
    public void close() {
        if (depth != 0) {
            throw new IllegalStateException("An inner object is still open");
        }
        single('}');
    }

    private void name(String name) {
        String previous = previousNames[depth];
        if (previous != null) {
            if (previous.compareTo(name) >= 0) {
                throw new IllegalStateException("'" + name + "' must come before '" + previous + "', and only once ("
                        + Arrays.toString(Arrays.copyOf(previousNames, depth + 1)) + ")");
            }
            single(',');
        }
        previousNames[depth] = name;
        quote(name);
        single(':');
    }

    private void quote(String value) {
        int count = value.length();
        reserve(count * BYTES_PER_CHAR_MAX + 2);
        buffer[length++] = '"';
        for (int position = 0; position < count; position++) {
            char character = value.charAt(position);
            if (character < 0x80) {
                if (character >= ' ' && character != '"' && character != '\\') {
                    buffer[length++] = (byte) character;
                } else {
                    escape(character);
                }
            } else if (Character.isSurrogate(character)) {
                pair(value, position);
                position++;
            } else {
                encode(character);
            }
        }
        buffer[length++] = '"';
    }

    /** Writes a character of two or three bytes. */
    private void encode(char character) {
        if (character < 0x800) {
            buffer[length++] = (byte) (0xC0 | character >> 6);
        } else {
            buffer[length++] = (byte) (0xE0 | character >> 12);
            buffer[length++] = (byte) (0x80 | (character >> 6 & 0x3F));
        }
        buffer[length++] = (byte) (0x80 | (character & 0x3F));
    }

    private void pair(String value, int position) {
        int point = value.codePointAt(position);
        if (point < Character.MIN_SUPPLEMENTARY_CODE_POINT) {
            throw new IllegalArgumentException("Half a surrogate pair cannot be written as canonical JSON");
        }
        buffer[length++] = (byte) (0xF0 | point >> 18);
        buffer[length++] = (byte) (0x80 | (point >> 12 & 0x3F));
        buffer[length++] = (byte) (0x80 | (point >> 6 & 0x3F));
        buffer[length++] = (byte) (0x80 | (point & 0x3F));
    }

    private void escape(char character) {
        buffer[length++] = '\\';
        switch (character) {
            case '"', '\\' -> buffer[length++] = (byte) character;
            case '\b' -> buffer[length++] = 'b';
            case '\t' -> buffer[length++] = 't';
            case '\n' -> buffer[length++] = 'n';
            case '\f' -> buffer[length++] = 'f';
            case '\r' -> buffer[length++] = 'r';
            default -> {
                buffer[length++] = 'u';
                buffer[length++] = '0';
                buffer[length++] = '0';
                buffer[length++] = HEX[character >> 4];
                buffer[length++] = HEX[character & 0xF];
            }
        }
    }

    private void number(long value) {
        reserve(DIGITS_MAX);
        long rest = value;
        if (rest < 0) {
            buffer[length++] = '-';
            rest = -rest;
        }
        int end = length + digits(rest);
        for (int position = end - 1; position >= length; position--) {
            buffer[position] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length = end;
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private void ascii(String text) {
        reserve(text.length());
        for (int position = 0; position < text.length(); position++) {
            buffer[length++] = (byte) text.charAt(position);
        }
    }

    private void single(char character) {
        reserve(1);
        buffer[length++] = (byte) character;
    }

    private void reserve(int count) {
        if (buffer.length - length < count) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + count));
        }
    }
}
