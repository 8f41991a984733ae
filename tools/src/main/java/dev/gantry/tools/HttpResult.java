package dev.gantry.tools;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * What an address answered.
 *
 * @param headers by lower-case name, without cookies and what concerns the connection alone
 * @param body JSON that was read, or text
 */
public record HttpResult(int status, Map<String, String> headers, JsonNode body) {
    /** Copies the map. */
    public HttpResult {
        headers = Map.copyOf(headers);
    }
}
