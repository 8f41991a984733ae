package dev.gantry.server;

import dev.gantry.gateway.Origin;
import dev.gantry.gateway.Wishes;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Proof;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import io.vertx.core.MultiMap;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body has arrived, on its way into its own virtual thread.
 *
 * @param method such as {@code POST}
 * @param path as the client wrote it, without the query
 * @param query as the client wrote it; null for none
 * @param body the bytes; empty when {@code bodyFailure} is set
 * @param apiKeyHeader the header that carries an API key
 * @param bodyFailure why there is no usable body; null when there is
 * @param proof what the connection proves; null when it proves nothing
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and copied by nobody: it is the request itself.
record Inbound(
        String method,
        String path,
        @Nullable String query,
        MultiMap headers,
        byte[] body,
        @Nullable GantryException bodyFailure,
        String address,
        String requestId,
        Trace trace,
        boolean tracing,
        String apiKeyHeader,
        long startedNanos,
        HttpExchange exchange,
        @Nullable Proof proof) {
    /** By which a page says that it asks by itself while nobody is at it. */
    private static final String UNATTENDED_HEADER = "X-Gantry-Unattended";

    private static final String BEARER = "Bearer ";

    /** Returns the body. */
    byte[] requireBody() {
        if (bodyFailure != null) {
            throw bodyFailure;
        }
        return body;
    }

    /** Returns the body, which must be declared as JSON. */
    byte[] requireJsonBody() {
        byte[] bytes = requireBody();
        String encoding = headers.get("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new GantryException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Compressed bodies are not accepted; send the JSON itself");
        }
        String type = headers.get("Content-Type");
        if (type != null && !type.regionMatches(true, 0, "application/json", 0, "application/json".length())) {
            throw new GantryException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "The body must be JSON; send it with the header Content-Type: application/json");
        }
        for (int index = 0; index < Math.min(4, bytes.length); index++) {
            if (bytes[index] == 0) {
                throw new GantryException(ErrorCode.INVALID_REQUEST, "The body is not UTF-8");
            }
        }
        return bytes;
    }

    /** Returns the API key from its header or from {@code Authorization: Bearer}, and what the connection proves. */
    Credentials credentials() {
        String key = headers.get(apiKeyHeader);
        if (key == null) {
            String authorization = headers.get("Authorization");
            if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                key = authorization.substring(BEARER.length()).strip();
            }
        }
        return new Credentials(key, address, proof, "true".equals(headers.get(UNATTENDED_HEADER)));
    }

    /** Returns what the gateway needs to know of the request's way here. */
    Origin origin(String endpoint, Clock clock) {
        return new Origin(
                endpoint,
                address,
                requestId,
                trace.traceId(),
                trace.parentSpanId(),
                tracing ? trace.traceparent() : null,
                headers.get("Idempotency-Key"),
                new Wishes(
                        headers.get("X-Gantry-Region"),
                        headers.get("X-Gantry-Task"),
                        headers.get("X-Gantry-Tags"),
                        headers.get("X-Request-Timeout"),
                        headers.get("Cache-Control"),
                        headers.get("X-Gantry-Cache")),
                clock.instant(),
                startedNanos,
                proof == null ? null : proof.id());
    }
}
