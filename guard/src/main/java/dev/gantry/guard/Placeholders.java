package dev.gantry.guard;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The placeholders of one request: the same value has the same placeholder, and each leads back to its value. Kept in
 * memory for as long as the request runs, and nowhere else. Not thread-safe.
 */
final class Placeholders {
    /** The longest placeholder that is recognized on the way back. */
    static final int LENGTH_MAX = 80;

    private final Map<String, byte[]> byValue = new HashMap<>();
    private final Map<String, byte[]> originals = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    /** Returns the placeholder of a value, such as {@code [EMAIL_1]}. */
    byte[] of(Kind kind, byte[] text, int from, int to) {
        String value = new String(text, from, to - from, StandardCharsets.UTF_8);
        String key = kind.index() + ":" + normalized(value);
        byte[] known = byValue.get(key);
        if (known != null) {
            return known;
        }
        int number = numbers.merge(kind.label(), 1, Integer::sum);
        String placeholder = "[" + kind.label() + "_" + number + "]";
        byte[] bytes = Bytes.utf8(placeholder);
        byValue.put(key, bytes);
        originals.put(placeholder, Bytes.utf8(value));
        return bytes;
    }

    /** Returns the value of a placeholder; null when it is none of this request's. */
    byte @Nullable [] original(byte[] text, int from, int to) {
        if (originals.isEmpty() || to - from > LENGTH_MAX) {
            return null;
        }
        return originals.get(new String(text, from, to - from, StandardCharsets.US_ASCII));
    }

    boolean isEmpty() {
        return originals.isEmpty();
    }

    /** One value however it is written: in groups or not, in capitals or not. */
    private static String normalized(String value) {
        StringBuilder out = new StringBuilder(value.length());
        value.toLowerCase(Locale.ROOT)
                .codePoints()
                .filter(Character::isLetterOrDigit)
                .forEach(out::appendCodePoint);
        return out.isEmpty() ? value : out.toString();
    }
}
