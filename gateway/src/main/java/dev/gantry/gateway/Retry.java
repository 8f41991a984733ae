package dev.gantry.gateway;

import dev.gantry.gateway.RoutingSettings.RetrySettings;
import dev.gantry.provider.ProviderException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Which failures may be followed by another attempt, and when. */
final class Retry {
    private static final int UNAVAILABLE = 503;

    private Retry() {}

    /** Returns the provider's failure behind an answer that is not complete; null when it is not the provider's. */
    static @Nullable ProviderException cause(Answered answered) {
        return answered.failure() != null && answered.failure().getCause() instanceof ProviderException cause
                ? cause
                : null;
    }

    /** Returns whether another model may be asked: nothing went out, and the request itself is not what is wrong. */
    static boolean mayGoOn(Answered answered, Exchange exchange) {
        ProviderException cause = cause(answered);
        if (cause == null || exchange.committed() || exchange.isGone()) {
            return false;
        }
        return switch (cause.failure()) {
            case REJECTED -> false;
            case UNSUPPORTED, UNKNOWN_MODEL, AUTHENTICATION, DENIED, RATE_LIMITED, UNAVAILABLE, TIMEOUT, BAD_REPLY ->
                true;
        };
    }

    /**
     * Returns whether the same model may be asked again: the provider has seen nothing of the request, or says itself when to
     * come back, or knows the request again by its idempotency key.
     */
    static boolean isSafe(ProviderException failure, boolean idempotent, RetrySettings settings) {
        boolean soon = failure.retryAfter()
                .map(wait -> wait.compareTo(settings.retryAfterMax()) <= 0)
                .orElse(false);
        return switch (failure.failure()) {
            case REJECTED, UNSUPPORTED, UNKNOWN_MODEL, AUTHENTICATION, DENIED -> false;
            case RATE_LIMITED -> soon;
            case UNAVAILABLE ->
                failure.isUnseen()
                        || (failure.retryAfter().isEmpty() ? idempotent : soon && (idempotent || isBusy(failure)));
            case TIMEOUT, BAD_REPLY ->
                failure.isUnseen() || (idempotent && failure.retryAfter().isEmpty());
        };
    }

    private static boolean isBusy(ProviderException failure) {
        return failure.status() == UNAVAILABLE;
    }

    /** Returns a wait before a further round: drawn between nothing and a bound that doubles with each round. */
    static Duration backoff(RetrySettings settings, int round, RandomGenerator random) {
        long bound = settings.backoff().toMillis() << Math.min(round, 20);
        bound = Math.min(Math.max(bound, 1), settings.backoffMax().toMillis());
        return Duration.ofMillis(random.nextLong(bound + 1));
    }
}
