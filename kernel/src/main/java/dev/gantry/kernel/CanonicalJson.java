package dev.gantry.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes a JSON object in the canonical form of RFC 8785 (JSON Canonicalization Scheme), so that equal objects are equal
 * bytes and can be hashed: no white space, members sorted by UTF-16 code units, the shortest escapes.
 *
 * <p>The caller adds members in their order; one out of order is refused, which costs a comparison instead of a sort.
 * Numbers are integers within ±(2^53-1), the range in which RFC 8785 keeps every integer; money, tokens and durations of
 * Gantry are integers. Not thread-safe; used once.
 */
public final class CanonicalJson {
    /** The largest integer that canonical JSON keeps exactly. */
    public static final long INTEGER_MAX = (1L << 53) - 1;

    private static final int DEPTH_MAX = 8;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder text;
    private final @Nullable String[] previousNames = new String[DEPTH_MAX];
    private int depth;

    /** Starts an object. */
    public CanonicalJson() {
        text = new StringBuilder(640);
        text.append('{');
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
        text.append(value);
        return this;
    }

    /** Adds a truth value. */
    public CanonicalJson put(String name, boolean value) {
        name(name);
        text.append(value);
        return this;
    }

    /** Starts an object within the current one. */
    public CanonicalJson begin(String name) {
        if (depth == DEPTH_MAX - 1) {
            throw new IllegalStateException("Canonical JSON is written at most " + DEPTH_MAX + " levels deep");
        }
        name(name);
        text.append('{');
        depth++;
        previousNames[depth] = null;
        return this;
    }

    /** Ends the object that {@link #begin} started. */
    public CanonicalJson end() {
        if (depth == 0) {
            throw new IllegalStateException("No inner object is open");
        }
        text.append('}');
        depth--;
        return this;
    }

    /** Ends the outermost object and returns the whole text. */
    public String finish() {
        if (depth != 0) {
            throw new IllegalStateException("An inner object is still open");
        }
        return text.append('}').toString();
    }

    private void name(String name) {
        String previous = previousNames[depth];
        if (previous != null) {
            if (previous.compareTo(name) >= 0) {
                throw new IllegalStateException("'" + name + "' must come before '" + previous + "', and only once ("
                        + Arrays.toString(Arrays.copyOf(previousNames, depth + 1)) + ")");
            }
            text.append(',');
        }
        previousNames[depth] = name;
        quote(name);
        text.append(':');
    }

    private void quote(String value) {
        text.append('"');
        int start = 0;
        for (int position = 0; position < value.length(); position++) {
            char character = value.charAt(position);
            if (character >= ' ' && character != '"' && character != '\\') {
                if (Character.isSurrogate(character)) {
                    position = skipPair(value, position);
                }
                continue;
            }
            text.append(value, start, position);
            escape(character);
            start = position + 1;
        }
        text.append(value, start, value.length()).append('"');
    }

    private static int skipPair(String value, int position) {
        if (Character.isHighSurrogate(value.charAt(position))
                && position + 1 < value.length()
                && Character.isLowSurrogate(value.charAt(position + 1))) {
            return position + 1;
        }
        throw new IllegalArgumentException("Half a surrogate pair cannot be written as canonical JSON");
    }

    private void escape(char character) {
        text.append('\\');
        switch (character) {
            case '"', '\\' -> text.append(character);
            case '\b' -> text.append('b');
            case '\t' -> text.append('t');
            case '\n' -> text.append('n');
            case '\f' -> text.append('f');
            case '\r' -> text.append('r');
            default -> text.append("u00").append(HEX[character >> 4]).append(HEX[character & 0xF]);
        }
    }
}
