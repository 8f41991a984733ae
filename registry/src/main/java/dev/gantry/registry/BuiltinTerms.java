package dev.gantry.registry;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** What built-in assets are found by: made once by the database, whose stemming it is, and looked up in memory. Thread-safe. */
final class BuiltinTerms {
    private final Map<AssetKind, BuiltinTerms.Known> known = new ConcurrentHashMap<>();

    /**
     * What is known of a kind.
     *
     * @param terms those that the tables of searches would have, by the path of the asset
     * @param nameWords the words of all names
     */
    private record Known(Map<String, NavigableSet<String>> terms, Set<String> nameWords) {}

    /** Returns the terms by the paths of the assets. */
    Map<String, NavigableSet<String>> terms(Handle handle, AssetKind kind, Collection<AssetVersion> builtins) {
        return builtins.isEmpty() ? Map.of() : known(handle, kind, builtins).terms();
    }

    /** Returns the words of the names of all assets of a kind. */
    Set<String> nameWords(Handle handle, AssetKind kind, Collection<AssetVersion> builtins) {
        return builtins.isEmpty() ? Set.of() : known(handle, kind, builtins).nameWords();
    }

    private Known known(Handle handle, AssetKind kind, Collection<AssetVersion> builtins) {
        Known there = known.get(kind);
        if (there != null) {
            return there;
        }
        List<AssetVersion> assets = List.copyOf(builtins);
        Map<String, NavigableSet<String>> terms = handle.createQuery("""
                        SELECT path, tsvector_to_array(asset_text_terms(asset_terms(
                            '00000000-0000-0000-0000-000000000000'::uuid, '', '', '', '{}', path,
                            string_to_array(tags, chr(31)), description), content)) AS terms
                        FROM unnest(:paths::text[], :tags::text[], :descriptions::text[], :contents::text[])
                            AS given (path, tags, description, content)
                        """)
                .bindArray(
                        "paths",
                        String.class,
                        assets.stream().map(asset -> asset.name().path()).toList())
                .bindArray(
                        "tags",
                        String.class,
                        assets.stream()
                                .map(asset -> String.join("\u001f", asset.tags()))
                                .toList())
                .bindArray(
                        "descriptions",
                        String.class,
                        assets.stream().map(AssetVersion::description).toList())
                .bindArray(
                        "contents",
                        String.class,
                        assets.stream().map(AssetVersion::content).toList())
                .map((row, _) -> Map.entry(row.getString("path"), sorted(AssetStore.texts(row, "terms"))))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        Set<String> nameWords = new LinkedHashSet<>();
        assets.forEach(asset -> nameWords.addAll(SearchWords.split(asset.name().path())));
        Known made = new Known(terms, Collections.unmodifiableSet(nameWords));
        known.put(kind, made);
        return made;
    }

    private static NavigableSet<String> sorted(List<String> terms) {
        return Collections.unmodifiableNavigableSet(new TreeSet<>(terms));
    }
}
