package dev.gantry.registry;

import dev.gantry.kernel.Text;
import dev.gantry.registry.SearchWords.Word;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the words of a search stand for: their stems, and, where little is found by these, the known words that they resemble,
 * which needs PostgreSQL's extension {@code pg_trgm}. Thread-safe.
 */
final class WordMeanings {
    private static final Logger LOG = LoggerFactory.getLogger(WordMeanings.class);

    private static final int RESEMBLING_MAX = 20;

    /** Known words that one is taken for: each makes the search wider, and the nearest are the likeliest. */
    private static final int MEANINGS_MAX = 5;

    private static final int MISSPELT_LENGTH_MIN = 4;

    private final AtomicReference<@Nullable Boolean> toleratesTypos = new AtomicReference<>();

    /** A word with what the database makes of it; one that tells nothing is in every text, such as "the". */
    private record Analyzed(Word word, boolean telling) {}

    /** Returns the words with their stems. Those that tell nothing count only where there are no others. */
    SearchWords of(Handle handle, List<String> written) {
        Collection<Analyzed> analyzed = analyze(handle, written).values();
        List<Word> telling =
                analyzed.stream().filter(Analyzed::telling).map(Analyzed::word).toList();
        return new SearchWords(
                telling.isEmpty()
                        ? analyzed.stream()
                                .map(Analyzed::word)
                                .filter(word -> !word.lexemes().isEmpty())
                                .toList()
                        : telling);
    }

    private static Map<String, Analyzed> analyze(Handle handle, Collection<String> written) {
        Map<String, Analyzed> analyzed = new LinkedHashMap<>();
        if (!written.isEmpty()) {
            handle.createQuery("""
                            SELECT word, tsvector_to_array(to_tsvector('pg_catalog.simple', word)) AS plain,
                                tsvector_to_array(to_tsvector('pg_catalog.english', word)) AS stems
                            FROM unnest(:words::text[]) WITH ORDINALITY AS written (word, position) ORDER BY position
                            """)
                    .bindArray("words", String.class, written)
                    .map((row, _) -> {
                        List<String> stems = AssetStore.texts(row, "stems");
                        Word word = new Word(row.getString("word"), Set.copyOf(AssetStore.texts(row, "plain")));
                        return new Analyzed(word.with(stems), !stems.isEmpty());
                    })
                    .forEach(each -> analyzed.put(each.word().written(), each));
        }
        return analyzed;
    }

    /**
     * Returns the words, each with those known ones that it was perhaps meant to be.
     *
     * @param more words that are known besides those of the database
     */
    SearchWords resembling(Handle handle, SearchWords words, Set<String> more) {
        List<String> written = words.words().stream()
                .map(Word::written)
                .filter(word -> word.length() >= MISSPELT_LENGTH_MIN)
                .distinct()
                .toList();
        Map<String, Set<String>> near = near(handle, written);
        near.replaceAll((word, known) -> {
            known.addAll(more);
            return nearest(word, known);
        });
        Set<String> all = new LinkedHashSet<>();
        near.values().forEach(all::addAll);
        Map<String, Analyzed> analyzed = analyze(handle, all);
        List<Word> meant = new ArrayList<>();
        for (Word word : words.words()) {
            List<String> lexemes = near.getOrDefault(word.written(), Set.of()).stream()
                    .map(analyzed::get)
                    .flatMap(known -> known.word().lexemes().stream())
                    .toList();
            meant.add(word.with(lexemes));
        }
        return new SearchWords(meant);
    }

    private static Set<String> nearest(String word, Set<String> known) {
        Set<String> nearest = new LinkedHashSet<>();
        known.remove(word);
        while (nearest.size() < MEANINGS_MAX) {
            Optional<String> next = Text.nearest(word, known);
            if (next.isEmpty()) {
                break;
            }
            known.remove(next.get());
            nearest.add(next.get());
        }
        return nearest;
    }

    private Map<String, Set<String>> near(Handle handle, List<String> written) {
        Map<String, Set<String>> near = new LinkedHashMap<>();
        written.forEach(word -> near.put(word, new LinkedHashSet<>()));
        if (!written.isEmpty() && toleratesTypos(handle)) {
            handle.createQuery("""
                            SELECT written.word, near.word AS known
                            FROM unnest(:words::text[]) AS written (word)
                            CROSS JOIN LATERAL asset_search_near(written.word, :most) AS near (word)
                            """)
                    .bindArray("words", String.class, written)
                    .bind("most", RESEMBLING_MAX)
                    .map((row, _) -> Map.entry(row.getString("word"), row.getString("known")))
                    .forEach(each -> near.computeIfAbsent(each.getKey(), _ -> new LinkedHashSet<>())
                            .add(each.getValue()));
        }
        return near;
    }

    /** Returns whether the database can tell which words resemble each other; says so once where it cannot. */
    boolean toleratesTypos(Handle handle) {
        Boolean known = toleratesTypos.get();
        if (known != null) {
            return known;
        }
        boolean tolerates = handle.createQuery("SELECT to_regprocedure('asset_search_near(text, integer)') IS NOT NULL")
                .mapTo(Boolean.class)
                .one();
        if (!tolerates && toleratesTypos.compareAndSet(null, false)) {
            LOG.warn("The database has no extension pg_trgm, so that searches find nothing by misspelt words. Let an"
                    + " administrator of the database run CREATE EXTENSION pg_trgm, then the owner of Gantry's tables SELECT"
                    + " gantry.asset_search_setup(), and restart Gantry");
        }
        toleratesTypos.compareAndSet(null, tolerates);
        return tolerates;
    }
}
