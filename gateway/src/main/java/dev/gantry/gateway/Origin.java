package dev.gantry.gateway;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a request came from.
 *
 * @param endpoint the route, such as {@code /v1/chat/completions}; a bounded label
 * @param address the client's address
 * @param requestId the id under which the client and the log know the request
 * @param traceId W3C trace id, 32 hexadecimal digits
 * @param parentSpanId the client's own span; null when it sent none
 * @param traceparent header for the provider; null when tracing is off
 * @param idempotencyKey the client's key; null when it sent none
 * @param wishes what the caller wishes of the way that the request takes
 * @param startedAt when the request's last byte had arrived
 * @param startedNanos the same on {@link System#nanoTime()}'s scale
 * @param certificate what the client certificate of the connection is known by; null when there was none
 */
public record Origin(
        String endpoint,
        String address,
        String requestId,
        String traceId,
        @Nullable String parentSpanId,
        @Nullable String traceparent,
        @Nullable String idempotencyKey,
        Wishes wishes,
        Instant startedAt,
        long startedNanos,
        @Nullable String certificate) {
    /** What came without a client certificate. */
    public Origin(
            String endpoint,
            String address,
            String requestId,
            String traceId,
            @Nullable String parentSpanId,
            @Nullable String traceparent,
            @Nullable String idempotencyKey,
            Wishes wishes,
            Instant startedAt,
            long startedNanos) {
        this(
                endpoint,
                address,
                requestId,
                traceId,
                parentSpanId,
                traceparent,
                idempotencyKey,
                wishes,
                startedAt,
                startedNanos,
                null);
    }

    /** Returns the same with another idempotency key, for one of several things that were asked for at once. */
    public Origin withIdempotencyKey(String key) {
        return new Origin(
                endpoint,
                address,
                requestId,
                traceId,
                parentSpanId,
                traceparent,
                key,
                wishes,
                startedAt,
                startedNanos,
                certificate);
    }
}
