package dev.gantry.provider.offline;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What the extraction knows of a language: its function words. A language that is not known works too, with less
 * precision: no function words are left out there, and rare words alone carry the weight.
 *
 * @param code ISO 639-1; {@code und} for an unknown one
 * @param functionWords in lower case
 */
record Language(String code, Set<String> functionWords) {
    /** No language that we have words for. */
    static final Language UNKNOWN = new Language("und", Set.of());

    /** How much of a text is looked at to recognise its language. */
    private static final int DETECTION_CHARS_MAX = 32 * 1024;

    private static final int LONGEST_FUNCTION_WORD = 14;
    private static final double SHARE_MIN = 0.05;
    private static final String RESOURCE = "stopwords.txt";

    /** Read once, at the first use. */
    private static final class Known {
        static final List<Language> LANGUAGES = load();

        private Known() {}
    }

    /** Copies the words. */
    Language {
        functionWords = Set.copyOf(functionWords);
    }

    /** Returns whether numbers in front of a noun are written with a full stop: {@code 3. Mai}. */
    boolean writesOrdinalsWithStop() {
        return switch (code) {
            case "de", "pl", "sv" -> true;
            default -> false;
        };
    }

    /** Returns whether the word, in any case, binds sentences rather than naming a topic. */
    boolean isFunctionWord(String word) {
        return word.length() <= LONGEST_FUNCTION_WORD && functionWords.contains(word.toLowerCase(Locale.ROOT));
    }

    /** Returns the language whose function words are most frequent in the beginning of the text. */
    static Language of(String text) {
        Map<String, Integer> counts = new HashMap<>();
        int words = 0;
        int end = Math.min(text.length(), DETECTION_CHARS_MAX);
        int start = -1;
        for (int index = 0; index <= end; index++) {
            boolean letter = index < end && Character.isLetter(text.charAt(index));
            if (letter && start < 0) {
                start = index;
            } else if (!letter && start >= 0) {
                words++;
                if (index - start <= LONGEST_FUNCTION_WORD) {
                    counts.merge(text.substring(start, index).toLowerCase(Locale.ROOT), 1, Integer::sum);
                }
                start = -1;
            }
        }
        Language best = UNKNOWN;
        int most = (int) (words * SHARE_MIN);
        for (Language language : Known.LANGUAGES) {
            int hits = 0;
            for (Map.Entry<String, Integer> count : counts.entrySet()) {
                hits += language.functionWords.contains(count.getKey()) ? count.getValue() : 0;
            }
            if (hits > most) {
                most = hits;
                best = language;
            }
        }
        return best;
    }

    private static List<Language> load() {
        List<Language> languages = new ArrayList<>();
        try (InputStream stream = Objects.requireNonNull(Language.class.getResourceAsStream(RESOURCE), RESOURCE);
                var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int colon = line.indexOf(':');
                if (!line.startsWith("#") && colon > 0) {
                    languages.add(new Language(
                            line.substring(0, colon),
                            new HashSet<>(
                                    List.of(line.substring(colon + 1).strip().split(" ")))));
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException("The resource " + RESOURCE + " cannot be read", unreadable);
        }
        return List.copyOf(languages);
    }
}
