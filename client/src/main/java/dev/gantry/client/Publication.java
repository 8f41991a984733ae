package dev.gantry.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text for the registry, and who is to see it.
 *
 * @param name qualified, or plain for one's own namespace
 * @param content the whole text; null to leave what is there
 * @param visibility {@code private}, {@code team} or {@code organization}; null to leave it
 * @param team whose members see it, for what lies in a personal namespace; null for the one that is meant anyway
 * @param tags besides those of the text; null to leave them
 * @param owners users and teams that answer for it; null to leave them
 * @param reviewMessage what to tell reviewers, to whom the version is handed in then; null for no review
 */
public record Publication(
        String name,
        @Nullable String content,
        @Nullable String visibility,
        @Nullable String team,
        @Nullable List<String> tags,
        @Nullable List<String> owners,
        @Nullable String reviewMessage) {
    /** Copies the lists. */
    public Publication {
        tags = tags == null ? null : List.copyOf(tags);
        owners = owners == null ? null : List.copyOf(owners);
    }

    /** Returns the publication of a text, seen by whoever sees its namespace. */
    public static Publication of(String name, String content) {
        return new Publication(name, content, null, null, null, null, null);
    }

    /** Returns the publication of what is there already. */
    public static Publication of(String name) {
        return new Publication(name, null, null, null, null, null, null);
    }

    /** Returns the publication to an audience. */
    public Publication withVisibility(String other) {
        return new Publication(name, content, other, team, tags, owners, reviewMessage);
    }

    /** Returns the publication to the members of a team. */
    public Publication withTeam(String other) {
        return new Publication(name, content, "team", other, tags, owners, reviewMessage);
    }

    /** Returns the publication with tags. */
    public Publication withTags(List<String> other) {
        return new Publication(name, content, visibility, team, other, owners, reviewMessage);
    }

    /** Returns the publication with owners. */
    public Publication withOwners(List<String> other) {
        return new Publication(name, content, visibility, team, tags, other, reviewMessage);
    }

    /** Returns the publication with a review. Who reviews is said by the policy of the namespace. */
    public Publication withReview(String message) {
        return new Publication(name, content, visibility, team, tags, owners, message);
    }

    boolean hasFacts() {
        return visibility != null || team != null || tags != null || owners != null;
    }

    ObjectNode facts() {
        ObjectNode body = Json.object();
        if (visibility != null) {
            body.put("visibility", visibility);
        }
        if (team != null) {
            body.put("team", team);
        }
        if (tags != null) {
            tags.forEach(body.putArray("tags")::add);
        }
        if (owners != null) {
            owners.forEach(body.putArray("owners")::add);
        }
        return body;
    }
}
