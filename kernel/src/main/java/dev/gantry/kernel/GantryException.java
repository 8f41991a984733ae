package dev.gantry.kernel;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The one exception that crosses module boundaries. The message is for the caller: what was wrong, where, and what to
 * do; it holds no secret, no prompt text and no stack trace.
 */
public final class GantryException extends RuntimeException {
    private final ErrorCode code;
    private final transient List<FieldError> errors;
    private final transient @Nullable Duration retryAfter;
    private final transient Map<String, String> headers;
    private final transient @Nullable Claimed claimed;

    /**
     * Somebody as whom a caller wanted to come in, whether rightly or not: for the audit log, never for the caller.
     *
     * @param organization whose log it belongs to
     * @param resource names them, such as {@code users/ada@example.com}
     */
    public record Claimed(UUID organization, String resource) {}

    /**
     * One wrong field of a request.
     *
     * @param pointer JSON pointer (RFC 6901) to the field, such as {@code /messages/0/role}
     * @param message what is wrong with it
     */
    public record FieldError(String pointer, String message) {}

    /** An error without a cause. */
    public GantryException(ErrorCode code, String message) {
        this(code, message, List.of(), null, null);
    }

    /** An error with the failure that led to it, which goes to the log and not to the caller. */
    public GantryException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, List.of(), null, cause);
    }

    /**
     * An error with all its parts.
     *
     * @param retryAfter when trying again makes sense; null when nothing is known
     */
    public GantryException(
            ErrorCode code,
            String message,
            List<FieldError> errors,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        this(code, message, errors, retryAfter, Map.of(), null, cause);
    }

    private GantryException(
            ErrorCode code,
            String message,
            List<FieldError> errors,
            @Nullable Duration retryAfter,
            Map<String, String> headers,
            @Nullable Claimed claimed,
            @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.errors = List.copyOf(errors);
        this.retryAfter = retryAfter;
        this.headers = Map.copyOf(headers);
        this.claimed = claimed;
    }

    /** Returns the same error whose reply carries these headers too, such as {@code X-RateLimit-Remaining}. */
    public GantryException withHeaders(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(headers);
        all.putAll(more);
        return new GantryException(code, getMessage(), errors, retryAfter, all, claimed, getCause());
    }

    /** Returns the same refusal, of somebody who wanted to come in as a certain one. */
    public GantryException to(Claimed who) {
        return new GantryException(code, getMessage(), errors, retryAfter, headers, who, getCause());
    }

    /** Returns the stable code. */
    public ErrorCode code() {
        return code;
    }

    /** Returns the single fields that are wrong, where that is known. */
    public List<FieldError> errors() {
        return errors;
    }

    /** Returns when trying again makes sense, where that is known. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Returns headers that explain the error to programs; mostly empty. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Returns as whom the caller wanted to come in, where that is known. */
    public Optional<Claimed> claimed() {
        return Optional.ofNullable(claimed);
    }

    /** Returns the message; never null here. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? code.id() : message;
    }
}
