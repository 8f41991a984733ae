package dev.gantry.guard;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Words that say what something near them is: whole words, never parts of others, of which the nearest counts, and of
 * phrases that end in one word the longest. A phrase is found however it is joined: {@code date of birth},
 * {@code date_of_birth}, {@code dateOfBirth}. Immutable.
 */
final class ContextWords<M> {
    private static final int PHRASE_MAX = 5;
    /** How many words before something the last one that speaks against it may stand. */
    private static final int ADVERSE_MAX = 3;

    private final WordTable<M> words;
    /** Words with which a phrase may begin or end, so that most words need one look only. */
    private final WordTable<Boolean> edges;

    private final Map<String, M> meanings;
    private final boolean isEmpty;

    /** Makes a table of phrases and what they mean. */
    ContextWords(Map<String, M> meanings) {
        Map<String, M> joined = new HashMap<>();
        Map<String, Boolean> firstAndLast = new HashMap<>();
        meanings.forEach((phrase, meaning) -> {
            String[] parts = parts(phrase);
            String whole = String.join("", parts);
            joined.put(whole, meaning);
            firstAndLast.put(whole, true);
            firstAndLast.put(parts[0], true);
            firstAndLast.put(parts[parts.length - 1], true);
        });
        this.meanings = Map.copyOf(meanings);
        words = new WordTable<>(joined);
        edges = new WordTable<>(firstAndLast);
        isEmpty = joined.isEmpty();
    }

    /** Returns words that speak for something. */
    static ContextWords<Boolean> of(Collection<String> phrases) {
        return of(phrases, List.of());
    }

    /** Returns words that speak for something. */
    static ContextWords<Boolean> of(String... phrases) {
        return of(Arrays.asList(phrases));
    }

    /** Returns words that speak for something (true) and words that speak against it (false). */
    static ContextWords<Boolean> of(Collection<String> favourable, Collection<String> adverse) {
        Map<String, Boolean> meanings = new HashMap<>();
        adverse.forEach(phrase -> meanings.put(phrase, false));
        favourable.forEach(phrase -> meanings.put(phrase, true));
        return new ContextWords<>(meanings);
    }

    /**
     * Returns whether words beside a stretch of text speak for it, or against it; null when none does. Favourable ones may
     * stand farther away than adverse ones, and in front or behind; adverse ones in front.
     */
    static @Nullable Boolean judge(ContextWords<Boolean> words, Passage text, int start, int end) {
        Boolean before = words.before(text, start);
        if (before != null && (before || words.before(text, start, ADVERSE_MAX) != null)) {
            return before;
        }
        Boolean after = words.after(text, end);
        return Boolean.TRUE.equals(after) ? true : null;
    }

    /** Returns the hashes of words of which one ends every phrase with one of some meanings. */
    Set<Long> lastWords(Predicate<M> wanted) {
        Set<Long> out = new HashSet<>();
        meanings.forEach((phrase, meaning) -> {
            if (wanted.test(meaning)) {
                String[] parts = parts(phrase);
                out.add(WordTable.hash(parts[parts.length - 1]));
                out.add(WordTable.hash(String.join("", parts)));
            }
        });
        return out;
    }

    private static String[] parts(String phrase) {
        return phrase.toLowerCase(Locale.ROOT).split("[ _'.-]+");
    }

    boolean isEmpty() {
        return isEmpty;
    }

    /** Returns what the nearest word before or shortly behind a stretch of text means; null when there is none. */
    @Nullable
    M near(Passage text, int start, int end) {
        M before = before(text, start);
        return before != null ? before : after(text, end);
    }

    /** Returns what the nearest word before a position means; null when there is none. */
    @Nullable
    M before(Passage text, int start) {
        return before(text, start, Integer.MAX_VALUE);
    }

    /** Returns what the nearest of some words before a position means; null when there is none. */
    @Nullable
    M before(Passage text, int start, int wordsMax) {
        return before(text, start, wordsMax, Integer.MAX_VALUE);
    }

    /** Returns what the nearest of some words before a position means that has at most so many numbers behind it. */
    @Nullable
    M before(Passage text, int start, int wordsMax, int numbersMax) {
        Neighbours neighbours = text.wordsBefore(start);
        int count = neighbours.count();
        for (int last = 0; last < Math.min(count, wordsMax); last++) {
            if (neighbours.numbers(last) > numbersMax) {
                return null;
            }
            if (edges.get(neighbours.hash(last)) == null) {
                continue;
            }
            M meaning = null;
            long hash = 0;
            long factor = 1;
            for (int first = last; first < count && first - last < PHRASE_MAX; first++) {
                hash += neighbours.hash(first) * factor;
                factor *= neighbours.factor(first);
                M longer = words.get(hash);
                meaning = longer == null ? meaning : longer;
            }
            if (meaning != null) {
                return meaning;
            }
        }
        return null;
    }

    /** Returns what the nearest word behind a position means; null when there is none. */
    @Nullable
    M after(Passage text, int end) {
        Neighbours neighbours = text.wordsAfter(end);
        int count = neighbours.count();
        for (int first = 0; first < count; first++) {
            if (edges.get(neighbours.hash(first)) == null) {
                continue;
            }
            M meaning = null;
            long hash = 0;
            for (int last = first; last < count && last - first < PHRASE_MAX; last++) {
                hash = hash * neighbours.factor(last) + neighbours.hash(last);
                M longer = words.get(hash);
                meaning = longer == null ? meaning : longer;
            }
            if (meaning != null) {
                return meaning;
            }
        }
        return null;
    }
}
