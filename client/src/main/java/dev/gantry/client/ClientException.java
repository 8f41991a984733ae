package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a call did not succeed: the one exception of this client. Its message is fit for logs.
 */
public final class ClientException extends RuntimeException {
    private final Kind kind;
    private final String detail;
    private final int status;
    private final String code;
    private final String requestId;
    private final transient List<FieldError> errors;
    private final @Nullable Duration retryAfter;

    /** What went wrong, in kinds that a caller may act on. */
    public enum Kind {
        /** The platform said no: {@link #status} and {@link #code} tell why. */
        REFUSED,
        /** Nothing answers at the address; nothing was sent. */
        UNREACHABLE,
        /** The platform showed a certificate that is not trusted; nothing was sent. */
        UNTRUSTED,
        /** The deadline passed. Whether the call took effect is not known. */
        TIMEOUT,
        /** The connection broke, or the reply was cut off. Whether the call took effect is not known. */
        BROKEN_OFF,
        /** What answered does not speak as Gantry does, such as a proxy. */
        NOT_GANTRY,
        /** The calling thread was interrupted; its interrupt status is set. */
        INTERRUPTED
    }

    /**
     * What is wrong with one field of the request.
     *
     * @param pointer where, as a JSON pointer or a line and column; may be empty
     */
    public record FieldError(String pointer, String message) {}

    private ClientException(
            Kind kind,
            String detail,
            int status,
            String code,
            String requestId,
            List<FieldError> errors,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(message(kind, detail, status, code, requestId), cause);
        this.detail = detail;
        this.kind = kind;
        this.status = status;
        this.code = code;
        this.requestId = requestId;
        this.errors = List.copyOf(errors);
        this.retryAfter = retryAfter;
    }

    static ClientException of(Kind kind, String message, @Nullable Throwable cause) {
        return new ClientException(kind, message, 0, "", "", List.of(), null, cause);
    }

    /**
     * Reads a refusal of the platform, such as the data of a stream's event {@code error}.
     *
     * @param status of HTTP
     * @param document a problem document (RFC 9457), which may lack any field
     * @param requestId the reply's {@code X-Request-Id}; empty for the document's own
     * @param retryAfter how long to wait before another try; null when nothing was said
     */
    public static ClientException refusal(
            int status, JsonNode document, String requestId, @Nullable Duration retryAfter) {
        String title = document.path("title").asText("");
        String detail = document.path("detail").asText("");
        String message = !detail.isEmpty() ? detail : !title.isEmpty() ? title : "The platform answered " + status;
        List<FieldError> errors = new ArrayList<>();
        for (JsonNode error : document.path("errors")) {
            errors.add(new FieldError(
                    error.path("pointer").asText(""),
                    error.path("message").asText(error.path("detail").asText(""))));
        }
        return new ClientException(
                Kind.REFUSED,
                message,
                status,
                document.path("code").asText(""),
                requestId.isEmpty() ? document.path("request_id").asText("") : requestId,
                errors,
                retryAfter,
                null);
    }

    /** Returns what kind of failure it is. */
    public Kind kind() {
        return kind;
    }

    /** Returns the HTTP status; 0 when there was no reply. */
    public int status() {
        return status;
    }

    /** Returns the stable code of docs/errors.md, such as {@code unknown_model}; empty when there is none. */
    public String code() {
        return code;
    }

    /** Returns the id under which the platform logged the request; empty when there is none. */
    public String requestId() {
        return requestId;
    }

    /** Returns what is wrong with single fields; empty when nothing was said. */
    public List<FieldError> errors() {
        return errors;
    }

    /** Returns how long to wait before another try, where the platform says so. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Returns what the platform says, or what became of the connection, without the rest of the message. */
    public String detail() {
        return detail;
    }

    private static String message(Kind kind, String detail, int status, String code, String requestId) {
        return kind != Kind.REFUSED
                ? detail
                : detail + " (" + (code.isEmpty() ? "" : code + ", ") + "HTTP " + status
                        + (requestId.isEmpty() ? "" : ", request " + requestId) + ")";
    }
}
