package dev.gantry.server;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * Which pages of other servers may read replies: those of the configuration, compared letter by letter, and none without.
 * Thread-safe.
 */
final class Cors {
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private static final String EXPOSED = "X-Request-Id, ETag, Location, Retry-After, X-RateLimit-Limit,"
            + " X-RateLimit-Remaining, X-RateLimit-Reset";
    private static final String REQUEST_HEADERS =
            "Authorization, Content-Type, If-Match, Idempotency-Key, X-CSRF-Token,"
                    + " X-Request-Id, Cache-Control, anthropic-version, anthropic-beta";
    private static final String SECONDS = "600";

    private final Origins origins;
    private final String requestHeaders;

    Cors(Origins origins, String apiKeyHeader) {
        this.origins = origins;
        this.requestHeaders = REQUEST_HEADERS + ", " + apiKeyHeader;
    }

    /**
     * Adds to a reply what a browser wants to know.
     *
     * @return whether the request only asks what is allowed, and its reply is complete
     */
    boolean answers(HttpServerRequest request, HttpServerResponse response) {
        if (origins.allowed().isEmpty()) {
            return false;
        }
        // Replies differ by it even for those who do not send it.
        response.putHeader("Vary", "Origin");
        String origin = request.getHeader("Origin");
        if (origin == null || !origins.isAllowed(origin)) {
            return false;
        }
        response.putHeader("Access-Control-Allow-Origin", origin);
        response.putHeader("Access-Control-Allow-Credentials", "true");
        boolean asks =
                request.method().name().equals("OPTIONS") && request.getHeader("Access-Control-Request-Method") != null;
        if (asks) {
            response.putHeader("Access-Control-Allow-Methods", METHODS);
            response.putHeader("Access-Control-Allow-Headers", requestHeaders);
            response.putHeader("Access-Control-Max-Age", SECONDS);
        } else {
            response.putHeader("Access-Control-Expose-Headers", EXPOSED);
        }
        return asks;
    }
}
