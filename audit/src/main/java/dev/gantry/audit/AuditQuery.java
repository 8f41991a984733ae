package dev.gantry.audit;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Text;
import dev.gantry.kernel.TimeCursor;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which events are wanted. Every component but the limit may be null, which means: all. Events come newest first.
 *
 * @param from earliest time, included
 * @param to latest time, excluded
 * @param eventType an event type, or the beginning of several followed by {@code *}, such as {@code auth.*}
 * @param actor e-mail address of a user or name of a service account; the subject of somebody who was erased
 * @param resource a resource, or the beginning of several followed by {@code *}
 * @param team the team in whose name it was done
 * @param result how it ended
 * @param requestId the request in which it happened
 * @param after the cursor of the previous page
 * @param limit longest page, 1 to {@link #LIMIT_MAX}
 */
public record AuditQuery(
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String eventType,
        @Nullable String actor,
        @Nullable String resource,
        @Nullable String team,
        @Nullable AuditResult result,
        @Nullable String requestId,
        @Nullable TimeCursor after,
        int limit) {
    /** Longest page. */
    public static final int LIMIT_MAX = 1_000;

    /** Length of a page when nobody asks for another. */
    public static final int LIMIT_DEFAULT = 100;

    /**
     * Refuses what could find nothing.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST}, with the name of the component as pointer
     */
    public AuditQuery {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw invalid("limit", "must be from 1 to " + LIMIT_MAX + ", not " + limit);
        }
        if (from != null && to != null && !from.isBefore(to)) {
            throw invalid("from", "must be before 'to'");
        }
        requirePlain("event_type", eventType, true);
        requirePlain("actor", actor, false);
        requirePlain("resource", resource, true);
        requirePlain("team", team, false);
        requirePlain("request_id", requestId, false);
    }

    /** Everything, newest first, in pages of the default length. */
    public static AuditQuery all() {
        return new AuditQuery(null, null, null, null, null, null, null, null, null, LIMIT_DEFAULT);
    }

    /** Returns the same query for the page that follows a cursor. */
    public AuditQuery after(@Nullable TimeCursor cursor) {
        return new AuditQuery(from, to, eventType, actor, resource, team, result, requestId, cursor, limit);
    }

    /** Returns the same query with pages of another length. */
    public AuditQuery limit(int length) {
        return new AuditQuery(from, to, eventType, actor, resource, team, result, requestId, after, length);
    }

    private static void requirePlain(String name, @Nullable String value, boolean starAllowed) {
        if (value == null) {
            return;
        }
        if (value.isEmpty() || !value.equals(Text.storable(value, AuditEvent.TEXT_LENGTH_MAX))) {
            throw invalid(name, "must be 1 to " + AuditEvent.TEXT_LENGTH_MAX + " characters of text");
        }
        int star = value.indexOf('*');
        if (starAllowed && star >= 0 && star < value.length() - 1) {
            throw invalid(name, "may hold '*' at its end only");
        }
    }

    private static GantryException invalid(String name, String problem) {
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "'" + name + "' " + problem,
                List.of(new FieldError("/" + name, problem)),
                null,
                null);
    }
}
