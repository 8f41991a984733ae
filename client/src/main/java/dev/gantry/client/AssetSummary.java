package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * An asset as lists show it.
 *
 * @param name qualified
 * @param version the newest
 * @param description one sentence; may be empty
 * @param tags those of the text and those that were added
 * @param author of the newest version
 * @param visibility {@code private}, {@code team} or {@code organization}
 * @param deprecated whether something else should be used
 */
public record AssetSummary(
        String name,
        int version,
        String description,
        List<String> tags,
        String author,
        String visibility,
        boolean deprecated) {
    /** Copies the tags. */
    public AssetSummary {
        tags = List.copyOf(tags);
    }

    static AssetSummary of(JsonNode item) {
        return new AssetSummary(
                item.path("name").asText(""),
                item.path("version").asInt(),
                item.path("description").asText(""),
                Asset.texts(item.path("tags")),
                item.path("author").asText(""),
                item.path("visibility").asText(""),
                item.path("deprecated").asBoolean(false));
    }
}
