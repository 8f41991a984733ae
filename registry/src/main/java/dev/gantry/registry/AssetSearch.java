package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.registry.SearchWords.Word;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists and finds assets, stored and built-in ones in one order.
 *
 * <p>Every word of a search must be there, as a word, by its English stem ({@code summaries} finds {@code summarize}) or as the
 * beginning of a word. A match of all words in the name counts most, an exact one first of all; then tags, then the
 * description, then the text. Where this finds little, words are also taken for the known ones that they resemble, which
 * needs PostgreSQL's extension {@code pg_trgm}. Who may see what is decided inside of the look-up: {@link #CANDIDATES_MAX}
 * matches are ranked, each of which the caller sees.
 *
 * <p>Thread-safe.
 */
final class AssetSearch {
    private static final Logger LOG = LoggerFactory.getLogger(AssetSearch.class);

    /** Matches that are ranked; a search that more match is too wide for its order to mean much. */
    static final int CANDIDATES_MAX = 500;

    private static final int CANDIDATES_OF_RESTRICTED_MAX = 5_000;
    private static final int FOUND_ENOUGH = 5;
    private static final int RESEMBLING_MAX = 20;
    private static final int MISSPELT_LENGTH_MIN = 4;
    private static final int TIER_RANKS = 100;

    private static final String COLUMNS =
            "a.namespace, a.path, a.version, a.content_hash, a.description, a.tags, a.author, a.updated_at, a.audience,"
                    + " a.deprecated_at";

    private static final String LIST_SQL = "SELECT " + COLUMNS + """
             FROM assets a
            WHERE a.kind = :kind AND a.deleted_at IS NULL AND a.tags @> :tags::text[]
                AND (a.path, a.namespace) > (:afterPath, :afterNamespace)
                AND (:namespace::text IS NULL OR a.namespace = :namespace)
                AND (:visibility::text IS NULL
                    OR :visibility = CASE a.audience WHEN '*' THEN 'organization' WHEN '' THEN 'private' ELSE 'team' END)
                AND
            """ + Viewer.SEES + """
            ORDER BY a.path, a.namespace
            LIMIT :limit
            """;

    private static final String FOUND_SQL = "SELECT found.tier, " + COLUMNS + """
             FROM unnest(:ids::uuid[], :tiers::integer[]) AS found (id, tier) JOIN assets a ON a.id = found.id
            WHERE a.kind = :kind AND a.deleted_at IS NULL
                AND (:visibility::text IS NULL
                    OR :visibility = CASE a.audience WHEN '*' THEN 'organization' WHEN '' THEN 'private' ELSE 'team' END)
                AND
            """ + Viewer.SEES;

    private final Map<AssetKind, Map<AssetName, Set<String>>> builtinTerms = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Boolean> toleratesTypos = new AtomicReference<>();

    /** An asset with its place in the order. */
    record Hit(AssetSummary asset, Position position) {}

    /**
     * What is listed or searched.
     *
     * @param namespace the only one, or null for all
     * @param builtins those that belong to it
     */
    record Scope(AssetQuery query, @Nullable String namespace, Viewer viewer, Collection<AssetVersion> builtins) {}

    /** A place in the order of a list: better ranks first, then by name. */
    record Position(int rank, String path, String namespace) implements Comparable<Position> {
        private static final Comparator<Position> ORDER = Comparator.comparingInt(Position::rank)
                .reversed()
                .thenComparing(Position::path)
                .thenComparing(Position::namespace);

        @Override
        public int compareTo(Position other) {
            return ORDER.compare(this, other);
        }

        String encode() {
            String text = rank + "\n" + path + "\n" + namespace;
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        static Position parse(String cursor) {
            try {
                String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
                String[] parts = text.split("\n", -1);
                if (parts.length == 3 && text.indexOf('\0') < 0) {
                    return new Position(Integer.parseInt(parts[0]), parts[1], parts[2]);
                }
            } catch (IllegalArgumentException malformed) {
                // Reported below, together with cursors of another form.
            }
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "'cursor' is not one of a previous page; pass it on unchanged");
        }
    }

    /** Returns assets after a position in the order of their names, by walking along an index. */
    List<Hit> list(Handle handle, Scope scope, @Nullable Position after, int limit) {
        AssetQuery query = scope.query();
        Position start = after == null ? new Position(0, "", "") : after;
        List<Hit> stored = scope.viewer()
                .bind(handle.createQuery(LIST_SQL))
                .bind("kind", query.kind().id())
                .bindArray("tags", String.class, query.tags())
                .bind("namespace", scope.namespace())
                .bind(
                        "visibility",
                        query.visibility() == null ? null : query.visibility().id())
                .bind("afterPath", start.path())
                .bind("afterNamespace", start.namespace())
                .bind("limit", limit)
                .map((row, context) -> hit(summary(query.kind(), row), 0))
                .list();
        Stream<Hit> builtIn = builtins(scope)
                .map(asset -> hit(summary(asset), 0))
                .filter(hit -> hit.position().compareTo(start) > 0);
        return Stream.concat(stored.stream(), builtIn)
                .sorted(Comparator.comparing(Hit::position))
                .limit(limit)
                .toList();
    }

    /**
     * Returns what matches the query's text, best first.
     *
     * @param readsAll whether the caller may read whatever they see; for others more matches are fetched, since some of them
     *     will not be shown
     */
    List<Hit> find(Handle handle, Scope scope, boolean readsAll) {
        String text = Objects.requireNonNullElse(scope.query().text(), "");
        SearchWords words = lexemes(handle, SearchWords.split(text));
        if (words.isEmpty()) {
            return List.of();
        }
        int most = readsAll ? CANDIDATES_MAX : CANDIDATES_OF_RESTRICTED_MAX;
        Map<AssetName, Hit> hits = new LinkedHashMap<>();
        collect(handle, scope, words, SearchWords.tiers(), most, hits);
        if (hits.size() < FOUND_ENOUGH) {
            SearchWords meant = resembling(handle, words, scope);
            if (!meant.equals(words)) {
                collect(handle, scope, meant, 0, most, hits);
            }
        }
        return hits.values().stream()
                .sorted(Comparator.comparing(Hit::position))
                .toList();
    }

    /** Adds what was not found before; of a lower base than what was. */
    private void collect(Handle handle, Scope scope, SearchWords words, int base, int most, Map<AssetName, Hit> hits) {
        String phrase =
                String.join(" ", words.words().stream().map(Word::written).toList());
        List<UUID> ids = new ArrayList<>();
        List<Integer> tiers = new ArrayList<>();
        handle.createQuery("SELECT asset_id, tier FROM asset_search_find(:queries, :most)")
                .bindArray("queries", String.class, words.queries(facts(scope)))
                .bind("most", most)
                .map((row, context) ->
                        ids.add(row.getObject("asset_id", UUID.class)) && tiers.add(row.getInt("tier") - 1))
                .list();
        AssetQuery query = scope.query();
        if (!ids.isEmpty()) {
            scope.viewer()
                    .bind(handle.createQuery(FOUND_SQL))
                    .bindArray("ids", UUID.class, ids)
                    .bindArray("tiers", Integer.class, tiers)
                    .bind("kind", query.kind().id())
                    .bind(
                            "visibility",
                            query.visibility() == null
                                    ? null
                                    : query.visibility().id())
                    .map((row, context) -> {
                        AssetSummary asset = summary(query.kind(), row);
                        return hit(asset, rank(asset.name(), base, row.getInt("tier"), phrase));
                    })
                    .forEach(hit -> hits.putIfAbsent(hit.asset().name(), hit));
        }
        Map<AssetName, Set<String>> known = builtinTerms(handle, query.kind(), scope.builtins());
        builtins(scope).forEach(asset -> {
            int tier = words.tier(known.getOrDefault(asset.name(), Set.of()));
            if (tier >= 0) {
                hits.putIfAbsent(asset.name(), hit(summary(asset), rank(asset.name(), base, tier, phrase)));
            }
        });
    }

    /** Names that say just what was searched for go first, then those that end with it, then those that begin with it. */
    private static int rank(AssetName name, int base, int tier, String phrase) {
        int rank = (base + SearchWords.tiers() - tier) * TIER_RANKS;
        String words = String.join(" ", SearchWords.split(name.path()));
        if (words.equals(phrase)) {
            return rank + 3;
        }
        if (words.endsWith(" " + phrase)) {
            return rank + 2;
        }
        return words.startsWith(phrase) ? rank + 1 : rank;
    }

    private static List<String> facts(Scope scope) {
        AssetQuery query = scope.query();
        List<String> facts = new ArrayList<>();
        facts.add(SearchWords.fact('k', query.kind().id()));
        if (scope.namespace() != null) {
            facts.add(SearchWords.fact('s', scope.namespace()));
        }
        Viewer viewer = scope.viewer();
        if (!viewer.everything()) {
            facts.add("(" + SearchWords.anyFact('a', viewer.audiences()) + " | " + SearchWords.fact('s', viewer.own())
                    + " | " + SearchWords.fact('w', viewer.principal()) + ")");
        }
        query.tags().forEach(tag -> facts.add(SearchWords.fact('g', tag.toLowerCase(Locale.ROOT))));
        return facts;
    }

    /** Words that are in every text, such as "the", count only where there are no others. */
    private static SearchWords lexemes(Handle handle, List<String> written) {
        if (written.isEmpty()) {
            return new SearchWords(List.of());
        }
        List<Word> all = new ArrayList<>();
        List<Word> telling = new ArrayList<>();
        handle.createQuery("""
                        SELECT word, tsvector_to_array(to_tsvector('pg_catalog.simple', word)) AS plain,
                            tsvector_to_array(to_tsvector('pg_catalog.english', word)) AS stems
                        FROM unnest(:words::text[]) WITH ORDINALITY AS written (word, position) ORDER BY position
                        """)
                .bindArray("words", String.class, written)
                .map((row, context) -> {
                    List<String> stems = AssetStore.texts(row, "stems");
                    Word word = new Word(row.getString("word"), new LinkedHashSet<>(AssetStore.texts(row, "plain")))
                            .with(stems);
                    if (!word.lexemes().isEmpty()) {
                        all.add(word);
                    }
                    return !stems.isEmpty() && telling.add(word);
                })
                .list();
        return new SearchWords(telling.isEmpty() ? all : telling);
    }

    /** Returns the words, each with those known ones that it was perhaps meant to be. */
    private SearchWords resembling(Handle handle, SearchWords words, Scope scope) {
        List<Word> meant = new ArrayList<>();
        for (Word word : words.words()) {
            String written = word.written();
            if (written.length() < MISSPELT_LENGTH_MIN) {
                meant.add(word);
                continue;
            }
            Set<String> near = new LinkedHashSet<>();
            if (toleratesTypos(handle)) {
                near.addAll(handle.createQuery("SELECT * FROM asset_search_near(:word, :most)")
                        .bind("word", written)
                        .bind("most", RESEMBLING_MAX)
                        .mapTo(String.class)
                        .list());
            }
            scope.builtins()
                    .forEach(asset -> near.addAll(SearchWords.split(asset.name().path())));
            near.removeIf(known -> !known.equals(written)
                    && Text.nearest(written, List.of(known)).isEmpty());
            List<String> stems = lexemes(handle, List.copyOf(near)).words().stream()
                    .flatMap(known -> known.lexemes().stream())
                    .toList();
            meant.add(word.with(stems));
        }
        return new SearchWords(meant);
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

    private static Stream<AssetVersion> builtins(Scope scope) {
        return scope.builtins().stream()
                .filter(asset -> asset.tags().containsAll(scope.query().tags()));
    }

    /** Returns what built-in assets are found by, made once by the database, whose stemming it is. */
    private Map<AssetName, Set<String>> builtinTerms(Handle handle, AssetKind kind, Collection<AssetVersion> builtins) {
        Map<AssetName, Set<String>> known = builtinTerms.get(kind);
        if (known != null || builtins.isEmpty()) {
            return known == null ? Map.of() : known;
        }
        Map<AssetName, Set<String>> terms = new LinkedHashMap<>();
        for (AssetVersion asset : builtins) {
            List<String> lexemes = handle.createQuery("""
                            SELECT unnest(tsvector_to_array(asset_terms('00000000-0000-0000-0000-000000000000'::uuid, '', '', '',
                                '{}', :path, :tags::text[], :description, :content)))
                            """)
                    .bind("path", asset.name().path())
                    .bindArray("tags", String.class, asset.tags())
                    .bind("description", asset.description())
                    .bind("content", asset.content())
                    .mapTo(String.class)
                    .list();
            terms.put(asset.name(), Set.copyOf(lexemes));
        }
        builtinTerms.put(kind, Map.copyOf(terms));
        return terms;
    }

    private static Hit hit(AssetSummary asset, int rank) {
        return new Hit(
                asset, new Position(rank, asset.name().path(), asset.name().namespace()));
    }

    private static AssetSummary summary(AssetVersion builtin) {
        return new AssetSummary(
                builtin.kind(),
                builtin.name(),
                builtin.version(),
                builtin.hash(),
                builtin.description(),
                builtin.tags(),
                builtin.author(),
                builtin.createdAt(),
                Visibility.ORGANIZATION,
                false);
    }

    private static AssetSummary summary(AssetKind kind, ResultSet row) throws SQLException {
        Array tags = row.getArray("tags");
        OffsetDateTime updatedAt = row.getObject("updated_at", OffsetDateTime.class);
        return new AssetSummary(
                kind,
                new AssetName(row.getString("namespace"), row.getString("path")),
                row.getInt("version"),
                row.getString("content_hash"),
                row.getString("description"),
                List.of((String[]) tags.getArray()),
                row.getString("author"),
                updatedAt == null ? null : updatedAt.toInstant(),
                AssetStanding.visibility(row.getString("audience")),
                row.getObject("deprecated_at") != null);
    }
}
