package dev.gantry.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.provider.ProviderException.Failure;
import io.vertx.core.MultiMap;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Tells what went wrong with a provider in words fit for a caller. Thread-safe. */
public final class UpstreamFailures {
    private static final int WORDS_LENGTH_MAX = 500;
    private static final int CODE_LENGTH_MAX = 80;
    private static final Duration RETRY_AFTER_MAX = Duration.ofDays(1);

    /** What is said of keys under a status that means something else otherwise. */
    private static final Set<String> BAD_KEY_CODES = Set.of(
            "invalid_api_key",
            "authentication_error",
            "ExpiredTokenException",
            "IncompleteSignatureException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "MissingAuthenticationTokenException",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
            "ExpiredToken",
            "IncompleteSignature",
            "InvalidClientTokenIdException",
            "MissingAuthenticationToken");

    /** What Google, Bedrock and gateways before models say of bad keys under the status of a forbidden request, in lower case. */
    private static final List<String> BAD_KEY_WORDS = List.of(
            "api key was reported", "api key is valid", "api key not valid", "invalid api key", "unregistered callers");

    private final String provider;

    /** {@code provider} is the name under which it is configured. */
    public UpstreamFailures(String provider) {
        this.provider = provider;
    }

    /** Returns the failure of an answer that does not follow the provider's interface. */
    public ProviderException badReply(String problem) {
        return new ProviderException(
                Failure.BAD_REPLY, "Provider '" + provider + "' gave an unusable answer: " + problem, null);
    }

    /** Returns the failure of a request that the provider cannot serve by its nature; nothing was sent. */
    public ProviderException unsupported(String what) {
        return ProviderException.unseen(
                Failure.UNSUPPORTED, "Provider '" + provider + "' does not support " + what, null, null);
    }

    /** Returns the failure of a stream that ended before the answer did. */
    public ProviderException brokenOff() {
        return new ProviderException(
                Failure.UNAVAILABLE,
                "Provider '" + provider + "' ended the stream before the answer was complete",
                null);
    }

    /** Returns the failure when every key waits for a limit to pass; nothing was sent. */
    public ProviderException limited(Duration rest) {
        return ProviderException.unseen(
                Failure.RATE_LIMITED,
                "Provider '" + provider + "' limits the rate of requests and has asked to wait",
                rest,
                null);
    }

    /** Returns the failure when every key was refused; the provider's words are left out, since they may quote a key. */
    public ProviderException keysRefused(int status) {
        return new ProviderException(
                Failure.AUTHENTICATION,
                "Provider '" + provider + "' refused every key that is configured for it (status " + status
                        + "); check api_key, api_key_secondary, api_keys or credentials of this provider",
                status,
                null,
                null,
                null,
                null);
    }

    /**
     * Returns the failure that an error inside of a stream tells of.
     *
     * @param error the error object of the provider, in whatever form
     * @param status the status that the same error would have had as a whole reply
     */
    public ProviderException inStream(JsonNode error, int status) {
        return refused(status, words(error), code(error), bounded(RpcDetails.retryDelay(error)));
    }

    /** Returns the failure that a reply with an error status tells of. */
    public ProviderException status(int status, MultiMap headers, Buffer body) {
        JsonNode error = errorOf(body);
        Duration wait = retryAfter(headers);
        return refused(
                RpcDetails.refusesKey(error) ? 401 : status,
                words(error),
                code(error) == null ? amazonCode(headers) : code(error),
                wait == null ? bounded(RpcDetails.retryDelay(error)) : wait);
    }

    /** Returns the failure of a connection over which nothing of the request was sent. */
    ProviderException unsent(Throwable cause) {
        ProviderException told = transport(cause, false);
        return ProviderException.unseen(
                told.failure(), told.getMessage() == null ? "" : told.getMessage(), null, cause);
    }

    /** Returns the failure of a connection. */
    ProviderException transport(Throwable cause, boolean replyBegun) {
        String subject = "Provider '" + provider + "' ";
        return switch (cause) {
            case ProviderException known -> known;
            case TimeoutException late -> new ProviderException(Failure.TIMEOUT, subject + late.getMessage(), cause);
            case InterruptedException cancelled ->
                new ProviderException(
                        Failure.UNAVAILABLE, "The call of provider '" + provider + "' was cancelled", cause);
            case UpstreamCall.ReplyTooLarge large ->
                new ProviderException(Failure.BAD_REPLY, subject + "answered with " + large.getMessage(), cause);
            case IllegalStateException own ->
                new ProviderException(Failure.UNAVAILABLE, subject + "cannot be called: " + own.getMessage(), cause);
            case UnknownHostException unknown ->
                new ProviderException(
                        Failure.UNAVAILABLE,
                        subject + "cannot be reached: its host name is unknown; check base_url",
                        cause);
            case SSLException tls ->
                new ProviderException(
                        Failure.UNAVAILABLE,
                        subject + "cannot be reached: TLS failed (" + shown(tls.getMessage()) + ")",
                        cause);
            case ConnectException refused ->
                new ProviderException(
                        Failure.UNAVAILABLE, subject + "cannot be reached: " + shown(refused.getMessage()), cause);
            case IOException lost -> connectionLost(subject, replyBegun, cause);
            case VertxException lost -> connectionLost(subject, replyBegun, cause);
            default ->
                new ProviderException(
                        Failure.BAD_REPLY,
                        subject + "did not answer in proper HTTP (" + shown(cause.getMessage()) + ")",
                        cause);
        };
    }

    private static ProviderException connectionLost(String subject, boolean replyBegun, Throwable cause) {
        String when = replyBegun ? "within its answer" : "without an answer";
        return new ProviderException(Failure.UNAVAILABLE, subject + "closed the connection " + when, cause);
    }

    private ProviderException refused(
            int status, @Nullable String words, @Nullable String code, @Nullable Duration retryAfter) {
        Failure failure = failure(status, words, code);
        String verb = switch (failure) {
            case REJECTED -> "rejected the request";
            case UNSUPPORTED -> "does not support the request";
            case UNKNOWN_MODEL -> "does not know the model";
            case AUTHENTICATION -> "refused the key";
            case DENIED ->
                isAboutPlace(words, code)
                        ? "does not serve the country or region from which it is called"
                        : "does not let the key use the model; check what its account or project may do";
            case RATE_LIMITED -> "limits the rate of requests";
            case UNAVAILABLE -> "is not available";
            case TIMEOUT -> "did not answer in time";
            case BAD_REPLY -> "gave an unusable answer";
        };
        // Of keys and accounts the provider's words may tell more than a caller is to know.
        boolean silent = failure == Failure.AUTHENTICATION || failure == Failure.DENIED || words == null;
        String message =
                "Provider '" + provider + "' " + verb + " (status " + status + ")" + (silent ? "" : ": " + words);
        return new ProviderException(failure, message, status, silent ? null : words, code, retryAfter, null);
    }

    private static Failure failure(int status, @Nullable String words, @Nullable String code) {
        return switch (status) {
            case 401 -> Failure.AUTHENTICATION;
            case 403 -> forbidden(words, code);
            case 402, 429 -> Failure.RATE_LIMITED;
            case 404 -> namesModel(words, code) ? Failure.UNKNOWN_MODEL : Failure.REJECTED;
            case 408, 504 -> Failure.TIMEOUT;
            case 409, 424, 425 -> Failure.UNAVAILABLE;
            default ->
                status >= 500
                        ? Failure.UNAVAILABLE
                        : status >= 400
                                ? namesNoModel(words, code) ? Failure.UNKNOWN_MODEL : Failure.REJECTED
                                : Failure.BAD_REPLY;
        };
    }

    /**
     * A key that is good may still not do everything. Anthropic's {@code permission_error}, Google's {@code PERMISSION_DENIED}, a
     * missing scope or an unsupported country at OpenAI and AWS's {@code AccessDeniedException} are about what was asked for,
     * by whom and from where; AWS and Google answer 403 to bad keys, too, and name them.
     */
    private static Failure forbidden(@Nullable String words, @Nullable String code) {
        if (closesModel(words, code)) {
            return Failure.UNKNOWN_MODEL;
        }
        String all = words == null ? "" : words.toLowerCase(Locale.ROOT);
        boolean badKey = (code != null && BAD_KEY_CODES.contains(code))
                || BAD_KEY_WORDS.stream().anyMatch(all::contains);
        return badKey ? Failure.AUTHENTICATION : Failure.DENIED;
    }

    /** OpenAI's code and words, which others have taken over. */
    private static boolean isAboutPlace(@Nullable String words, @Nullable String code) {
        return "unsupported_country_region_territory".equals(code)
                || (words != null && words.toLowerCase(Locale.ROOT).contains("country, region, or territory"));
    }

    /** OpenAI's code, and what Bedrock says about an id that it does not know. */
    private static boolean namesNoModel(@Nullable String words, @Nullable String code) {
        return "model_not_found".equals(code) || (words != null && words.contains("model identifier is invalid"));
    }

    /** A key that is good and may not use this model: said of the model, which has other reasons than the key's. */
    private static boolean closesModel(@Nullable String words, @Nullable String code) {
        String all = words == null ? "" : words.toLowerCase(Locale.ROOT);
        return namesNoModel(words, code) || (all.contains("access to") && all.contains("model"));
    }

    private static boolean namesModel(@Nullable String words, @Nullable String code) {
        String all = (words + " " + code).toLowerCase(Locale.ROOT);
        return all.contains("model") || all.contains("deployment");
    }

    /** Finds the part of an error body that describes the error: most providers wrap it in {@code error}. */
    private static @Nullable JsonNode errorOf(Buffer body) {
        if (body.length() == 0) {
            return null;
        }
        try {
            JsonNode root = Json.read(body.getBytes());
            JsonNode first = root.isArray() && !root.isEmpty() ? root.get(0) : root;
            JsonNode error = first.get("error");
            return error != null && !error.isNull() ? error : first;
        } catch (GantryException notJson) {
            return null;
        }
    }

    private static @Nullable String words(@Nullable JsonNode error) {
        if (error == null) {
            return null;
        }
        if (error.isTextual()) {
            return shown(error.textValue());
        }
        for (String field : new String[] {"message", "detail", "error"}) {
            JsonNode value = error.get(field);
            if (value != null && value.isTextual() && !value.textValue().isBlank()) {
                return shown(value.textValue());
            }
        }
        return null;
    }

    private static @Nullable String code(@Nullable JsonNode error) {
        if (error == null) {
            return null;
        }
        for (String field : new String[] {"code", "type", "status"}) {
            JsonNode value = error.get(field);
            if (value != null && value.isTextual() && !value.textValue().isBlank()) {
                return Text.storable(value.textValue(), CODE_LENGTH_MAX);
            }
        }
        return null;
    }

    /** AWS names the error in a header, with an address behind a colon. */
    private static @Nullable String amazonCode(MultiMap headers) {
        String type = headers.get("x-amzn-errortype");
        return type == null ? null : Text.storable(type.replaceFirst(":.*", ""), CODE_LENGTH_MAX);
    }

    private static String shown(@Nullable String words) {
        return words == null ? "no reason given" : Text.storable(words.strip(), WORDS_LENGTH_MAX);
    }

    /** Reads {@code retry-after-ms} (OpenAI) and {@code retry-after} (RFC 9110, seconds or a date). */
    private static @Nullable Duration retryAfter(MultiMap headers) {
        try {
            String milliseconds = headers.get("retry-after-ms");
            if (milliseconds != null) {
                return bounded((long) Double.parseDouble(milliseconds));
            }
            String value = headers.get("retry-after");
            if (value == null || value.isEmpty()) {
                return null;
            }
            if (Character.isDigit(value.charAt(0))) {
                return bounded((long) (Double.parseDouble(value) * 1_000));
            }
            Instant when = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return bounded(when.toEpochMilli() - System.currentTimeMillis());
        } catch (NumberFormatException | DateTimeParseException unreadable) {
            return null;
        }
    }

    private static Duration bounded(long milliseconds) {
        return shorter(Duration.ofMillis(Math.max(0, milliseconds)));
    }

    private static @Nullable Duration bounded(@Nullable Duration wish) {
        return wish == null ? null : shorter(wish);
    }

    private static Duration shorter(Duration wish) {
        return wish.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : wish;
    }
}
