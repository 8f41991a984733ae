package dev.gantry.provider;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds one call to a provider.
 *
 * @param timeout from now until the last byte of the answer; never infinite
 * @param idleTimeout longest silence of the provider before and within the answer
 * @param idempotencyKey the same for every attempt at the same piece of work; null when nobody named one
 * @param model the model as the provider calls it; empty when the call is about none
 * @param requestId our request id, sent along where the provider has a place for it
 * @param traceparent W3C trace context header to send along; null when tracing is off
 */
public record CallContext(
        Duration timeout,
        Duration idleTimeout,
        @Nullable String idempotencyKey,
        String model,
        String requestId,
        @Nullable String traceparent) {
    /** What surrounds a call that is about no model in particular. */
    public CallContext(
            Duration timeout,
            Duration idleTimeout,
            @Nullable String idempotencyKey,
            String requestId,
            @Nullable String traceparent) {
        this(timeout, idleTimeout, idempotencyKey, "", requestId, traceparent);
    }
}
