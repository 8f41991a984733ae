package dev.gantry.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.JsonFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants to have executed. A null component was not given.
 *
 * @param pattern name of a pattern, with or without namespace and version
 * @param input the text to work on; empty where none was given
 * @param model model to use instead of the pattern's own
 * @param variables values by name; a leading {@code #} of a name is allowed and means nothing
 * @param stream whether the output is wanted as it is generated
 * @param context name of a context
 * @param strategy name of a strategy
 * @param session name of the session that this continues or begins
 * @param dryRun whether only to show what would be sent
 * @param language BCP 47 tag of the language to answer in, such as {@code de-CH}
 * @param temperature randomness, 0 to 2
 * @param topP nucleus sampling, 0 to 1
 * @param outputTokensMax bound on generated tokens ({@code max_tokens})
 * @param seed wish for a repeatable answer
 */
public record ExecutionRequest(
        String pattern,
        String input,
        @Nullable String model,
        Map<String, String> variables,
        boolean stream,
        @Nullable String context,
        @Nullable String strategy,
        @Nullable String session,
        boolean dryRun,
        @Nullable String language,
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer outputTokensMax,
        @Nullable Long seed) {

    private static final List<String> FIELDS = List.of(
            "pattern",
            "input",
            "model",
            "variables",
            "stream",
            "context",
            "strategy",
            "session",
            "dry_run",
            "language",
            "temperature",
            "top_p",
            "max_tokens",
            "seed");

    /** Copies the variables. */
    public ExecutionRequest {
        variables = Map.copyOf(variables);
    }

    /** Returns a request with a pattern and an input only. */
    public static ExecutionRequest of(String pattern, String input) {
        return new ExecutionRequest(
                pattern, input, null, Map.of(), false, null, null, null, false, null, null, null, null, null);
    }

    /**
     * Reads the body of {@code POST /api/v1/execute}.
     *
     * @throws dev.gantry.kernel.GantryException INVALID_REQUEST with the JSON pointer of the wrong field
     */
    public static ExecutionRequest parse(ObjectNode body) {
        JsonFields fields = JsonFields.of(body);
        fields.refuseUnstorable();
        fields.refuseUnknown(FIELDS);
        String input = fields.text("input");
        return new ExecutionRequest(
                fields.requireText("pattern"),
                input == null ? "" : input,
                nonBlank(fields, "model"),
                variables(fields),
                Boolean.TRUE.equals(fields.bool("stream")),
                nonBlank(fields, "context"),
                nonBlank(fields, "strategy"),
                nonBlank(fields, "session"),
                Boolean.TRUE.equals(fields.bool("dry_run")),
                nonBlank(fields, "language"),
                fields.decimal("temperature", 0, 2),
                fields.decimal("top_p", 0, 1),
                fields.intNumber("max_tokens", 1, Integer.MAX_VALUE),
                fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private static @Nullable String nonBlank(JsonFields fields, String name) {
        String text = fields.text(name);
        if (text != null && text.isBlank()) {
            throw fields.invalid(name, "must not be blank; leave it out instead");
        }
        return text;
    }

    private static Map<String, String> variables(JsonFields fields) {
        JsonFields object = fields.object("variables");
        Map<String, String> variables = new LinkedHashMap<>();
        if (object != null) {
            for (Map.Entry<String, JsonNode> entry : object.node().properties()) {
                JsonNode value = entry.getValue();
                if (!value.isValueNode() || value.isNull()) {
                    throw object.invalid(entry.getKey(), "must be a string, a number, true or false");
                }
                variables.put(entry.getKey(), value.asText());
            }
        }
        return variables;
    }

    /** Leaves the texts out, which belong into no log. */
    @Override
    public String toString() {
        return "ExecutionRequest[" + pattern + ", " + input.length() + " characters]";
    }
}
