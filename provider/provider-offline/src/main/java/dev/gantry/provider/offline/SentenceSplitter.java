package dev.gantry.provider.offline;

import java.util.Locale;
import java.util.Set;

/**
 * Cuts a line of running text into sentences by rules: a full stop ends a sentence unless the word before it is an
 * abbreviation, an initial, an ordinal or an enumerator, or the text goes on in lower case (the cues that Kiss and Strunk
 * found to decide most cases: "Unsupervised Multilingual Sentence Boundary Detection", Computational Linguistics 2006).
 * Full stops of East Asian scripts need no space after them. Closing quotes and brackets stay with their sentence.
 */
final class SentenceSplitter {
    /** Longest sentence; what is longer is cut at a space. */
    static final int SENTENCE_CHARS_MAX = 1_000;

    /** Never the end of a sentence: a name, a number or an example follows. */
    private static final Set<String> BINDING = Set.of(
            "mr", "mrs", "ms", "dr", "prof", "st", "messrs", "gen", "col", "lt", "sgt", "capt", "rev", "hon", "gov",
            "sen", "rep", "pres", "vs", "cf", "approx", "resp", "viz", "ca", "bzw", "bspw", "evtl", "ggf", "inkl",
            "vgl", "sog", "hr", "fr", "dipl", "sr", "sra", "srta", "dra", "ud", "uds", "mme", "mlle", "dott", "sig",
            "dhr", "mevr", "bijv", "т", "им", "ул", "рис", "np", "tzw", "ul", "tj", "eg", "ie");

    /** Part of a reference when a number follows. */
    private static final Set<String> NUMBERED = Set.of(
            "no", "nos", "nr", "fig", "figs", "eq", "eqs", "sec", "ch", "chap", "vol", "p", "pp", "art", "abs", "abb",
            "tab", "kap", "s", "bd", "núm", "pág", "n", "v", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep",
            "sept", "oct", "nov", "dec", "г", "стр");

    /** May end a sentence: it does when a function word with a capital follows. */
    private static final Set<String> OPEN = Set.of(
            "etc", "inc", "ltd", "co", "corp", "jr", "al", "usw", "dept", "est", "univ", "assn", "bros", "ave", "blvd",
            "др");

    private final String text;
    private final Language language;
    private final Sink sink;
    private int start;

    /** Takes the sentences in order. */
    interface Sink {
        /** Takes the sentence between two indexes of the text, without white space around it. */
        void accept(int start, int end);
    }

    private SentenceSplitter(String text, Language language, Sink sink) {
        this.text = text;
        this.language = language;
        this.sink = sink;
    }

    /** Hands every sentence of {@code text} to {@code sink}; together they hold everything but white space. */
    static void split(String text, Language language, Sink sink) {
        new SentenceSplitter(text, language, sink).run();
    }

    /** Returns whether a character ends sentences in some script. */
    static boolean isTerminator(char character) {
        return switch (character) {
            case '.', '!', '?', '…', ':', '؟', '۔', '।', '։', '።', '‼', '⁇', '⁈', '⁉' -> true;
            default -> isWideTerminator(character);
        };
    }

    /** Returns whether a character closes a quotation or a bracket. */
    static boolean isCloser(char character) {
        return "\"'”’»)]}」』）】》〉”".indexOf(character) >= 0;
    }

    private static boolean isWideTerminator(char character) {
        return character == '。' || character == '！' || character == '？' || character == '｡' || character == '．';
    }

    private void run() {
        int index = 0;
        while (index < text.length()) {
            char character = text.charAt(index);
            if (character == '`') {
                int close = text.indexOf('`', index + 1, Math.min(text.length(), index + SENTENCE_CHARS_MAX));
                index = close < 0 ? index + 1 : close + 1;
            } else if (character != ':' && isTerminator(character)) {
                int end = afterRun(index + 1);
                if (endsSentence(index, end)) {
                    emit(end);
                }
                index = end;
            } else {
                index++;
            }
            while (index - start > SENTENCE_CHARS_MAX) {
                emit(cutLongSentence());
            }
        }
        emit(text.length());
    }

    private int afterRun(int from) {
        int end = from;
        while (end < text.length()
                && ((text.charAt(end) != ':' && isTerminator(text.charAt(end))) || isCloser(text.charAt(end)))) {
            end++;
        }
        return end;
    }

    private int cutLongSentence() {
        int limit = Math.min(text.length(), start + SENTENCE_CHARS_MAX);
        int space = text.lastIndexOf(' ', limit - 1);
        if (space > start) {
            return space;
        }
        return limit < text.length() && Character.isLowSurrogate(text.charAt(limit)) ? limit - 1 : limit;
    }

    private void emit(int end) {
        int from = start;
        while (from < end && Character.isWhitespace(text.charAt(from))) {
            from++;
        }
        int to = end;
        while (to > from && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        if (to > from) {
            sink.accept(from, to);
        }
        start = end;
    }

    private boolean endsSentence(int terminator, int end) {
        if (end == text.length() || isWideTerminator(text.charAt(terminator))) {
            return true;
        }
        if (!Character.isWhitespace(text.charAt(end))) {
            return Words.isUnspaced(text.charAt(end)) && text.charAt(terminator) != '.';
        }
        int next = end;
        while (next < text.length() && !Character.isLetterOrDigit(text.charAt(next))) {
            if (text.charAt(next) == ',' || text.charAt(next) == ';') {
                return false;
            }
            next++;
        }
        if (next == text.length()) {
            return true;
        }
        boolean code = text.charAt(next - 1) == '`';
        if (Character.isLowerCase(text.charAt(next)) && !code && next - end <= 2) {
            return false;
        }
        return text.charAt(terminator) != '.' || stopEnds(terminator, next);
    }

    /** Decides about a full stop by the word before it and the one after it. */
    private boolean stopEnds(int stop, int next) {
        int from = stop;
        while (from > start && !Character.isWhitespace(text.charAt(from - 1))) {
            from--;
        }
        boolean first = text.substring(start, from).isBlank();
        while (from < stop && !Character.isLetterOrDigit(text.charAt(from))) {
            from++;
        }
        String word = text.substring(from, stop);
        if (word.isEmpty()) {
            return stop > start && !Character.isWhitespace(text.charAt(stop - 1));
        }
        String lower = word.toLowerCase(Locale.ROOT);
        if (word.chars().allMatch(Character::isDigit)) {
            return !first && !(word.length() <= 2 && language.writesOrdinalsWithStop());
        }
        if (NUMBERED.contains(lower) && Character.isDigit(text.charAt(next))) {
            return false;
        }
        if (BINDING.contains(lower) || (word.length() == 1 && !word.equals("I"))) {
            return false;
        }
        return !(OPEN.contains(lower) || isDotted(word)) || language.isFunctionWord(wordAt(next));
    }

    /** Letters each followed by a full stop, as in "U.S" or "i.e". */
    private static boolean isDotted(String word) {
        for (int index = 1; index < word.length(); index += 2) {
            if (word.charAt(index) != '.' || !Character.isLetter(word.charAt(index - 1))) {
                return false;
            }
        }
        return word.length() >= 3 && word.length() % 2 == 1;
    }

    private String wordAt(int from) {
        int end = from;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return text.substring(from, end);
    }
}
