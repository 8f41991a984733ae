package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.kernel.Text;
import dev.gantry.signin.Session;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request of the API that has passed validation.
 *
 * @param path the values of the path's parameters, decoded
 * @param query the values of the query's parameters, decoded
 * @param body the body; an empty object when the operation takes none
 * @param notes what the operation adds to its audit event
 * @param session the session that the request came with; null if it came with something else
 */
record ApiRequest(
        Map<String, String> path,
        Map<String, String> query,
        MultiMap headers,
        ObjectNode body,
        AuditNotes notes,
        @Nullable Session session) {
    ApiRequest(Map<String, String> path, Map<String, String> query, MultiMap headers, ObjectNode body) {
        this(path, query, headers, body, new AuditNotes(), null);
    }

    /** Returns the same, come with a session. */
    ApiRequest with(@Nullable Session known) {
        return new ApiRequest(path, query, headers, body, notes, known);
    }

    /** Adds a fact to the operation's audit event. */
    void note(String name, AuditDetail detail) {
        notes.add(name, detail);
    }

    /** Adds a list to the operation's audit event, whole; it has a count of its own. */
    void note(String name, List<String> values) {
        notes.add(name + "_count", AuditDetail.of(values.size()));
        notes.add(name, values);
    }

    /** Says in the operation's audit event what was made, or whom it is about; see {@link AuditNotes#object}. */
    void noteObject(String... segments) {
        notes.object(List.of(segments));
    }

    /** Returns a path parameter. */
    String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalStateException("The route has no parameter " + name);
        }
        return value;
    }

    /** Returns a path parameter that is an id. */
    UUID id(String name) {
        return Ids.parse(name, path(name));
    }

    /** Returns a query parameter, or null. */
    @Nullable
    String query(String name) {
        return query.get(name);
    }

    /** Returns a query parameter that is a whole number; its bounds are checked by the document. */
    int query(String name, int absent) {
        String value = query.get(name);
        return value == null ? absent : Integer.parseInt(value);
    }

    /** Returns a query parameter that is a point in time, or null. */
    @Nullable
    Instant time(String name) {
        String value = query.get(name);
        if (value == null) {
            return null;
        }
        try {
            return Instant.parse(value);
        } catch (DateTimeParseException malformed) {
            String problem = "must be a time such as 2026-01-31T12:00:00Z, not '" + Text.shorten(value, 60) + "'";
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + name + "' " + problem,
                    List.of(new FieldError("/query/" + name, problem)),
                    null,
                    null);
        }
    }

    /** Returns the body's fields. */
    JsonFields fields() {
        return JsonFields.of(body);
    }

    /** Returns the entity tag of {@code If-Match} without quotes, or null. */
    @Nullable
    String ifMatch() {
        String tag = headers.get("If-Match");
        if (tag == null) {
            return null;
        }
        String bare = tag.startsWith("W/") ? tag.substring(2) : tag;
        return bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"")
                ? bare.substring(1, bare.length() - 1)
                : bare;
    }

    /** Returns an empty body, for operations that take none. */
    static ObjectNode noBody() {
        return Json.object();
    }
}
