package dev.gantry.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.UpstreamFailures;

/** Errors that come where an answer was due: in a stream, or under a status of success. */
final class OpenAiErrors {
    private OpenAiErrors() {}

    static ProviderException of(JsonNode error, UpstreamFailures failures) {
        JsonNode code = error.path("code");
        if (code.isInt() && code.intValue() >= 400 && code.intValue() < 600) {
            return failures.inStream(error, code.intValue());
        }
        String kind = ReplyJson.text(error, "type") + " " + ReplyJson.text(error, "code");
        int status = kind.contains("rate_limit") || kind.contains("insufficient_quota")
                ? 429
                : kind.contains("invalid_request") || kind.contains("BadRequest") ? 400 : 500;
        return failures.inStream(error, status);
    }
}
