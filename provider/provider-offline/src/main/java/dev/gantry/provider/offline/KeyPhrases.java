package dev.gantry.provider.offline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects the phrases by which a text names its topics. Candidates are runs of words between function words and
 * punctuation (RAKE; Rose et al.: "Automatic Keyword Extraction from Individual Documents", 2010) and the shorter phrases
 * in them; scores follow C-value (Frantzi, Ananiadou, Mima: "Automatic recognition of multi-word terms", 2000), by which a
 * phrase counts for its length and for what it occurs outside of longer phrases, raised for early and wide use (as YAKE
 * does; Campos et al., Information Sciences 2020).
 *
 * <p>Memory is bounded by lossy counting (Manku and Motwani, VLDB 2002): when the table is full, the rarest entries go.
 */
final class KeyPhrases {
    private static final int WORDS_MAX = 4;
    private static final int UNSPACED_CHARS_MAX = 6;
    private static final int TABLE_MAX = 60_000;

    /** Characters that in Chinese do what function words do. */
    private static final String FUNCTION_CHARACTERS = "的了是在和与及或也都就而但被把对为以其这那我你他她它们個个不有会能将從从到上下中";

    private final Map<Integer, Phrase> phrases = new HashMap<>();
    private final Language language;
    private int countMin = 1;

    /** A phrase with what was seen of it. */
    private static final class Phrase {
        final int[] stems;
        final boolean unspaced;
        final int firstOffset;
        String surface;
        boolean atStart;
        boolean heading;
        int count;
        int sentences;
        int lastSentence = -1;

        Phrase(int[] stems, boolean unspaced, int firstOffset, String surface, boolean atStart) {
            this.stems = stems;
            this.unspaced = unspaced;
            this.firstOffset = firstOffset;
            this.surface = surface;
            this.atStart = atStart;
        }
    }

    /** Words that follow each other without anything but a space between. */
    private static final class Run {
        final int[] starts = new int[64];
        final int[] ends = new int[64];
        final int[] stems = new int[64];
        int size;
    }

    KeyPhrases(Language language) {
        this.language = language;
    }

    /** Reads one sentence or heading; {@code offset} is its place in the document, {@code ordinal} its number. */
    void add(String text, int offset, int ordinal, boolean heading) {
        Run run = new Run();
        Words.scan(text, 0, text.length(), language, (start, end, term, functional) -> {
            boolean unspaced = Words.isUnspaced(text.charAt(start));
            boolean follows = run.size > 0 && start == run.ends[run.size - 1] + 1 && text.charAt(start - 1) == ' ';
            if (functional || unspaced || !follows || run.size == run.stems.length) {
                close(text, run, offset, ordinal, heading);
            }
            if (!functional && !unspaced) {
                run.starts[run.size] = start;
                run.ends[run.size] = end;
                run.stems[run.size++] = term;
            }
        });
        close(text, run, offset, ordinal, heading);
        unspacedRuns(text, offset, ordinal, heading);
        shrink();
    }

    private void close(String text, Run run, int offset, int ordinal, boolean heading) {
        for (int first = 0; first < run.size; first++) {
            for (int last = first; last < Math.min(run.size, first + WORDS_MAX); last++) {
                int[] stems = Arrays.copyOfRange(run.stems, first, last + 1);
                String surface = text.substring(run.starts[first], run.ends[last]);
                count(stems, false, surface, heading || run.starts[first] == 0, offset, ordinal, heading);
            }
        }
        run.size = 0;
    }

    private void unspacedRuns(String text, int offset, int ordinal, boolean heading) {
        int index = 0;
        while (index < text.length()) {
            int end = index;
            while (end < text.length() && isTopicCharacter(text.charAt(end))) {
                end++;
            }
            for (int first = index; first < end - 1; first++) {
                for (int last = first + 2; last <= Math.min(end, first + UNSPACED_CHARS_MAX); last++) {
                    int[] stems = characters(text, first, last);
                    count(stems, true, text.substring(first, last), false, offset, ordinal, heading);
                }
            }
            index = end + 1;
        }
    }

    private static int[] characters(String text, int from, int to) {
        int[] characters = new int[to - from];
        for (int index = from; index < to; index++) {
            characters[index - from] = text.charAt(index);
        }
        return characters;
    }

    private static boolean isTopicCharacter(char character) {
        return character >= 0x3000
                && Words.isUnspaced(character)
                && !Words.isHiragana(character)
                && FUNCTION_CHARACTERS.indexOf(character) < 0;
    }

    private void count(
            int[] stems, boolean unspaced, String surface, boolean atStart, int offset, int ordinal, boolean heading) {
        Phrase phrase = phrases.computeIfAbsent(
                Arrays.hashCode(stems), key -> new Phrase(stems, unspaced, offset, surface, atStart));
        if (phrase.atStart && !atStart) {
            phrase.surface = surface;
            phrase.atStart = false;
        }
        phrase.count++;
        phrase.heading |= heading;
        if (phrase.lastSentence != ordinal) {
            phrase.lastSentence = ordinal;
            phrase.sentences++;
        }
    }

    private void shrink() {
        while (phrases.size() > TABLE_MAX) {
            int least = countMin++;
            phrases.values().removeIf(phrase -> phrase.count <= least);
        }
    }

    /**
     * Returns the phrases that name the text's topics best, best first, as they are written in the text.
     *
     * @param length of the document, in the unit of the offsets
     * @param repeatedOnly whether to leave out what occurs only once
     */
    List<String> best(int count, int length, boolean repeatedOnly) {
        Map<Integer, int[]> nested = nesting();
        record Scored(Phrase phrase, double score) {}
        List<Scored> scored = new ArrayList<>();
        for (Map.Entry<Integer, Phrase> entry : phrases.entrySet()) {
            Phrase phrase = entry.getValue();
            if ((phrase.count > 1 || !repeatedOnly) && isPresentable(phrase)) {
                double score = score(phrase, nested.get(entry.getKey()), length);
                if (score > 0) {
                    scored.add(new Scored(phrase, score));
                }
            }
        }
        scored.sort(Comparator.comparingDouble(Scored::score)
                .reversed()
                .thenComparingInt(candidate -> candidate.phrase().firstOffset)
                .thenComparing(candidate -> candidate.phrase().surface));
        List<Phrase> chosen = new ArrayList<>();
        for (Scored candidate : scored) {
            if (chosen.size() == count) {
                break;
            }
            if (chosen.stream().noneMatch(other -> overlap(other, candidate.phrase()))) {
                chosen.add(candidate.phrase());
            }
        }
        return chosen.stream().map(phrase -> phrase.surface).toList();
    }

    /** For each phrase: in how many longer phrases it stands, and how often these occur. */
    private Map<Integer, int[]> nesting() {
        Map<Integer, int[]> nested = new HashMap<>();
        for (Phrase phrase : phrases.values()) {
            if (phrase.stems.length > 1) {
                addNesting(nested, Arrays.copyOf(phrase.stems, phrase.stems.length - 1), phrase.count);
                addNesting(nested, Arrays.copyOfRange(phrase.stems, 1, phrase.stems.length), phrase.count);
            }
        }
        return nested;
    }

    private static void addNesting(Map<Integer, int[]> nested, int[] inner, int count) {
        int[] sums = nested.computeIfAbsent(Arrays.hashCode(inner), key -> new int[2]);
        sums[0]++;
        sums[1] += count;
    }

    private double score(Phrase phrase, int @Nullable [] nesting, int length) {
        double within = nesting == null ? 0 : (double) nesting[1] / nesting[0];
        double alone = phrase.count - within;
        if (alone <= 0) {
            return 0;
        }
        boolean name = !phrase.atStart && isCapitalized(phrase.surface);
        double words = phrase.unspaced ? phrase.stems.length / 2.0 : phrase.stems.length;
        double termhood = Math.log1p(words) * (words < 1.5 ? name ? 0.7 : 0.5 : 1) * Math.log1p(alone);
        double spread = 1 + 0.3 * Math.log(phrase.sentences);
        double place = 1 + 0.4 * (1 - (double) phrase.firstOffset / Math.max(1, length));
        return termhood * support(phrase, name) * spread * place * (phrase.heading ? 1.3 : 1) * (name ? 1.2 : 1);
    }

    /**
     * How often the words of a phrase occur, on a logarithmic scale: as in RAKE, a phrase stands on its words. What occurs
     * once is no topic unless it is a name or each of its words occurs again.
     */
    private double support(Phrase phrase, boolean name) {
        if (phrase.unspaced || phrase.stems.length == 1) {
            return phrase.count > 1 || name || phrase.unspaced ? 1 : 0;
        }
        double sum = 0;
        for (int stem : phrase.stems) {
            Phrase word = phrases.get(Arrays.hashCode(new int[] {stem}));
            int count = word == null ? 1 : word.count;
            if (count == 1 && phrase.count == 1 && !name) {
                return 0;
            }
            sum += Math.log1p(count);
        }
        return sum / phrase.stems.length;
    }

    private static boolean isCapitalized(String surface) {
        boolean first = true;
        for (int index = 0; index < surface.length(); index++) {
            if (first && !Character.isUpperCase(surface.charAt(index))) {
                return false;
            }
            first = surface.charAt(index) == ' ';
        }
        return true;
    }

    private static boolean isPresentable(Phrase phrase) {
        String surface = phrase.surface;
        if (phrase.unspaced) {
            return true;
        }
        boolean acronym = surface.length() >= 2 && surface.chars().allMatch(Character::isUpperCase);
        return (surface.length() >= 4 || acronym)
                && surface.indexOf('_') < 0
                && !surface.startsWith("www.")
                && surface.chars().filter(Character::isLetter).count() * 10 >= surface.length() * 8L;
    }

    private static boolean overlap(Phrase left, Phrase right) {
        Phrase shorter = left.stems.length <= right.stems.length ? left : right;
        Phrase longer = shorter == left ? right : left;
        int shared = 0;
        for (int stem : shorter.stems) {
            shared += Arrays.stream(longer.stems).anyMatch(other -> other == stem) ? 1 : 0;
        }
        return 2 * shared > shorter.stems.length || (shared > 0 && shorter.stems.length == 1);
    }
}
