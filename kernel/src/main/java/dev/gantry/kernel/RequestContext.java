package dev.gantry.kernel;

/**
 * What identifies the request that is being served, in logs, in problem documents and towards providers. Carried by
 * {@link #CURRENT}; the caller and the tenant are not part of it, they travel as parameters.
 *
 * @param requestId the {@code X-Request-Id}: the client's own when it sent a usable one, otherwise ours
 * @param traceId W3C trace id, 32 hexadecimal digits
 * @param spanId W3C id of our own span, 16 hexadecimal digits
 */
public record RequestContext(String requestId, String traceId, String spanId) {
    /** The request that the current virtual thread serves. */
    public static final ScopedValue<RequestContext> CURRENT = ScopedValue.newInstance();
}
