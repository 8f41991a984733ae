package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operation answers.
 *
 * @param body null for a reply without a body, or with one that is written as it comes
 * @param stream writes the body as it comes; null when there is none or it is whole
 */
record ApiReply(
        int status,
        @Nullable JsonNode body,
        Map<String, String> headers,
        @Nullable Stream stream) {
    ApiReply {
        headers = Map.copyOf(headers);
    }

    ApiReply(int status, @Nullable JsonNode body, Map<String, String> headers) {
        this(status, body, headers, null);
    }

    /** Writes a body of any length. */
    @FunctionalInterface
    interface Stream {
        /** Writes it; a failure breaks the connection off, so that nobody takes the part for the whole. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Returns a reply of JSON objects, one a line. */
    static ApiReply lines(Stream stream) {
        return new ApiReply(200, null, Map.of("Content-Type", "application/x-ndjson"), stream);
    }

    static ApiReply ok(JsonNode body) {
        return new ApiReply(200, body, Map.of());
    }

    static ApiReply created(JsonNode body, String location) {
        return new ApiReply(201, body, Map.of("Location", location));
    }

    static ApiReply noContent() {
        return new ApiReply(204, null, Map.of());
    }

    /** Returns a page of a list: {@code items} and, when there is more, {@code next_cursor}. */
    static ApiReply page(List<? extends JsonNode> items, @Nullable String nextCursor) {
        ObjectNode body = Json.object();
        body.putArray("items").addAll(items);
        body.put("next_cursor", nextCursor);
        return ok(body);
    }

    ApiReply withHeader(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new ApiReply(status, body, more, stream);
    }

    /** Returns the same reply with an entity tag. */
    ApiReply withEtag(String tag) {
        return withHeader("ETag", "\"" + tag + "\"");
    }
}
