package dev.gantry.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is looked for in the registry.
 *
 * @param text words to search for; empty for everything, by name
 * @param visibility only what is {@code private}, or shown to a {@code team} or the {@code organization}; empty for all
 * @param tags that must all be there
 * @param namespace only there; empty for all
 * @param limit items of a page, up to 200
 * @param cursor the previous page's; empty for the first
 */
public record AssetQuery(
        String text, String visibility, List<String> tags, String namespace, int limit, String cursor) {
    /** Copies the tags. */
    public AssetQuery {
        tags = List.copyOf(tags);
    }

    /** Returns the search for words. */
    public static AssetQuery of(String text) {
        return new AssetQuery(text, "", List.of(), "", 50, "");
    }

    /** Returns the search among what an audience sees. */
    public AssetQuery withVisibility(String other) {
        return new AssetQuery(text, other, tags, namespace, limit, cursor);
    }

    /** Returns the search among what has all of these tags. */
    public AssetQuery withTags(List<String> other) {
        return new AssetQuery(text, visibility, other, namespace, limit, cursor);
    }

    /** Returns the search in one namespace. */
    public AssetQuery withNamespace(String other) {
        return new AssetQuery(text, visibility, tags, other, limit, cursor);
    }

    /** Returns the search with another size of its pages. */
    public AssetQuery withLimit(int other) {
        return new AssetQuery(text, visibility, tags, namespace, other, cursor);
    }

    /** Returns the search's page after another. */
    public AssetQuery after(String otherCursor) {
        return new AssetQuery(text, visibility, tags, namespace, limit, otherCursor);
    }

    Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("q", text);
        parameters.put("visibility", visibility);
        parameters.put("tag", String.join(",", tags));
        parameters.put("namespace", namespace);
        parameters.put("limit", Integer.toString(limit));
        parameters.put("cursor", cursor);
        return parameters;
    }
}
