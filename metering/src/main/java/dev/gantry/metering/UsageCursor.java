package dev.gantry.metering;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Where a page of a summary ended, and which period the summary is of, so that all its pages are of the same.
 *
 * @param key of the page's last line, with empty texts for what a line has none of; empty before the first page
 */
public record UsageCursor(Instant from, Instant to, List<String> key) {
    /** Copies the list. */
    public UsageCursor {
        key = List.copyOf(key);
    }

    /** Returns the cursor with which a summary of a period begins. */
    public static UsageCursor first(Instant from, Instant to) {
        return new UsageCursor(from, to, List.of());
    }

    /** Returns the cursor behind a page of a summary of the same period. */
    public UsageCursor behind(UsageSummary.Line last) {
        return new UsageCursor(
                from,
                to,
                last.key().stream().map(part -> part == null ? "" : part).toList());
    }

    /** Returns a filter with this cursor's period in place of its own. */
    UsageFilter over(UsageFilter filter) {
        return new UsageFilter(
                from, to, filter.team(), filter.project(), filter.principal(), filter.model(), filter.pattern());
    }

    /** Returns the cursor as callers carry it. */
    public String encode() {
        ObjectNode node = Json.object().put("from", from.toString()).put("to", to.toString());
        key.forEach(node.putArray("key")::add);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.write(node));
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it is something else
     */
    public static UsageCursor decode(String text) {
        try {
            JsonNode node = Json.readObject(Base64.getUrlDecoder().decode(text));
            List<String> key = new ArrayList<>();
            node.path("key").forEach(part -> key.add(part.asText()));
            return new UsageCursor(
                    Instant.parse(node.path("from").asText()),
                    Instant.parse(node.path("to").asText()),
                    key);
        } catch (RuntimeException wrong) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "'cursor' is not one of this endpoint; begin again without it", wrong);
        }
    }
}
