package dev.gantry.gateway;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ProviderException;
import java.util.List;

/** Turns a provider's failure into the error that the caller sees. */
final class ProviderFailures {
    private ProviderFailures() {}

    static GantryException of(ProviderException failure) {
        return new GantryException(
                code(failure.failure()),
                failure.getMessage() == null ? "The provider failed" : failure.getMessage(),
                List.of(),
                failure.retryAfter().orElse(null),
                failure);
    }

    private static ErrorCode code(ProviderException.Failure failure) {
        return switch (failure) {
            case REJECTED -> ErrorCode.PROVIDER_REJECTED;
            case UNSUPPORTED -> ErrorCode.UNSUPPORTED_BY_MODEL;
            case UNKNOWN_MODEL -> ErrorCode.UNKNOWN_MODEL;
            case AUTHENTICATION, DENIED -> ErrorCode.PROVIDER_AUTHENTICATION;
            case RATE_LIMITED -> ErrorCode.PROVIDER_RATE_LIMITED;
            case UNAVAILABLE -> ErrorCode.PROVIDER_UNAVAILABLE;
            case TIMEOUT -> ErrorCode.PROVIDER_TIMEOUT;
            case BAD_REPLY -> ErrorCode.PROVIDER_BAD_REPLY;
        };
    }
}
