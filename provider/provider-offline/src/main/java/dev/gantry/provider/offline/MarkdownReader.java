package dev.gantry.provider.offline;

import dev.gantry.provider.ProviderException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Cuts a text into blocks in one pass and bounded memory. Reads Markdown as people write it (CommonMark's block structure
 * without its corner cases, tables and task lists of GitHub, HTML in between) and plain text, of which Markdown is a
 * superset for this purpose. Code blocks, comments, link definitions and front matter yield nothing.
 */
final class MarkdownReader {
    /** Longest paragraph that is held at once; a longer one goes on as another block. */
    static final int PARAGRAPH_CHARS_MAX = 32 * 1024;

    private static final int HEADING_CHARS_MAX = 120;
    private static final int HEADING_LINE_CHARS_MAX = 480;
    private static final int STANDALONE_WORDS_MAX = 10;
    private static final int LOG_LINES_MIN = 4;

    private static final Pattern HEADING = Pattern.compile("(#{1,6})[ \\t]+(.*?)[ \\t]*#*[ \\t]*");
    private static final Pattern LIST_ITEM =
            Pattern.compile("(?:[-*+•‣◦]|\\d{1,4}[.)])[ \\t]+(?:\\[[ xX]][ \\t]+)?(?=\\S)");
    private static final Pattern DEFINITION = Pattern.compile("\\[[^]]{1,100}]:[ \\t]*\\S.*");
    private static final Pattern RULE = Pattern.compile("(?:[-*_=~#+][ \\t]*){3,}");
    private static final Pattern DELIMITER_ROW =
            Pattern.compile("\\|?[ \\t]*:?-+:?[ \\t]*(?:\\|[ \\t]*:?-*:?[ \\t]*)*");
    private static final Pattern FENCE = Pattern.compile("(`{3,}|~{3,}).*");
    private static final Pattern HTML_HEADING = Pattern.compile("(?i)<h([1-6])[ >].*");
    private static final Pattern LOG_LINE =
            Pattern.compile("(?:\\[?\\d|\\[|<\\d|[A-Z]{4,5}\\b|[A-Z][a-z]{2} [ \\d]\\d ).*");

    private final String source;
    private final Sink sink;
    private final StringBuilder paragraph = new StringBuilder();
    private int paragraphOffset;
    private int paragraphLines;
    private int logLines;
    private Block.Kind paragraphKind = Block.Kind.PARAGRAPH;
    private final Set<String> absent = new HashSet<>();
    private boolean blankBefore = true;
    private boolean inList;

    /** Takes the blocks in the order of the text. */
    interface Sink {
        void accept(Block block) throws ProviderException;
    }

    private MarkdownReader(String source, Sink sink) {
        this.source = source;
        this.sink = sink;
    }

    /** Reads the whole text and hands its blocks to {@code sink}. */
    static void read(String source, Sink sink) throws ProviderException {
        new MarkdownReader(source, sink).run();
    }

    private void run() throws ProviderException {
        int position = frontMatterEnd();
        while (position < source.length()) {
            int end = lineEnd(position);
            int skipTo = skippedRegionEnd(position, end);
            if (skipTo > 0) {
                flush();
                position = skipTo;
                continue;
            }
            line(position, end);
            position = end < source.length() ? afterBreak(end) : end;
        }
        flush();
    }

    /** A line ends at a line break, and at the latest where a paragraph is as long as it may be. */
    private int lineEnd(int from) {
        int limit = Math.min(source.length(), from + PARAGRAPH_CHARS_MAX);
        int end = from;
        while (end < limit && source.charAt(end) != '\n' && source.charAt(end) != '\r') {
            end++;
        }
        if (end < limit || end == source.length()) {
            return end;
        }
        int space = source.lastIndexOf(' ', end);
        if (space > from) {
            return space;
        }
        return Character.isLowSurrogate(source.charAt(end)) ? end - 1 : end;
    }

    private int afterBreak(int end) {
        char last = source.charAt(end);
        if (last == '\r' && end + 1 < source.length() && source.charAt(end + 1) == '\n') {
            return end + 2;
        }
        return last == '\n' || last == '\r' || last == ' ' ? end + 1 : end;
    }

    private int frontMatterEnd() {
        if (!source.startsWith("---\n") && !source.startsWith("---\r\n")) {
            return 0;
        }
        int close = source.indexOf("\n---", 3, Math.min(source.length(), PARAGRAPH_CHARS_MAX));
        if (close < 0) {
            return 0;
        }
        int end = lineEnd(close + 1);
        return end < source.length() ? afterBreak(end) : end;
    }

    /** Returns where a code block, comment, script or style that begins in this line ends, or 0 if none begins. */
    private int skippedRegionEnd(int from, int end) {
        int start = from;
        while (start < end && (source.charAt(start) == ' ' || source.charAt(start) == '\t')) {
            start++;
        }
        if (start == end) {
            return 0;
        }
        char first = source.charAt(start);
        if (first == '`' || first == '~') {
            String opening = source.substring(start, end);
            return FENCE.matcher(opening).matches()
                            && (first == '~' || opening.lastIndexOf('`') < 3 + run(opening, '`'))
                    ? fenceEnd(opening.substring(0, 3), end)
                    : 0;
        }
        if (first != '<') {
            return 0;
        }
        if (source.startsWith("<!--", start)) {
            return regionEnd("-->", start);
        }
        if (source.regionMatches(true, start, "<script", 0, 7)) {
            return regionEnd("</script>", start);
        }
        return source.regionMatches(true, start, "<style", 0, 6) ? regionEnd("</style>", start) : 0;
    }

    private static int run(String text, char mark) {
        int end = 0;
        while (end < text.length() && text.charAt(end) == mark) {
            end++;
        }
        return end - 3;
    }

    /** A fence that is never closed is no code block: its line is dropped and the text goes on. */
    private int fenceEnd(String fence, int from) {
        int search = from;
        while (true) {
            int close = source.indexOf(fence, search);
            if (close < 0) {
                return Math.min(source.length(), from + 1);
            }
            int lineStart = close;
            while (lineStart > from && (source.charAt(lineStart - 1) == ' ' || source.charAt(lineStart - 1) == '\t')) {
                lineStart--;
            }
            int end = lineEnd(close);
            if (source.charAt(lineStart - 1) == '\n' || source.charAt(lineStart - 1) == '\r') {
                return end < source.length() ? afterBreak(end) : end;
            }
            search = end;
        }
    }

    /** What was once not found is not searched again, which keeps the whole pass linear. */
    private int regionEnd(String close, int from) {
        if (absent.contains(close)) {
            return 0;
        }
        int end = source.indexOf(close, from);
        if (end < 0) {
            absent.add(close);
            return 0;
        }
        return end + close.length();
    }

    private void line(int from, int end) throws ProviderException {
        int start = from;
        int indent = 0;
        while (start < end && Character.isWhitespace(source.charAt(start))) {
            indent += source.charAt(start) == '\t' ? 4 : 1;
            start++;
        }
        if (start == end) {
            flush();
            blankBefore = true;
            return;
        }
        if (indent >= 4 && blankBefore && !inList && paragraph.isEmpty() && !looksLikeProse(start, end)) {
            return;
        }
        boolean quoted = false;
        while (start < end && source.charAt(start) == '>') {
            quoted = true;
            start++;
            while (start < end && source.charAt(start) == ' ') {
                start++;
            }
        }
        structure(source.substring(start, end).stripTrailing(), start, indent, quoted);
        blankBefore = false;
    }

    /** Indented text is code unless it reads like a sentence: plain-text documents indent their paragraphs too. */
    private boolean looksLikeProse(int start, int end) {
        int letters = 0;
        int others = 0;
        int spaces = 0;
        for (int index = start; index < end; index++) {
            char character = source.charAt(index);
            if (Character.isLetter(character)) {
                letters++;
            } else if (character == ' ') {
                spaces++;
            } else if (character != ',' && character != '.') {
                others++;
            }
        }
        return spaces >= 4 && letters > 12 * others;
    }

    private void structure(String line, int offset, int indent, boolean quoted) throws ProviderException {
        if (line.isEmpty()) {
            flush();
            return;
        }
        if (quoted != (paragraphKind == Block.Kind.QUOTE)) {
            flush();
        }
        var heading = HEADING.matcher(line);
        var htmlHeading = HTML_HEADING.matcher(line);
        if (line.length() <= HEADING_LINE_CHARS_MAX && heading.matches()) {
            flush();
            emit(Block.Kind.HEADING, heading.group(2), offset, heading.group(1).length());
            inList = false;
        } else if (htmlHeading.matches()) {
            flush();
            emit(Block.Kind.HEADING, line, offset, Integer.parseInt(htmlHeading.group(1)));
        } else if (isUnderline(line)) {
            int level = line.charAt(0) == '=' ? 1 : 2;
            String text = paragraph.toString();
            paragraph.setLength(0);
            emit(Block.Kind.HEADING, text, paragraphOffset, level);
        } else if (line.length() <= HEADING_LINE_CHARS_MAX && RULE.matcher(line).matches()) {
            flush();
        } else if (line.startsWith("[")
                && line.length() < 2_000
                && DEFINITION.matcher(line).matches()) {
            flush();
        } else if (line.startsWith("|") || isDelimiterRow(line)) {
            tableRow(line, offset);
        } else {
            text(line, offset, indent, quoted);
        }
    }

    private boolean isUnderline(String line) {
        char first = line.charAt(0);
        if ((first != '=' && first != '-') || paragraphLines != 1 || paragraph.length() > HEADING_CHARS_MAX) {
            return false;
        }
        return !paragraph.isEmpty()
                && paragraphKind == Block.Kind.PARAGRAPH
                && line.length() >= 2
                && line.chars().allMatch(character -> character == first);
    }

    private static boolean isDelimiterRow(String line) {
        return line.indexOf('|') >= 0
                && line.length() <= HEADING_LINE_CHARS_MAX
                && DELIMITER_ROW.matcher(line).matches();
    }

    private void tableRow(String line, int offset) throws ProviderException {
        flush();
        if (isDelimiterRow(line)) {
            return;
        }
        String cells =
                line.substring(line.startsWith("|") ? 1 : 0, line.endsWith("|") ? line.length() - 1 : line.length());
        emit(Block.Kind.TABLE_ROW, cells, offset, 0);
    }

    private void text(String line, int offset, int indent, boolean quoted) throws ProviderException {
        var item = LIST_ITEM.matcher(line);
        if (item.lookingAt()) {
            flush();
            inList = true;
            begin(Block.Kind.LIST_ITEM, offset);
            append(line.substring(item.end()));
            return;
        }
        if (inList && indent == 0 && blankBefore) {
            inList = false;
        }
        if (paragraph.length() + line.length() >= PARAGRAPH_CHARS_MAX) {
            flush();
        }
        if (paragraph.isEmpty()) {
            begin(quoted ? Block.Kind.QUOTE : Block.Kind.PARAGRAPH, offset);
        }
        append(line);
    }

    private void begin(Block.Kind kind, int offset) {
        paragraphKind = kind;
        paragraphOffset = offset;
        paragraphLines = 0;
        logLines = 0;
    }

    /** Lines are kept apart by line breaks until it is known whether they are entries of a log. */
    private void append(String line) {
        if (!paragraph.isEmpty()) {
            paragraph.append('\n');
        }
        paragraph.append(line);
        paragraphLines++;
        if (LOG_LINE.matcher(line).matches()) {
            logLines++;
        }
    }

    private void flush() throws ProviderException {
        if (paragraph.isEmpty()) {
            paragraphKind = Block.Kind.PARAGRAPH;
            return;
        }
        String text = paragraph.toString();
        paragraph.setLength(0);
        if (paragraphLines >= LOG_LINES_MIN && logLines * 5 >= paragraphLines * 3) {
            int offset = paragraphOffset;
            for (String line : text.split("\n")) {
                emit(Block.Kind.LINE, line, offset, 0);
                offset += line.length() + 1;
            }
        } else {
            String joined = joinLines(text);
            boolean standsAlone =
                    paragraphKind == Block.Kind.PARAGRAPH && paragraphLines == 1 && standsLikeHeading(joined);
            emit(standsAlone ? Block.Kind.HEADING : paragraphKind, joined, paragraphOffset, standsAlone ? 6 : 0);
        }
        paragraphKind = Block.Kind.PARAGRAPH;
    }

    /** A short line on its own that does not end like a sentence: the heading of a plain text, a caption, a badge. */
    private static boolean standsLikeHeading(String line) {
        if (line.length() > HEADING_CHARS_MAX / 2) {
            return false;
        }
        char last = line.charAt(line.length() - 1);
        boolean ends = SentenceSplitter.isTerminator(last) || SentenceSplitter.isCloser(last);
        return !ends && line.chars().filter(Character::isWhitespace).count() < STANDALONE_WORDS_MAX;
    }

    /** Joins hard-wrapped lines: by a space, and by nothing between characters of scripts that use none. */
    private static String joinLines(String text) {
        StringBuilder joined = new StringBuilder(text);
        for (int index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) {
            boolean noSpace = index > 0
                    && index + 1 < text.length()
                    && Words.isWrittenWithoutSpaces(text.charAt(index - 1))
                    && Words.isWrittenWithoutSpaces(text.charAt(index + 1));
            joined.setCharAt(index, noSpace ? '\u0000' : ' ');
        }
        return joined.toString();
    }

    private void emit(Block.Kind kind, String text, int offset, int level) throws ProviderException {
        String cleaned = Inline.clean(text);
        if (!cleaned.isEmpty()) {
            sink.accept(new Block(kind, cleaned, offset, level));
        }
    }
}
