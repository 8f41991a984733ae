package dev.gantry.provider;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds on what a provider may take of us.
 *
 * @param connectTimeout longest time to open a connection
 * @param timeout longest time of a whole call; null for the caller's own
 * @param idleTimeout longest silence; null for the caller's own
 * @param connectionsMax most open connections, spread evenly over the event loops
 * @param replyBytesMax longest reply that is not a stream
 */
public record UpstreamLimits(
        Duration connectTimeout,
        @Nullable Duration timeout,
        @Nullable Duration idleTimeout,
        int connectionsMax,
        long replyBytesMax) {
    /** What is right for most providers. */
    public static final UpstreamLimits DEFAULT =
            new UpstreamLimits(Duration.ofSeconds(10), null, null, 4_096, 64L * 1024 * 1024);

    /** Refuses what would make every call fail. */
    public UpstreamLimits {
        if (connectTimeout.isNegative() || connectTimeout.isZero() || connectionsMax < 1 || replyBytesMax < 1) {
            throw new IllegalArgumentException("Bounds on a provider must be positive");
        }
    }

    /** Returns the shorter of the caller's and the provider's bound on a whole call. */
    Duration timeout(CallContext context) {
        return shorter(context.timeout(), timeout);
    }

    /** Returns the shorter of the caller's and the provider's bound on silence. */
    Duration idleTimeout(CallContext context) {
        return shorter(context.idleTimeout(), idleTimeout);
    }

    private static Duration shorter(Duration first, @Nullable Duration second) {
        return second == null || first.compareTo(second) <= 0 ? first : second;
    }
}
