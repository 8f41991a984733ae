package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version that was handed in to be approved.
 *
 * @param id names it
 * @param kind {@code patterns}, {@code workflows}, {@code contexts} or {@code strategies}
 * @param name of the asset, qualified
 * @param version that it is about
 * @param state {@code open}, {@code published}, {@code overridden}, {@code withdrawn} or {@code superseded}
 * @param message what its submitter says about it; may be empty
 * @param submittedBy who handed it in
 * @param submittedAt when
 * @param approvedBy whose approval counts now; empty in lists
 * @param missing what stands against publishing, in words; empty in lists
 */
public record Review(
        String id,
        String kind,
        String name,
        int version,
        String state,
        String message,
        String submittedBy,
        @Nullable Instant submittedAt,
        List<String> approvedBy,
        List<String> missing) {
    /** Copies the lists. */
    public Review {
        approvedBy = List.copyOf(approvedBy);
        missing = List.copyOf(missing);
    }

    /** Returns whether people may still say something. */
    public boolean isOpen() {
        return state.equals("open");
    }

    static Review of(JsonNode body) {
        return new Review(
                body.path("id").asText(""),
                body.path("kind").asText(""),
                body.path("name").asText(""),
                body.path("version").asInt(),
                body.path("state").asText(""),
                body.path("message").asText(""),
                body.path("submitted_by").asText(""),
                GantryClient.time(body.path("submitted_at")),
                Asset.texts(body.path("approved_by")),
                Asset.texts(body.path("missing")));
    }
}
