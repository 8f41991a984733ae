package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The functions on text of our own, and those of the language whose cost or result the language itself does not bound. Each
 * throws an {@link IllegalArgumentException} in words when it would go too far.
 */
final class TextFunctions {
    /** Most characters of a text that an expression makes. */
    static final int LENGTH_MAX = 4_000_000;

    /** Most parts that a text is cut into, and most elements of a list that an expression makes. */
    static final int PARTS_MAX = 100_000;

    /** Most comparisons of characters that one search may need at worst. */
    private static final long WORK_MAX = 100_000_000;

    private static final int CHUNK_LEAST = 100;

    private TextFunctions() {}

    static boolean contains(String text, String wanted) {
        requireCheap(text, wanted.length());
        return text.contains(wanted);
    }

    /** Whether an RE2 expression is found in a text: linear in the text whatever the expression is. */
    static boolean matches(String text, String expression) {
        if (expression.length() > 1_000) {
            throw new IllegalArgumentException("a regular expression may have 1000 characters");
        }
        try {
            Pattern pattern = Pattern.compile(expression);
            requireCheap(text, pattern.programSize());
            return pattern.matcher(text).find();
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException("not a regular expression (RE2): " + wrong.getDescription(), wrong);
        }
    }

    static String replace(String text, String old, String replacement) {
        if (old.isEmpty()) {
            throw new IllegalArgumentException("replace needs a text to look for");
        }
        requireCheap(text, old.length());
        long longest =
                text.length() + (text.length() / old.length() + 1L) * Math.max(0, replacement.length() - old.length());
        if (longest > LENGTH_MAX) {
            long found = occurrences(text, old);
            requireLength(text.length() + found * (replacement.length() - old.length()));
        }
        return text.replace(old, replacement);
    }

    private static long occurrences(String text, String wanted) {
        long count = 0;
        for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length())) {
            count++;
        }
        return count;
    }

    static List<String> split(String text, String separator) {
        List<String> parts = new ArrayList<>();
        if (separator.isEmpty()) {
            if (text.codePointCount(0, text.length()) > PARTS_MAX) {
                throw tooManyParts();
            }
            text.codePoints().forEach(character -> parts.add(Character.toString(character)));
            return parts;
        }
        requireCheap(text, separator.length());
        int start = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, start)) {
            parts.add(text.substring(start, at));
            start = at + separator.length();
            if (parts.size() >= PARTS_MAX) {
                throw tooManyParts();
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    static String join(Collection<?> parts, String separator) {
        StringBuilder joined = new StringBuilder();
        boolean first = true;
        for (Object part : parts) {
            if (!(part instanceof String text)) {
                throw new IllegalArgumentException("join takes a list of strings; use map(x, string(x)) before it");
            }
            requireLength((long) joined.length() + separator.length() + text.length());
            joined.append(first ? "" : separator).append(text);
            first = false;
        }
        return joined.toString();
    }

    /**
     * Cuts a text into pieces of at most so many characters, which give the text again when they are put together. Cuts
     * behind a blank line if there is one in the second half of a piece, or else behind a line, a sentence, a word.
     */
    static List<String> chunks(String text, long size) {
        if (size < CHUNK_LEAST || size > LENGTH_MAX) {
            throw new IllegalArgumentException("chunks are of " + CHUNK_LEAST + " to " + LENGTH_MAX + " characters");
        }
        List<String> pieces = new ArrayList<>();
        int start = 0;
        while (text.length() - start > size) {
            int end = cut(text, start, start + (int) size);
            pieces.add(text.substring(start, end));
            start = end;
            if (pieces.size() >= PARTS_MAX) {
                throw tooManyParts();
            }
        }
        if (start < text.length()) {
            pieces.add(text.substring(start));
        }
        return pieces;
    }

    private static int cut(String text, int start, int limit) {
        int half = start + (limit - start) / 2;
        for (String border : List.of("\n\n", "\n", ". ", " ")) {
            int at = text.lastIndexOf(border, limit - border.length());
            if (at >= half) {
                return at + border.length();
            }
        }
        return Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    }

    /** Reads JSON, also between the fences of Markdown, which models like to put around it. */
    static Object parseJson(String text) {
        try {
            String trimmed = text.strip();
            boolean fenced = trimmed.startsWith("```") && trimmed.endsWith("```") && trimmed.indexOf('\n') > 0;
            String json = fenced ? trimmed.substring(trimmed.indexOf('\n'), trimmed.length() - 3) : trimmed;
            return JsonValues.read(Json.read(json));
        } catch (GantryException malformed) {
            throw new IllegalArgumentException(malformed.getMessage().replace("The body is", "the text is"), malformed);
        }
    }

    /** Writes any value as compact JSON. */
    static String toJson(Object value) {
        JsonNode node = JsonValues.write(value, new JsonValues.Room(PARTS_MAX));
        byte[] bytes = Json.write(node);
        requireLength(bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Puts the lists in a list behind each other. */
    static List<Object> flatten(Collection<?> lists) {
        List<Object> all = new ArrayList<>();
        for (Object element : lists) {
            if (element instanceof Collection<?> list) {
                if (all.size() + (long) list.size() > PARTS_MAX) {
                    throw tooManyParts();
                }
                all.addAll(list);
            } else {
                all.add(element);
            }
        }
        return all;
    }

    static void requireLength(long length) {
        if (length > LENGTH_MAX) {
            throw new IllegalArgumentException("the text would have more than " + LENGTH_MAX + " characters");
        }
    }

    static IllegalArgumentException tooManyParts() {
        return new IllegalArgumentException("the list would have more than " + PARTS_MAX + " elements");
    }

    private static void requireCheap(String text, int effort) {
        if ((long) text.length() * Math.max(1, effort) > WORK_MAX) {
            throw new IllegalArgumentException("the texts are too long to search one for the other");
        }
    }
}
