package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A version of an asset.
 *
 * @param name qualified, such as {@code team-a/review}
 * @param version from 1 on
 * @param content the whole text
 * @param description one sentence; may be empty
 * @param tags those of the text and those that were added
 * @param author of this version
 * @param visibility {@code private}, {@code team} or {@code organization}
 * @param owners users and teams that answer for it
 * @param labels versions by their labels, such as {@code production}
 * @param approvedVersion the newest approved version; null if there is none
 * @param upstream what it was forked from, as {@code name@version}; null if it was not
 * @param etag names this text: give it to {@link RegistryClient#put} to overwrite nobody's change
 */
public record Asset(
        String name,
        int version,
        String content,
        String description,
        List<String> tags,
        String author,
        String visibility,
        List<String> owners,
        Map<String, Integer> labels,
        @Nullable Integer approvedVersion,
        @Nullable String upstream,
        String etag) {
    /** Copies the collections. */
    public Asset {
        tags = List.copyOf(tags);
        owners = List.copyOf(owners);
        labels = Map.copyOf(labels);
    }

    static Asset of(Transport.Reply reply) {
        JsonNode body = reply.body();
        Map<String, Integer> labels = new LinkedHashMap<>();
        body.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asInt()));
        return new Asset(
                body.path("name").asText(""),
                body.path("version").asInt(),
                body.path("content").asText(""),
                body.path("description").asText(""),
                texts(body.path("tags")),
                body.path("author").asText(""),
                body.path("visibility").asText(""),
                texts(body.path("owners")),
                labels,
                body.path("approved_version").isInt()
                        ? Integer.valueOf(body.path("approved_version").intValue())
                        : null,
                GantryClient.text(body.path("upstream")),
                reply.etag().isEmpty() ? '"' + body.path("hash").asText("") + '"' : reply.etag());
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
