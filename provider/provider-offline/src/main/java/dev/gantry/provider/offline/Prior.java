package dev.gantry.provider.offline;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How likely a sentence is worth quoting by its form and place alone: the cues of Edmundson ("New Methods in Automatic
 * Extracting", JACM 1969) that held up on the labelled texts of the tests, which are place, title words and figures, and the
 * plain fact that a quotation must be understood without the sentence before it.
 */
final class Prior {
    private static final int WORDS_MIN = 4;
    private static final int WORDS_FULL_MIN = 8;
    private static final int WORDS_FULL_MAX = 34;

    /** First words that lean on the sentence before, by language. */
    private static final Map<String, Set<String>> LEANING = Map.of(
            "en",
            Set.of(
                    "this",
                    "that",
                    "these",
                    "those",
                    "it",
                    "its",
                    "they",
                    "their",
                    "he",
                    "she",
                    "his",
                    "her",
                    "however",
                    "but",
                    "and",
                    "or",
                    "so",
                    "also",
                    "then",
                    "thus",
                    "therefore",
                    "moreover",
                    "furthermore",
                    "such",
                    "both",
                    "another",
                    "instead",
                    "otherwise",
                    "yet",
                    "still",
                    "here",
                    "there",
                    "because",
                    "nor",
                    "hence",
                    "similarly",
                    "likewise",
                    "consequently",
                    "meanwhile",
                    "nevertheless",
                    "finally",
                    "secondly",
                    "again"),
            "de",
            Set.of(
                    "dies",
                    "diese",
                    "dieser",
                    "dieses",
                    "er",
                    "sie",
                    "es",
                    "jedoch",
                    "aber",
                    "dennoch",
                    "auch",
                    "so",
                    "und",
                    "daher",
                    "deshalb",
                    "dann",
                    "damit",
                    "dabei",
                    "außerdem",
                    "zudem",
                    "sein",
                    "ihre",
                    "ihr",
                    "doch"),
            "fr",
            Set.of(
                    "cela",
                    "ceci",
                    "ce",
                    "cette",
                    "ces",
                    "il",
                    "elle",
                    "ils",
                    "elles",
                    "mais",
                    "cependant",
                    "donc",
                    "ainsi",
                    "toutefois",
                    "et",
                    "puis",
                    "alors",
                    "son",
                    "leur"),
            "es",
            Set.of(
                    "esto",
                    "eso",
                    "este",
                    "esta",
                    "estos",
                    "él",
                    "ella",
                    "ellos",
                    "pero",
                    "y",
                    "además",
                    "así",
                    "entonces",
                    "también",
                    "su",
                    "sus"),
            "it",
            Set.of(
                    "questo", "questa", "questi", "ciò", "egli", "lui", "lei", "loro", "ma", "però", "e", "quindi",
                    "inoltre", "così", "anche", "perciò"),
            "pt",
            Set.of(
                    "isso", "isto", "este", "esta", "ele", "ela", "eles", "mas", "porém", "e", "além", "assim", "então",
                    "também"),
            "nl",
            Set.of(
                    "dit", "dat", "deze", "die", "hij", "zij", "het", "ze", "maar", "en", "ook", "daarom", "dus",
                    "echter"),
            "ru",
            Set.of("это", "этот", "эта", "эти", "он", "она", "они", "но", "и", "однако", "поэтому", "также", "тогда"));

    /** Sections about the document rather than its topic. */
    private static final Pattern ASIDE = Pattern.compile(
            "(?i).*\\b(?:licen[sc]e|copyright|contribut\\w*|acknowledge?ments?|credits|table of contents|contents|sponsors?"
                    + "|changelog|references|bibliography|further (?:reading|resources)|see also|support us|authors|donat\\w*"
                    + "|lizenz|mitwirkende|licence|remerciements|licencia|agradecimientos)\\b.*");

    /** A sentence with a figure states something that can be checked. */
    private static final Pattern DIGIT = Pattern.compile("\\d");

    private final Language language;
    private final Terms titleTerms;

    /**
     * Prepares for one document.
     *
     * @param titleTerms topic terms of the title; none without a title
     */
    Prior(Language language, Terms titleTerms) {
        this.language = language;
        this.titleTerms = titleTerms;
    }

    /**
     * Returns the prior of a sentence; 0 for what is no sentence at all.
     *
     * @param opensBlock whether it is the first of its block
     */
    double of(String text, Block.Kind kind, int ordinal, boolean opensBlock, @Nullable String section, Terms terms) {
        double form = byKind(kind) * byLength(text) * byLetters(text) * byFlow(text);
        if (form == 0 || terms.size() < 2) {
            return 0;
        }
        double place = (opensBlock && kind == Block.Kind.PARAGRAPH ? 1.2 : 1)
                * (kind == Block.Kind.LINE ? 1 : 1 + 0.7 * Math.exp(-ordinal / 4.0));
        double aside = section != null && ASIDE.matcher(section).matches() ? 0.2 : 1;
        double figure = DIGIT.matcher(text).find() ? 1.08 : 1;
        return form * place * aside * figure * byEnds(text, kind) * (1 + 0.5 * titleShare(terms));
    }

    private static double byKind(Block.Kind kind) {
        return switch (kind) {
            case PARAGRAPH -> 1;
            case QUOTE, LIST_ITEM -> 0.9;
            case LINE -> 0.8;
            case HEADING, TABLE_ROW -> 0;
        };
    }

    private static double byLength(String text) {
        int words = 0;
        int unspaced = 0;
        boolean inWord = false;
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            if (Words.isUnspaced(character)) {
                unspaced++;
                inWord = false;
            } else if (Character.isLetterOrDigit(character)) {
                words += inWord ? 0 : 1;
                inWord = true;
            } else if (character != '\'' && character != '’' && character != '-' && character != '.') {
                inWord = false;
            }
        }
        words += unspaced / 2;
        if (words < WORDS_MIN) {
            return 0;
        }
        if (words < WORDS_FULL_MIN) {
            return 0.6;
        }
        return words <= WORDS_FULL_MAX ? 1 : Math.max(0.25, (double) WORDS_FULL_MAX / words);
    }

    /** Text full of symbols is code, a path list or a table in disguise. */
    private static double byLetters(String text) {
        int letters = 0;
        int visible = 0;
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            letters += Character.isLetter(character) ? 1 : 0;
            visible += character == ' ' ? 0 : 1;
        }
        double share = (double) letters / visible;
        return share >= 0.75 ? 1 : share >= 0.55 ? 0.5 : 0.1;
    }

    /** An enumeration, a signature in backticks or an aside in brackets names much and says little. */
    private static double byFlow(String text) {
        int words = 1;
        int breaks = 0;
        int inCode = 0;
        boolean code = false;
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            switch (character) {
                case ' ' -> words++;
                case ',', ';', '/', '|', '→' -> breaks++;
                case '`' -> code = !code;
                default -> {}
            }
            inCode += code ? 1 : 0;
        }
        double value = breaks > 3 && breaks * 4 > words ? 0.4 : 1;
        value *= inCode * 2 > text.length() ? 0.4 : 1;
        return text.charAt(0) == '(' && text.charAt(text.length() - 1) == ')' ? value * 0.4 : value;
    }

    private double byEnds(String text, Block.Kind kind) {
        String first = firstWord(text);
        double value = LEANING.getOrDefault(language.code(), Set.of()).contains(first) ? 0.55 : 1;
        int last = text.length() - 1;
        while (last > 0 && SentenceSplitter.isCloser(text.charAt(last))) {
            last--;
        }
        char end = text.charAt(last);
        if (end == ':' || end == '：') {
            return value * 0.2;
        }
        if (end == '?' || end == '？' || end == '؟') {
            return value * 0.4;
        }
        boolean complete = SentenceSplitter.isTerminator(end) || kind != Block.Kind.PARAGRAPH;
        return value * (complete ? 1 : 0.6) * (Character.isLowerCase(text.charAt(0)) ? 0.6 : 1);
    }

    private static String firstWord(String text) {
        int start = 0;
        while (start < text.length() && !Character.isLetter(text.charAt(start))) {
            start++;
        }
        int end = start;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return text.substring(start, end).toLowerCase(Locale.ROOT);
    }

    private double titleShare(Terms terms) {
        if (titleTerms.size() == 0) {
            return 0;
        }
        return Math.min(1, titleTerms.sumOfShared(terms, term -> 1) / Math.min(titleTerms.size(), 4));
    }
}
