package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What is between two versions of an asset.
 *
 * @param name qualified
 * @param from the version that is compared with
 * @param to the version that is compared
 * @param unified as {@code diff -u} writes it, without the two lines of names; empty when the texts are the same
 * @param added lines that only the second text has
 * @param removed lines that only the first text has
 */
public record AssetDiff(String name, int from, int to, String unified, int added, int removed) {
    static AssetDiff of(JsonNode body) {
        return new AssetDiff(
                body.path("name").asText(""),
                body.path("from").asInt(),
                body.path("to").asInt(),
                body.path("unified").asText(""),
                body.path("added").asInt(),
                body.path("removed").asInt());
    }
}
