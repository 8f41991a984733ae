package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a response tells of its own request: OpenAI's interface repeats the settings of a request in each response, and its
 * clients rely on it.
 */
final class ResponseEcho {
    private static final Map<String, JsonNode> DEFAULTS = new LinkedHashMap<>();

    static {
        for (String name : new String[] {
            "instructions", "max_output_tokens", "max_tool_calls", "prompt_cache_key", "safety_identifier", "user"
        }) {
            DEFAULTS.put(name, Json.mapper().getNodeFactory().nullNode());
        }
        DEFAULTS.put("metadata", Json.object());
        DEFAULTS.put("parallel_tool_calls", Json.read("true"));
        DEFAULTS.put("reasoning", Json.read("{\"effort\":null,\"summary\":null}"));
        DEFAULTS.put("service_tier", Json.read("\"default\""));
        DEFAULTS.put("temperature", Json.read("1.0"));
        DEFAULTS.put("text", Json.read("{\"format\":{\"type\":\"text\"}}"));
        DEFAULTS.put("tool_choice", Json.read("\"auto\""));
        DEFAULTS.put("tools", Json.read("[]"));
        DEFAULTS.put("top_logprobs", Json.read("0"));
        DEFAULTS.put("top_p", Json.read("1.0"));
        DEFAULTS.put("truncation", Json.read("\"disabled\""));
    }

    private ResponseEcho() {}

    /** Returns the settings of a request, those included that it left to their defaults. */
    static ObjectNode of(ObjectNode request) {
        ObjectNode echo = Json.object();
        DEFAULTS.forEach((name, value) -> {
            JsonNode said = request.get(name);
            echo.set(name, said == null || said.isNull() ? value : said);
        });
        // What Gantry refuses to do has only one value.
        echo.put("background", false).put("store", false);
        return echo.putNull("previous_response_id");
    }
}
