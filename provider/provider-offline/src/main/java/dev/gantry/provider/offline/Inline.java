package dev.gantry.provider.offline;

import java.util.Map;

/**
 * Removes the inline markup of Markdown and HTML from one block: emphasis, link targets, images, tags, footnote marks,
 * escapes and entities. Code spans keep their backticks. Words are never changed, so that what is left can be quoted.
 *
 * <p>Linear in the length of the text whatever it holds; malformed markup is left as it stands.
 */
final class Inline {
    private static final char DELETED = '\u0000';
    private static final int TARGET_CHARS_MAX = 2_048;
    private static final int TAG_CHARS_MAX = 1_024;
    private static final int OPEN_BRACKETS_MAX = 64;
    private static final int FOOTNOTE_CHARS_MAX = 32;
    private static final int LABEL_CHARS_MAX = 100;
    private static final int EMPHASIS_CHARS_MAX = 1_000;
    private static final Map<String, String> ENTITIES = Map.ofEntries(
            Map.entry("amp", "&"),
            Map.entry("lt", "<"),
            Map.entry("gt", ">"),
            Map.entry("quot", "\""),
            Map.entry("apos", "'"),
            Map.entry("nbsp", " "),
            Map.entry("ndash", "–"),
            Map.entry("mdash", "—"),
            Map.entry("hellip", "…"),
            Map.entry("copy", "©"),
            Map.entry("rsquo", "’"),
            Map.entry("ldquo", "“"),
            Map.entry("rdquo", "”"),
            Map.entry("#39", "'"));

    private final String text;
    private final StringBuilder out;
    private final int[] openBrackets = new int[OPEN_BRACKETS_MAX];
    private int open;
    private int position;
    private int nextParenthesis = -1;
    private int nextGreater = -1;
    private int nextBacktick = -1;

    private Inline(String text) {
        this.text = text;
        this.out = new StringBuilder(text.length());
    }

    /** Returns the text without markup, white space folded to single spaces, trimmed; possibly empty. */
    static String clean(String text) {
        return new Inline(text).run();
    }

    private String run() {
        while (position < text.length()) {
            char character = text.charAt(position);
            switch (character) {
                case '`' -> codeSpan();
                case '[' -> openBracket();
                case ']' -> closeBracket();
                case '<' -> tag();
                case '*', '_', '~' -> emphasis(character);
                case '\\' -> escape();
                case '&' -> entity();
                case DELETED -> position++;
                default -> {
                    out.append(character);
                    position++;
                }
            }
        }
        return fold();
    }

    private void codeSpan() {
        int ticks = runLength('`');
        if (nextBacktick < position + ticks) {
            nextBacktick = indexOrEnd('`', position + ticks);
        }
        int close = nextBacktick;
        if (ticks == 1 && close < text.length() && close > position + 1) {
            out.append(text, position, close + 1);
            position = close + 1;
        } else {
            position += ticks;
        }
    }

    private void openBracket() {
        if (text.startsWith("[^", position)) {
            int close = text.indexOf(']', position, Math.min(text.length(), position + FOOTNOTE_CHARS_MAX));
            if (close > 0) {
                position = close + 1;
                return;
            }
        }
        if (open < OPEN_BRACKETS_MAX) {
            openBrackets[open++] = out.length();
        }
        out.append('[');
        position++;
    }

    /** A bracket that closes a link or an image makes its opening bracket, its target and an image's words disappear. */
    private void closeBracket() {
        if (open == 0) {
            out.append(']');
            position++;
            return;
        }
        int start = openBrackets[--open];
        int end = targetEnd(position + 1);
        if (end < 0) {
            out.append(']');
            position++;
            return;
        }
        if (start > 0 && out.charAt(start - 1) == '!') {
            out.setLength(start - 1);
        } else {
            out.setCharAt(start, DELETED);
        }
        position = end;
    }

    /** Returns where the target of a link ends that begins here, or -1 if none does. */
    private int targetEnd(int from) {
        if (from >= text.length()) {
            return -1;
        }
        if (text.charAt(from) == '[') {
            int close = text.indexOf(']', from, Math.min(text.length(), from + LABEL_CHARS_MAX));
            return close > 0 ? close + 1 : -1;
        }
        if (text.charAt(from) != '(') {
            return -1;
        }
        if (nextParenthesis < from) {
            nextParenthesis = indexOrEnd(')', from);
        }
        if (nextParenthesis == text.length() || nextParenthesis - from > TARGET_CHARS_MAX) {
            return -1;
        }
        int depth = 0;
        for (int index = from; index < Math.min(text.length(), from + TARGET_CHARS_MAX); index++) {
            char character = text.charAt(index);
            depth += character == '(' ? 1 : character == ')' ? -1 : 0;
            if (depth == 0) {
                return index + 1;
            }
        }
        return nextParenthesis + 1;
    }

    private void tag() {
        char next = position + 1 < text.length() ? text.charAt(position + 1) : ' ';
        if (nextGreater < position) {
            nextGreater = indexOrEnd('>', position);
        }
        boolean tagLike = Character.isLetter(next) || next == '/' || next == '!';
        if (!tagLike || nextGreater == text.length() || nextGreater - position > TAG_CHARS_MAX) {
            out.append('<');
            position++;
            return;
        }
        String inside = text.substring(position + 1, nextGreater);
        if (inside.startsWith("http") || (inside.indexOf('@') > 0 && inside.indexOf(' ') < 0)) {
            out.append(inside);
        } else if (!inside.startsWith("!") && !isInlineTag(inside)) {
            out.append(' ');
        }
        position = nextGreater + 1;
    }

    private static boolean isInlineTag(String inside) {
        String name = inside.startsWith("/") ? inside.substring(1) : inside;
        int end = 0;
        while (end < name.length() && Character.isLetterOrDigit(name.charAt(end))) {
            end++;
        }
        return switch (name.substring(0, end)) {
            case "a", "b", "i", "em", "strong", "code", "span", "sub", "sup", "u", "s", "kbd", "mark", "font" -> true;
            default -> false;
        };
    }

    /** Emphasis marks touch a word on one side and come in pairs; marks between spaces or inside a word are text. */
    private void emphasis(char mark) {
        int length = runLength(mark);
        char before = position > 0 ? text.charAt(position - 1) : ' ';
        char after = position + length < text.length() ? text.charAt(position + length) : ' ';
        boolean insideWord = Character.isLetterOrDigit(before) && Character.isLetterOrDigit(after);
        boolean alone = Character.isWhitespace(before) && Character.isWhitespace(after);
        boolean literal = alone
                || (insideWord && (mark == '_' || length == 1))
                || (mark == '~' && length != 2)
                || (!insideWord && Character.isLetterOrDigit(after) && !closes(mark, position + length));
        if (literal) {
            out.append(text, position, position + length);
        }
        position += length;
    }

    private boolean closes(char mark, int from) {
        return text.indexOf(mark, from, Math.min(text.length(), from + EMPHASIS_CHARS_MAX)) >= 0;
    }

    private void escape() {
        char next = position + 1 < text.length() ? text.charAt(position + 1) : ' ';
        if (next < 128 && next > ' ' && !Character.isLetterOrDigit(next)) {
            out.append(next);
            position += 2;
        } else {
            out.append('\\');
            position++;
        }
    }

    private void entity() {
        for (int end = position + 1; end < Math.min(text.length(), position + 8); end++) {
            if (text.charAt(end) == ';') {
                String character = ENTITIES.get(text.substring(position + 1, end));
                if (character != null) {
                    out.append(character);
                    position = end + 1;
                    return;
                }
                break;
            }
        }
        out.append('&');
        position++;
    }

    private int runLength(char mark) {
        int end = position;
        while (end < text.length() && text.charAt(end) == mark) {
            end++;
        }
        return end - position;
    }

    private int indexOrEnd(char wanted, int from) {
        int index = text.indexOf(wanted, from);
        return index < 0 ? text.length() : index;
    }

    private String fold() {
        StringBuilder folded = new StringBuilder(out.length());
        boolean space = false;
        for (int index = 0; index < out.length(); index++) {
            char character = out.charAt(index);
            if (character == DELETED) {
                continue;
            }
            if (character == ' ' || Character.isWhitespace(character) || Character.isISOControl(character)) {
                space = true;
                continue;
            }
            if (space && !folded.isEmpty()) {
                folded.append(' ');
            }
            space = false;
            folded.append(character);
        }
        return folded.toString();
    }
}
