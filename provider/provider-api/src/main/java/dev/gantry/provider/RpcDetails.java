package dev.gantry.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.DateTimeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What Google's interfaces say in the {@code details} of an error (google.rpc.RetryInfo, google.rpc.ErrorInfo). */
final class RpcDetails {
    private static final String TYPE = "type.googleapis.com/google.rpc.";

    private RpcDetails() {}

    /** Returns how long the caller is to wait, or null when the error does not say. */
    static @Nullable Duration retryDelay(@Nullable JsonNode error) {
        JsonNode delay = detail(error, "RetryInfo").path("retryDelay");
        if (!delay.isTextual()) {
            return null;
        }
        try {
            Duration wish = Duration.parse("PT" + delay.textValue());
            return wish.isNegative() ? Duration.ZERO : wish;
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    /**
     * Returns whether the error is about the key, or about the project to which it belongs, and not about what was asked for:
     * Google says 400 of a bad key and 403 of a suspended one.
     */
    static boolean refusesKey(@Nullable JsonNode error) {
        String reason = detail(error, "ErrorInfo").path("reason").asText();
        return reason.startsWith("API_KEY_")
                || reason.startsWith("CONSUMER_")
                || reason.equals("SERVICE_DISABLED")
                || reason.equals("BILLING_DISABLED");
    }

    private static JsonNode detail(@Nullable JsonNode error, String name) {
        if (error == null) {
            return MissingNode.getInstance();
        }
        for (JsonNode detail : error.path("details")) {
            if (detail.path("@type").asText().equals(TYPE + name)) {
                return detail;
            }
        }
        return MissingNode.getInstance();
    }
}
