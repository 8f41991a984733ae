package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.ErrorStatus;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** Problem documents of {@code /api}: RFC 9457, with {@code code}, {@code request_id} and {@code errors} added. */
final class Problems {
    static final String MEDIA_TYPE = "application/problem+json";

    /** The reason phrases of RFC 9110 for the status codes in use. */
    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(402, "Payment Required"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(408, "Request Timeout"),
            Map.entry(409, "Conflict"),
            Map.entry(412, "Precondition Failed"),
            Map.entry(413, "Content Too Large"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(422, "Unprocessable Content"),
            Map.entry(424, "Failed Dependency"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(499, "Client Closed Request"),
            Map.entry(502, "Bad Gateway"),
            Map.entry(503, "Service Unavailable"),
            Map.entry(504, "Gateway Timeout"));

    private Problems() {}

    static Buffer document(GantryException error, String requestId) {
        int status = ErrorStatus.of(error.code());
        ObjectNode body = Json.object()
                .put("type", "urn:gantry:error:" + error.code().id())
                .put("title", TITLES.getOrDefault(status, "Internal Server Error"))
                .put("status", status)
                .put("code", error.code().id())
                .put("detail", error.getMessage())
                .put("instance", "urn:gantry:request:" + requestId)
                .put("request_id", requestId);
        if (!error.errors().isEmpty()) {
            ArrayNode errors = body.putArray("errors");
            for (FieldError field : error.errors()) {
                errors.addObject().put("pointer", field.pointer()).put("message", field.message());
            }
        }
        return Buffer.buffer(Json.write(body));
    }
}
