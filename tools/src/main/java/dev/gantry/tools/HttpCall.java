package dev.gantry.tools;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call of an address.
 *
 * @param method in capitals
 * @param headers without secrets
 * @param secretHeaders names of secrets by name of header
 * @param body null for none; a text is sent as it is, everything else as JSON
 * @param organization name of the one in which it is made
 * @param idempotencyKey the same at every attempt; sent unless {@code headers} has one
 */
public record HttpCall(
        String method,
        String url,
        Map<String, String> headers,
        Map<String, String> secretHeaders,
        @Nullable JsonNode body,
        String organization,
        String idempotencyKey) {
    /** Copies the maps. */
    public HttpCall {
        headers = Map.copyOf(headers);
        secretHeaders = Map.copyOf(secretHeaders);
    }
}
