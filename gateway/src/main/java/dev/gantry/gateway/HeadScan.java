package dev.gantry.gateway;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Text;
import dev.gantry.provider.ClientSchema;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The pass over a body that finds its {@link RequestHead}. Used once, by one thread. */
final class HeadScan {
    private static final int MODEL_LENGTH_MAX = 200;
    private static final long COUNT_MAX = 1_000_000_000;

    /** What a caller's own program does when the model asks for it; everything else is run by the provider. */
    private static final Set<String> CALLERS_TOOLS = Set.of("function", "custom", "local_shell", "apply_patch");

    /** Anthropic's tools carry their version behind the name. */
    private static final List<String> CALLERS_TOOL_BEGINNINGS = List.of("bash_", "text_editor_", "memory_");

    private static final Set<String> USUAL_SERVICE =
            Set.of("auto", "default", "standard", "standard_only", "on_demand", "flex");

    private final byte[] body;
    private final JsonParser parser;
    private final ClientSchema schema;

    private @Nullable String model;
    private int modelStart;
    private int modelEnd;
    private @Nullable Boolean stream;
    private @Nullable Boolean includeUsage;
    private long outputTokens = -1;
    private boolean unreliableBound;
    private long choices = 1;
    private boolean unseen;
    private double temperature = Double.NaN;
    private boolean formatted;

    HeadScan(byte[] body, JsonParser parser, ClientSchema schema) {
        this.body = body;
        this.parser = parser;
        this.schema = schema;
    }

    RequestHead read() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "The body must be a JSON object");
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            field(name);
            parser.skipChildren();
        }
        if (parser.nextToken() != null) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "There is more after the end of the JSON object of the body");
        }
        if (model == null) {
            throw invalid("model", "is required");
        }
        return new RequestHead(
                model,
                modelStart,
                modelEnd,
                Boolean.TRUE.equals(stream),
                Boolean.TRUE.equals(includeUsage),
                unreliableBound ? -1 : outputTokens,
                choices,
                unseen,
                temperature,
                formatted);
    }

    /** Reads what matters of a field; whatever is left of its value is skipped by the caller. */
    private void field(String name) throws IOException {
        if (mustBePlain(name)) {
            RequestHead.requirePlain(body, parser, name);
        }
        JsonToken value = parser.nextToken();
        switch (name) {
            case "model" -> {
                refuseDuplicate(name, model);
                model = modelName(value);
                modelStart = (int) parser.currentTokenLocation().getByteOffset();
                modelEnd = (int) parser.currentLocation().getByteOffset();
            }
            case "stream" -> {
                refuseDuplicate(name, stream);
                stream = streamFlag(value);
            }
            case "stream_options" -> {
                refuseDuplicate(name, includeUsage);
                includeUsage = value == JsonToken.START_OBJECT && usageWanted();
            }
            case "temperature" -> {
                if (value.isNumeric()) {
                    double given = parser.getDoubleValue();
                    temperature = Double.isNaN(temperature) ? given : Math.max(temperature, given);
                }
            }
            case "max_tokens", "max_completion_tokens", "max_output_tokens" -> {
                if (isBound(name)) {
                    bound(value);
                }
            }
            case "n", "best_of" -> choices = Math.max(choices, count(name, value));
            case "tools" -> {
                if (value == JsonToken.START_ARRAY) {
                    tools();
                }
            }
            case "service_tier", "speed", "inference_geo" -> requireUsualPrice(name, value);
            case "response_format", "text", "output_format", "output_config" ->
                formatted |= value == JsonToken.START_OBJECT;
            default -> {
                // Of no interest here.
            }
        }
    }

    private static boolean mustBePlain(String name) {
        return name.equals("model") || name.equals("stream") || name.equals("stream_options");
    }

    /** Whether a field bounds the answer at this endpoint: one that it does not have is passed on, and bounds nothing. */
    private boolean isBound(String name) {
        return switch (schema) {
            case OPENAI_CHAT -> !name.equals("max_output_tokens");
            case OPENAI_RESPONSES -> name.equals("max_output_tokens");
            case ANTHROPIC_MESSAGES -> name.equals("max_tokens");
            case OPENAI_EMBEDDINGS, ANTHROPIC_TOKEN_COUNT -> false;
        };
    }

    /** Some servers take -1 for no bound, and some read numbers out of texts: what is not plain is no bound at all. */
    private void bound(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NUMBER_INT) {
            long given = count();
            unreliableBound |= given < 1;
            outputTokens = Math.max(outputTokens, given);
        } else {
            unreliableBound |= value != JsonToken.VALUE_NULL;
        }
    }

    private long count(String name, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return 1;
        }
        long given = value == JsonToken.VALUE_NUMBER_INT ? count() : 0;
        if (given < 1) {
            throw invalid(name, "must be a whole number of at least 1");
        }
        return given;
    }

    /** Returns a whole number, bounded; at most 0 for negative ones. */
    private long count() throws IOException {
        boolean huge = parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
        return huge
                ? Math.max(0, parser.getBigIntegerValue().signum()) * COUNT_MAX
                : Math.clamp(parser.getLongValue(), 0, COUNT_MAX);
    }

    /** Looks for tools that are run elsewhere than at the caller. A tool without a type is the caller's. */
    private void tools() throws IOException {
        for (JsonToken tool = parser.nextToken(); tool != JsonToken.END_ARRAY; tool = parser.nextToken()) {
            if (tool == JsonToken.START_OBJECT) {
                for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                    JsonToken value = parser.nextToken();
                    if (name.equals("type")) {
                        unseen |= value != JsonToken.VALUE_STRING || !isCallers(parser.getText());
                    }
                    parser.skipChildren();
                }
            } else {
                parser.skipChildren();
            }
        }
    }

    private static boolean isCallers(String type) {
        return CALLERS_TOOLS.contains(type) || CALLERS_TOOL_BEGINNINGS.stream().anyMatch(type::startsWith);
    }

    /** The catalog knows one price of a model; what buys another service of it would be charged at that. */
    private void requireUsualPrice(String name, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.VALUE_STRING) {
            throw invalid(name, "must be a string");
        }
        String wanted = parser.getText();
        boolean usual = switch (name) {
            case "service_tier" -> USUAL_SERVICE.contains(wanted);
            case "speed" -> wanted.equals("standard");
            default -> wanted.equals("global");
        };
        if (!usual) {
            throw invalid(
                    name,
                    "'" + Text.shorten(wanted, 40)
                            + "' has a price that Gantry does not know, so that no budget would hold; leave it out");
        }
    }

    private String modelName(JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_STRING) {
            throw invalid("model", "must be a string");
        }
        String name = parser.getText();
        if (name.isEmpty() || name.length() > MODEL_LENGTH_MAX) {
            throw invalid("model", "must have 1 to " + MODEL_LENGTH_MAX + " characters");
        }
        return name;
    }

    private static boolean streamFlag(JsonToken value) {
        return switch (value) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw invalid("stream", "must be true or false");
        };
    }

    private boolean usageWanted() throws IOException {
        boolean asked = false;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (name.equals("include_usage")) {
                asked = value == JsonToken.VALUE_TRUE;
            }
            parser.skipChildren();
        }
        return asked;
    }

    private static void refuseDuplicate(String name, @Nullable Object earlier) {
        if (earlier != null) {
            throw invalid(name, "stands in the body twice");
        }
    }

    static GantryException invalid(String field, String problem) {
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "'" + field + "' " + problem,
                List.of(new FieldError("/" + field, problem)),
                null,
                null);
    }
}
