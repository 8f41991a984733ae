package dev.gantry.registry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The words of a search, each with the lexemes that it stands for, as queries of text search. The letters before lexemes are
 * those of the table {@code asset_terms}.
 */
record SearchWords(List<Word> words) {
    /** Words of a search that count. */
    static final int WORDS_MAX = 12;

    /** Where words are looked for: first in names, then in tags as well, and so on. */
    private static final List<String> FIELDS = List.of("n", "nt", "ntd", "ntdx");

    private static final Pattern SEPARATORS = Pattern.compile("[_\\-/.\\s]+");
    private static final int PREFIX_LENGTH_MIN = 2;
    private static final int TEXT_PREFIX_LENGTH_MIN = 4;

    SearchWords {
        words = List.copyOf(words);
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

    boolean isEmpty() {
        return words.isEmpty();
    }

    /** Returns how many tiers there are: names, tags, descriptions, text. */
    static int tiers() {
        return FIELDS.size();
    }

    /** Returns one query a tier, each for every word in the fields of the tier, and for all of the facts. */
    List<String> queries(Collection<String> facts) {
        List<String> queries = new ArrayList<>();
        for (String fields : FIELDS) {
            List<String> all = new ArrayList<>(facts);
            words.forEach(word -> all.add(query(word, fields)));
            queries.add(String.join(" & ", all));
        }
        return queries;
    }

    private static String query(Word word, String fields) {
        List<String> choices = new ArrayList<>();
        for (int at = 0; at < fields.length(); at++) {
            char field = fields.charAt(at);
            for (String lexeme : word.lexemes()) {
                choices.add(quote(field + lexeme));
            }
            if (word.written().length() >= (field == 'x' ? TEXT_PREFIX_LENGTH_MIN : PREFIX_LENGTH_MIN)) {
                choices.add(quote(field + word.written()) + ":*");
            }
        }
        return "(" + String.join(" | ", choices) + ")";
    }

    /** Returns a fact as a part of a query, such as the kind. */
    static String fact(char letter, String value) {
        return quote(letter + ":" + value);
    }

    /** Returns a query that one of several facts satisfies. */
    static String anyFact(char letter, Collection<String> values) {
        return values.stream().map(value -> fact(letter, value)).collect(Collectors.joining(" | ", "(", ")"));
    }

    /** Quotes a lexeme as the text form of queries has it. */
    static String quote(String lexeme) {
        return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /** Returns the number of the first tier whose fields hold every word, from 0; -1 when none does. */
    int tier(Set<String> terms) {
        for (int tier = 0; tier < FIELDS.size(); tier++) {
            String fields = FIELDS.get(tier);
            if (words.stream().allMatch(word -> matches(word, fields, terms))) {
                return tier;
            }
        }
        return -1;
    }

    private static boolean matches(Word word, String fields, Set<String> terms) {
        for (int at = 0; at < fields.length(); at++) {
            char field = fields.charAt(at);
            boolean whole = word.lexemes().stream().anyMatch(lexeme -> terms.contains(field + lexeme));
            boolean prefixCounts =
                    word.written().length() >= (field == 'x' ? TEXT_PREFIX_LENGTH_MIN : PREFIX_LENGTH_MIN);
            String prefix = field + word.written();
            if (whole || (prefixCounts && terms.stream().anyMatch(term -> term.startsWith(prefix)))) {
                return true;
            }
        }
        return false;
    }
}
