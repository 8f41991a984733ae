package dev.gantry.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.UpstreamFailures;

/** Errors that come where an answer was due; each type has the status that Anthropic documents for it. */
final class AnthropicErrors {
    private AnthropicErrors() {}

    static ProviderException of(JsonNode error, UpstreamFailures failures) {
        String type = ReplyJson.text(error, "type");
        int status = switch (type == null ? "" : type) {
            case "invalid_request_error" -> 400;
            case "authentication_error" -> 401;
            case "billing_error" -> 402;
            case "permission_error" -> 403;
            case "not_found_error" -> 404;
            case "request_too_large" -> 413;
            case "rate_limit_error" -> 429;
            case "timeout_error" -> 504;
            case "overloaded_error" -> 529;
            default -> 500;
        };
        return failures.inStream(error, status);
    }
}
