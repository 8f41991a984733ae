package dev.gantry.kernel;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Small operations on text that a person will read. */
public final class Text {
    private Text() {}

    /** Returns the text, or its beginning and an ellipsis when it is longer than {@code lengthMax} characters. */
    public static String shorten(String text, int lengthMax) {
        if (text.length() <= lengthMax) {
            return text;
        }
        int end = lengthMax - 1;
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end) + "…";
    }

    /**
     * Returns the text as every database and every JSON document can hold it: cut to {@code lengthMax} characters, with
     * U+FFFD in place of NUL characters and of halves of surrogate pairs. For text that must be stored whatever a client
     * made of it.
     */
    public static String storable(String text, int lengthMax) {
        String cut = shorten(text, lengthMax);
        for (int position = 0; position < cut.length(); position++) {
            char character = cut.charAt(position);
            if (character == 0 || Character.isSurrogate(character)) {
                return replaceUnstorable(cut);
            }
        }
        return cut;
    }

    private static String replaceUnstorable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> point == 0 || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)
                        ? 0xFFFD
                        : point)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    /**
     * Returns the known name that a person most likely meant: the one with the smallest edit distance (optimal string
     * alignment, case ignored), if that distance is at most a third of the longer name, and at least 1 is allowed.
     */
    public static Optional<String> nearest(String written, Collection<String> known) {
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        String lower = written.toLowerCase(Locale.ROOT);
        for (String candidate : known) {
            int distance = distance(lower, candidate.toLowerCase(Locale.ROOT));
            int allowed = Math.max(1, Math.max(written.length(), candidate.length()) / 3);
            if (distance <= allowed && distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Returns {@code " (did you mean 'x'?)"} for the nearest known name, or nothing. */
    public static String didYouMean(String written, Collection<String> known) {
        return nearest(written, known)
                .map(name -> " (did you mean '" + name + "'?)")
                .orElse("");
    }

    private static int distance(String left, String right) {
        if (left.length() > 200 || right.length() > 200) {
            return Integer.MAX_VALUE;
        }
        int[] beforePrevious = new int[right.length() + 1];
        int[] previous = new int[right.length() + 1];
        int[] current = new int[right.length() + 1];
        for (int column = 0; column <= right.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= left.length(); row++) {
            current[0] = row;
            for (int column = 1; column <= right.length(); column++) {
                int substitution = left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1;
                int cost = Math.min(
                        Math.min(previous[column] + 1, current[column - 1] + 1), previous[column - 1] + substitution);
                if (row > 1
                        && column > 1
                        && left.charAt(row - 1) == right.charAt(column - 2)
                        && left.charAt(row - 2) == right.charAt(column - 1)) {
                    cost = Math.min(cost, beforePrevious[column - 2] + 1);
                }
                current[column] = cost;
            }
            int[] free = beforePrevious;
            beforePrevious = previous;
            previous = current;
            current = free;
        }
        return previous[right.length()];
    }
}
