package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Finds assets, stored and built-in ones in one order.
 *
 * <p>Every word of a search must be there, as a word, by its English stem ({@code summaries} finds {@code summarize}) or as the
 * beginning of a word. A match of all words in the name counts most, an exact one first of all; then tags, then the
 * description, then the text. Each of these tiers is a query of its own, and a first page that is full ends the search, so
 * that texts are looked through only when there is little else. Where all this finds little, words are also taken for the
 * known ones that they resemble. Who may see what is decided inside of the look-up: of each tier {@link #CANDIDATES_MAX}
 * matches are ranked, each of which the caller sees.
 *
 * <p>Thread-safe.
 */
final class AssetSearch {
    /** Matches of a tier that are ranked; a search that more match is too wide for its order to mean much. */
    static final int CANDIDATES_MAX = 500;

    private static final int CANDIDATES_OF_RESTRICTED_MAX = 5_000;
    private static final int FOUND_ENOUGH = 5;
    private static final int TIER_RANKS = 100;

    /** Where the part of an organization's id begins that terms name: they are short, and what they find is checked. */
    private static final int ORGANIZATION_TAIL = 24;

    static final String COLUMNS =
            "a.namespace, a.path, a.version, a.content_hash, a.description, a.tags, a.author, a.updated_at, a.audience,"
                    + " a.deprecated_at";

    private static final String FOUND_SQL = """
            SELECT a.id, a.namespace, a.path, found.tier
            FROM (SELECT asset_id, min(tier) AS tier
                FROM asset_search_find(:facts, :queries, :others, :withoutText, :enough, :most)
                GROUP BY asset_id) AS found JOIN assets a ON a.id = found.asset_id
            WHERE a.kind = :kind AND a.deleted_at IS NULL AND
            """ + Viewer.SEES;

    private static final String SUMMARIES_SQL = "SELECT a.id, " + COLUMNS + """
             FROM assets a
            WHERE a.id = ANY(:ids::uuid[]) AND a.deleted_at IS NULL AND
            """ + Viewer.SEES;

    private final WordMeanings meanings;
    private final BuiltinTerms builtinTerms = new BuiltinTerms();

    AssetSearch(WordMeanings meanings) {
        this.meanings = meanings;
    }

    /**
     * What is listed or searched.
     *
     * @param namespace the only one, or null for all
     * @param builtins those that belong to it
     * @param readsAll whether the caller may read whatever they see
     * @param readable which names the caller may read
     */
    record Scope(
            UUID organization,
            AssetQuery query,
            @Nullable String namespace,
            Viewer viewer,
            Collection<AssetVersion> builtins,
            boolean readsAll,
            Predicate<AssetName> readable) {}

    /**
     * What one search is after.
     *
     * @param phrase all words as they are written
     * @param enough matches with which a tier ends the search
     * @param most matches of a tier
     */
    private record Search(Scope scope, String phrase, int enough, int most) {}

    /**
     * An asset that matches; either a stored one or a built-in one.
     *
     * @param id of a stored one
     */
    private record Match(
            AssetName name,
            int rank,
            @Nullable UUID id,
            @Nullable AssetVersion builtin) {
        Position position() {
            return new Position(rank, name.path(), name.namespace());
        }
    }

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

    /** Returns a page of what matches the query's text, best first. */
    AssetPage find(Handle handle, Scope scope, @Nullable Position after) {
        int limit = scope.query().limit();
        List<Match> page = matches(handle, scope, after).stream()
                .filter(match -> after == null || match.position().compareTo(after) > 0)
                .limit(limit + 1L)
                .toList();
        boolean more = page.size() > limit;
        if (more) {
            page = page.subList(0, limit);
        }
        return new AssetPage(
                summaries(handle, scope, page), more ? page.getLast().position().encode() : null);
    }

    private List<Match> matches(Handle handle, Scope scope, @Nullable Position after) {
        List<String> written =
                SearchWords.split(Objects.requireNonNullElse(scope.query().text(), ""));
        SearchWords words = meanings.of(handle, written);
        if (words.isEmpty()) {
            return List.of();
        }
        int most = scope.readsAll() ? CANDIDATES_MAX : CANDIDATES_OF_RESTRICTED_MAX;
        // A first page that is full needs no lesser matches. For a later page those before it are found again, and of
        // what
        // somebody may not read nobody knows how much there is.
        int enough = scope.readsAll() && after == null ? Math.max(scope.query().limit() + 1, FOUND_ENOUGH) : most;
        Search search = new Search(scope, String.join(" ", written), enough, most);
        Map<AssetName, Match> matches = new HashMap<>();
        collect(handle, search, words, false, matches);
        if (matches.size() < FOUND_ENOUGH) {
            AssetQuery query = scope.query();
            Set<String> builtinWords = builtinTerms.nameWords(handle, query.kind(), scope.builtins());
            SearchWords meant = meanings.resembling(handle, words, builtinWords);
            if (!meant.equals(words)) {
                collect(handle, search, meant, true, matches);
            }
        }
        return matches.values().stream()
                .filter(match -> scope.readable().test(match.name()))
                .sorted(Comparator.comparing(Match::position))
                .toList();
    }

    /**
     * Adds what was not found before.
     *
     * @param isGuessed whether the words are those that others were perhaps meant to be, whose matches go last
     */
    private void collect(
            Handle handle, Search search, SearchWords words, boolean isGuessed, Map<AssetName, Match> matches) {
        int base = isGuessed ? 0 : SearchWords.tiers();
        Scope scope = search.scope();
        AssetQuery query = scope.query();
        List<SearchWords.Question> questions = new ArrayList<>();
        questions.add(new SearchWords.Question(SearchWords.quote(":=" + search.phrase()), ""));
        questions.addAll(words.questions());
        int withoutText = questions.size();
        questions.addAll(words.textQuestions(isGuessed));
        scope.viewer()
                .bind(handle.createQuery(FOUND_SQL))
                .bind("facts", facts(scope))
                .bindArray(
                        "queries",
                        String.class,
                        questions.stream().map(SearchWords.Question::first).toList())
                .bindArray(
                        "others",
                        String.class,
                        questions.stream().map(SearchWords.Question::others).toList())
                .bind("withoutText", withoutText)
                .bind("enough", search.enough())
                .bind("most", search.most())
                .bind("kind", query.kind().id())
                .map((row, _) -> {
                    AssetName name = new AssetName(row.getString("namespace"), row.getString("path"));
                    // The first query is for the whole name, the second for names as well.
                    int tier = Math.max(0, row.getInt("tier") - 2);
                    return new Match(
                            name, rank(name, base, tier, search.phrase()), row.getObject("id", UUID.class), null);
                })
                .forEach(match -> matches.putIfAbsent(match.name(), match));
        Map<String, NavigableSet<String>> terms = builtinTerms.terms(handle, query.kind(), scope.builtins());
        builtins(scope).forEach(asset -> {
            int tier = words.tier(terms.getOrDefault(asset.name().path(), Collections.emptyNavigableSet()));
            if (tier >= 0) {
                int rank = rank(asset.name(), base, tier, search.phrase());
                matches.putIfAbsent(asset.name(), new Match(asset.name(), rank, null, asset));
            }
        });
    }

    private static List<AssetSummary> summaries(Handle handle, Scope scope, List<Match> page) {
        List<UUID> ids = page.stream().map(Match::id).filter(Objects::nonNull).toList();
        Map<UUID, AssetSummary> stored = new HashMap<>();
        if (!ids.isEmpty()) {
            AssetKind kind = scope.query().kind();
            scope.viewer()
                    .bind(handle.createQuery(SUMMARIES_SQL))
                    .bindArray("ids", UUID.class, ids)
                    .map((row, _) -> Map.entry(row.getObject("id", UUID.class), summary(kind, row)))
                    .forEach(each -> stored.put(each.getKey(), each.getValue()));
        }
        List<AssetSummary> summaries = new ArrayList<>();
        for (Match match : page) {
            AssetSummary summary = match.builtin() != null ? summary(match.builtin()) : stored.get(match.id());
            if (summary != null) {
                summaries.add(summary);
            }
        }
        return summaries;
    }

    /** Names that say just what was searched for go first, then those that end with it, then those that begin with it. */
    private static int rank(AssetName name, int base, int tier, String phrase) {
        int rank = (base + SearchWords.tiers() - tier) * TIER_RANKS;
        String words = SearchWords.spaced(name.path());
        if (words.equals(phrase)) {
            return rank + 3;
        }
        if (words.endsWith(" " + phrase)) {
            return rank + 2;
        }
        return words.startsWith(phrase) ? rank + 1 : rank;
    }

    /** Returns what the terms of an asset must say besides the words, as a query. */
    static String facts(Scope scope) {
        AssetQuery query = scope.query();
        Viewer viewer = scope.viewer();
        String whose = scope.organization().toString().substring(ORGANIZATION_TAIL)
                + query.kind().id() + " ";
        List<String> facts = new ArrayList<>();
        if (scope.namespace() != null) {
            facts.add(SearchWords.quote(":s" + whose + scope.namespace()));
        } else if (viewer.everything()) {
            facts.add(SearchWords.quote(":o" + whose));
        }
        if (!viewer.everything()) {
            List<String> seen = new ArrayList<>();
            viewer.audiences().forEach(audience -> seen.add(":a" + whose + audience));
            seen.add(":s" + whose + viewer.own());
            viewer.owners().forEach(owner -> seen.add(":w" + whose + owner));
            facts.add(SearchWords.any(seen));
        }
        if (query.visibility() != null) {
            facts.add(SearchWords.quote(":v" + whose + query.visibility().id()));
        }
        query.tags().forEach(tag -> facts.add(SearchWords.quote(":g" + whose + tag.toLowerCase(Locale.ROOT))));
        return String.join(" & ", facts);
    }

    static Stream<AssetVersion> builtins(Scope scope) {
        return scope.builtins().stream()
                .filter(asset -> asset.tags().containsAll(scope.query().tags()));
    }

    static AssetSummary summary(AssetVersion builtin) {
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

    static AssetSummary summary(AssetKind kind, ResultSet row) throws SQLException {
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
