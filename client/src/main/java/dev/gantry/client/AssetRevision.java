package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A version in the history of an asset.
 *
 * @param version from 1 on
 * @param description one sentence; may be empty
 * @param author of this version
 * @param createdAt null for what comes with the platform
 */
public record AssetRevision(
        int version,
        String description,
        String author,
        @Nullable Instant createdAt) {
    static AssetRevision of(JsonNode item) {
        return new AssetRevision(
                item.path("version").asInt(),
                item.path("description").asText(""),
                item.path("author").asText(""),
                GantryClient.time(item.path("created_at")));
    }
}
