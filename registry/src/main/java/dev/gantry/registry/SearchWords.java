package dev.gantry.registry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The words of a search, each with the lexemes that it stands for, as queries of text search over the terms of the table
 * {@code asset_texts}, of which those that carry a mark are in {@code asset_terms} as well.
 */
record SearchWords(List<Word> words) {
    /** Words of a search that count. */
    static final int WORDS_MAX = 12;

    /** Stands before the words of texts. */
    private static final String NO_MARK = "";

    private static final List<Tier> TIERS = List.of(
            new Tier(List.of(":n"), false),
            new Tier(List.of(":n", ":t"), false),
            new Tier(List.of(":n", ":t", ":d"), false),
            new Tier(List.of(":n", ":t", ":d", NO_MARK), false),
            new Tier(List.of(":n", ":t", ":d", NO_MARK), true));

    /** How many tiers look through texts. */
    private static final int TEXT_TIERS = 2;

    private static final Pattern SEPARATORS = Pattern.compile("[_\\-/.\\s\\p{Cntrl}]+");
    private static final int PREFIX_LENGTH_MIN = 2;
    private static final int TEXT_PREFIX_LENGTH_MIN = 4;

    SearchWords {
        words = List.copyOf(words);
    }

    /**
     * Where words are looked for: first in names, then in tags as well, and so on.
     *
     * @param marks those of the terms
     * @param textBeginnings whether a word may be the beginning of one in the text. There are so many of these that the index
     *     gathers them at length, which is worth it only where whole words find too little
     */
    private record Tier(List<String> marks, boolean textBeginnings) {
        /** Returns whether every word that begins with a written one counts; what begins no word of a text never does. */
        boolean takesBeginning(String mark, String written) {
            return mark.equals(NO_MARK)
                    ? textBeginnings
                            && written.length() >= TEXT_PREFIX_LENGTH_MIN
                            && Character.isLetterOrDigit(written.charAt(0))
                    : written.length() >= PREFIX_LENGTH_MIN;
        }
    }

    /**
     * A word.
     *
     * @param written in lower case
     * @param lexemes what it may stand for: itself, its stem, words that it was probably meant to be
     */
    record Word(String written, Set<String> lexemes) {
        Word {
            lexemes = Set.copyOf(lexemes);
        }

        Word with(Collection<String> more) {
            Set<String> all = new LinkedHashSet<>(lexemes);
            all.addAll(more);
            return new Word(written, all);
        }
    }

    /** Returns the words of a text as they are written. */
    static List<String> split(String text) {
        return Arrays.stream(SEPARATORS.split(text.toLowerCase(Locale.ROOT)))
                .filter(word -> !word.isEmpty())
                .limit(WORDS_MAX)
                .toList();
    }

    /** Returns the words of a path with a space between them. */
    static String spaced(String path) {
        StringBuilder words = new StringBuilder(path.length());
        for (int position = 0; position < path.length(); position++) {
            char each = path.charAt(position);
            boolean isSeparator = each == '_' || each == '-' || each == '/' || each == '.';
            if (!isSeparator) {
                words.append(each);
            } else if (words.charAt(words.length() - 1) != ' ') {
                words.append(' ');
            }
        }
        return words.toString().stripTrailing();
    }

    boolean isEmpty() {
        return words.isEmpty();
    }

    /** Returns how many tiers there are: names, tags, descriptions, words of the text, beginnings of these. */
    static int tiers() {
        return TIERS.size();
    }

    /**
     * What a tier asks for.
     *
     * @param first a query for the first word
     * @param others one for all others; empty when there is only one word
     */
    record Question(String first, String others) {}

    /** Returns one question a tier for those without the text, for every word in the places of the tier. */
    List<Question> questions() {
        return questions(TIERS.subList(0, TIERS.size() - TEXT_TIERS));
    }

    /**
     * Returns the same for the tiers with the text.
     *
     * @param isGuessed whether the words are those that others were perhaps meant to be, of which whole words count only
     */
    List<Question> textQuestions(boolean isGuessed) {
        return questions(TIERS.subList(TIERS.size() - TEXT_TIERS, isGuessed ? TIERS.size() - 1 : TIERS.size()));
    }

    private List<Question> questions(List<Tier> tiers) {
        return tiers.stream()
                .map(tier -> new Question(
                        query(words.getFirst(), tier),
                        words.stream().skip(1).map(word -> query(word, tier)).collect(Collectors.joining(" & "))))
                .toList();
    }

    private static String query(Word word, Tier tier) {
        List<String> choices = new ArrayList<>();
        for (String mark : tier.marks()) {
            boolean beginning = tier.takesBeginning(mark, word.written());
            if (beginning) {
                choices.add(quote(mark + word.written()) + ":*");
            }
            for (String lexeme : word.lexemes()) {
                if (!beginning || !lexeme.startsWith(word.written())) {
                    choices.add(quote(mark + lexeme));
                }
            }
        }
        return "(" + String.join(" | ", choices) + ")";
    }

    /** Quotes a term as the text form of queries has it. */
    static String quote(String term) {
        return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /** Returns a query that one of several terms satisfies. */
    static String any(Collection<String> terms) {
        return terms.stream().map(SearchWords::quote).collect(Collectors.joining(" | ", "(", ")"));
    }

    /** Returns the number of the first tier whose places hold every word, from 0; -1 when none does. */
    int tier(NavigableSet<String> terms) {
        for (int number = 0; number < TIERS.size(); number++) {
            Tier tier = TIERS.get(number);
            if (words.stream().allMatch(word -> matches(word, tier, terms))) {
                return number;
            }
        }
        return -1;
    }

    private static boolean matches(Word word, Tier tier, NavigableSet<String> terms) {
        for (String mark : tier.marks()) {
            if (word.lexemes().stream().anyMatch(lexeme -> terms.contains(mark + lexeme))) {
                return true;
            }
            if (tier.takesBeginning(mark, word.written())) {
                String beginning = mark + word.written();
                String next = terms.ceiling(beginning);
                if (next != null && next.startsWith(beginning)) {
                    return true;
                }
            }
        }
        return false;
    }
}
