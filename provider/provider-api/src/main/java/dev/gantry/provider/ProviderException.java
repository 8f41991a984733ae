package dev.gantry.provider;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A provider refused or failed. The message is fit for the caller: it names the provider and holds no key.
 */
public final class ProviderException extends Exception {
    private final Failure failure;
    private final int status;
    private final @Nullable String upstreamMessage;
    private final @Nullable String upstreamCode;
    private final @Nullable Duration retryAfter;
    private final boolean unseen;

    /** What went wrong, and whether another attempt or another provider may help. */
    public enum Failure {
        /** The request is invalid in the provider's eyes; another attempt fails the same way. */
        REJECTED(false),
        /** The provider cannot do what was asked (tools, pictures, schemas); nothing was sent. */
        UNSUPPORTED(false),
        /** The provider does not know the model. */
        UNKNOWN_MODEL(false),
        /** Every configured key was refused. */
        AUTHENTICATION(false),
        /** The key is known and may not do this: its account, project or place has no right to the model. */
        DENIED(false),
        /** Too many requests or tokens, or the account's quota is spent. */
        RATE_LIMITED(true),
        /** Not reachable, connection lost, or a server error. */
        UNAVAILABLE(true),
        /** No answer in time. */
        TIMEOUT(true),
        /** The answer does not follow the provider's own interface. */
        BAD_REPLY(true);

        private final boolean retriable;

        Failure(boolean retriable) {
            this.retriable = retriable;
        }

        /** Returns whether the same request may succeed later. */
        public boolean retriable() {
            return retriable;
        }
    }

    /**
     * A failure with all that is known of it.
     *
     * @param status HTTP status of the provider; 0 when none came
     * @param upstreamMessage the provider's own words; null when it gave none
     * @param upstreamCode the provider's own error code or type; null when it gave none
     * @param retryAfter the provider's wish; null when it gave none
     */
    public ProviderException(
            Failure failure,
            String message,
            int status,
            @Nullable String upstreamMessage,
            @Nullable String upstreamCode,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        this(failure, message, status, upstreamMessage, upstreamCode, retryAfter, false, cause);
    }

    private ProviderException(
            Failure failure,
            String message,
            int status,
            @Nullable String upstreamMessage,
            @Nullable String upstreamCode,
            @Nullable Duration retryAfter,
            boolean unseen,
            @Nullable Throwable cause) {
        super(message, cause);
        this.unseen = unseen;
        this.failure = failure;
        this.status = status;
        this.upstreamMessage = upstreamMessage;
        this.upstreamCode = upstreamCode;
        this.retryAfter = retryAfter;
    }

    /** A failure without an answer of the provider. */
    public ProviderException(Failure failure, String message, @Nullable Throwable cause) {
        this(failure, message, 0, null, null, null, cause);
    }

    /**
     * A failure of a request that never left: no connection, no key that may be used, nothing that the provider could do.
     *
     * @param retryAfter when it makes sense to try again; null when nobody knows
     */
    public static ProviderException unseen(
            Failure failure, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        return new ProviderException(failure, message, 0, null, null, retryAfter, true, cause);
    }

    /** Returns whether the provider has certainly seen nothing of the request, so that it cost nothing. */
    public boolean isUnseen() {
        return unseen;
    }

    /** Returns the kind of failure. */
    public Failure failure() {
        return failure;
    }

    /** Returns the provider's HTTP status, or 0. */
    public int status() {
        return status;
    }

    /** Returns the provider's own words. */
    public Optional<String> upstreamMessage() {
        return Optional.ofNullable(upstreamMessage);
    }

    /** Returns the provider's own error code or type. */
    public Optional<String> upstreamCode() {
        return Optional.ofNullable(upstreamCode);
    }

    /** Returns when the provider wishes to be asked again. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
