package dev.gantry.guard;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The placeholders of one request: the same value has the same placeholder, and each leads back to its value. Kept in
 * memory for as long as the request runs, and nowhere else. Thread-safe, since two
 * attempts at an answer may run at a time.
 */
final class Placeholders {
    /** The longest placeholder that is recognized on the way back. */
    static final int LENGTH_MAX = 80;

    private static final int NUMBER_LENGTH_MAX = 6;

    private final Map<String, byte[]> byValue = new HashMap<>();
    private final Map<String, byte[]> originals = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private boolean isClosed;

    /** From now on values get placeholders as before, but those that are new do not lead back. */
    synchronized void closeOriginals() {
        isClosed = true;
    }

    /**
     * Keeps the numbers of placeholders that stand in a text already from being given again.
     *
     * @return whether there are any
     */
    synchronized boolean reserve(byte[] utf8, int from, int to) {
        boolean isAny = false;
        for (int position = from; position < to; position++) {
            if (utf8[position] != '[') {
                continue;
            }
            int end = labelEnd(utf8, position + 1, to);
            if (end < to && utf8[end] == ']') {
                isAny |= reserve(new String(utf8, position + 1, end - position - 1, StandardCharsets.US_ASCII));
            }
        }
        return isAny;
    }

    private boolean reserve(String name) {
        int line = name.lastIndexOf('_');
        if (line < 1 || name.length() - line > NUMBER_LENGTH_MAX + 1 || line == name.length() - 1) {
            return false;
        }
        for (int index = line + 1; index < name.length(); index++) {
            if (!Bytes.isDigit(name.charAt(index))) {
                return false;
            }
        }
        numbers.merge(name.substring(0, line), Integer.parseInt(name.substring(line + 1)), Math::max);
        return true;
    }

    /** Returns where the capitals, digits and underscores of a placeholder's name end. */
    static int labelEnd(byte[] text, int from, int to) {
        int end = from;
        while (end < to && end - from < LENGTH_MAX && isLabel(text[end] & 0xFF)) {
            end++;
        }
        return end;
    }

    private static boolean isLabel(int value) {
        return Bytes.isUpper(value) || Bytes.isDigit(value) || value == '_';
    }

    /** Returns the placeholder of a value, such as {@code [EMAIL_1]}. */
    synchronized byte[] of(Kind kind, byte[] text, int from, int to) {
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
        if (!isClosed) {
            originals.put(placeholder, Bytes.utf8(value));
        }
        return bytes;
    }

    /** Returns the value of a placeholder; null when it is none of this request's. */
    synchronized byte @Nullable [] original(byte[] text, int from, int to) {
        if (originals.isEmpty() || to - from > LENGTH_MAX) {
            return null;
        }
        return originals.get(new String(text, from, to - from, StandardCharsets.US_ASCII));
    }

    synchronized boolean isEmpty() {
        return originals.isEmpty();
    }

    /** One value however it is written: in groups or not, in capitals or not. */
    private static String normalized(String value) {
        StringBuilder out = new StringBuilder(value.length());
        Normalizer.normalize(value, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .codePoints()
                .filter(Character::isLetterOrDigit)
                .forEach(out::appendCodePoint);
        return out.isEmpty() ? value : out.toString();
    }
}
