package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reviews of versions, as the key's owner sees them. Thread-safe. */
public final class ReviewsClient {
    private static final String PATH = "/api/v1/reviews";
    private static final int PAGE_SIZE = 200;

    private final GantryClient client;

    ReviewsClient(GantryClient client) {
        this.client = client;
    }

    /** Hands the newest version of a pattern in for review. */
    public Review submit(String name, String message) {
        return submit(AssetType.PATTERN, name, message);
    }

    /**
     * Hands the newest version of an asset in for review.
     *
     * @param message what reviewers should know; may be empty
     * @throws ClientException with the code {@code conflict} if it is under review or approved already
     */
    public Review submit(AssetType type, String name, String message) {
        ObjectNode body =
                Json.object().put("kind", type.collection()).put("name", name).put("message", message);
        return Review.of(client.send(Transport.Call.once(PATH, body)).body());
    }

    /** Returns all open reviews that the key's owner sees, newest first: of what they see, and what is theirs to review. */
    public List<Review> open() {
        List<Review> reviews = new ArrayList<>();
        String cursor = "";
        do {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("state", "open");
            query.put("limit", Integer.toString(PAGE_SIZE));
            query.put("cursor", cursor);
            JsonNode page = client.send(Transport.Call.get(PATH, query)).body();
            page.path("items").forEach(item -> reviews.add(Review.of(item)));
            cursor = page.path("next_cursor").asText("");
        } while (!cursor.isEmpty());
        return reviews;
    }

    /**
     * Returns a review.
     *
     * @throws ClientException with the code {@code not_found} if there is none that one sees
     */
    public Review show(String review) {
        return Review.of(client.send(Transport.Call.get(path(review), Map.of())).body());
    }

    /**
     * Approves the version.
     *
     * @param comment may be empty
     * @throws ClientException with the code {@code permission_denied} for those who may not, or wrote it
     */
    public Review approve(String review, String comment) {
        return say(review, "approve", comment);
    }

    /** Says what has to change before the version is published. */
    public Review requestChanges(String review, String comment) {
        return say(review, "request_changes", comment);
    }

    private Review say(String review, String verdict, String comment) {
        return Review.of(client.send(Transport.Call.once(
                        path(review) + "/entries",
                        Json.object().put("verdict", verdict).put("body", comment)))
                .body());
    }

    /**
     * Lets the version count as approved.
     *
     * @throws ClientException with the code {@code conflict} and all that is missing
     */
    public Review publish(String review) {
        return Review.of(client.send(Transport.Call.once(path(review) + "/publish", null))
                .body());
    }

    private static String path(String review) {
        return PATH + "/" + Transport.encode(review);
    }
}
