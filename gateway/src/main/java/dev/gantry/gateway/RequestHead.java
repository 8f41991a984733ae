package dev.gantry.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Utf8;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline must know of a body that it otherwise forwards byte for byte: found in one pass without building a
 * tree. The pass checks that the whole body is one JSON object in UTF-8.
 *
 * @param model the value of {@code model}
 * @param modelStart offset of the value's opening quote
 * @param modelEnd offset after the value's closing quote
 * @param stream the value of {@code stream}
 * @param includeUsage the value of {@code stream_options.include_usage}, with which OpenAI's clients ask for usage in a
 *     stream
 * @param outputTokens the largest bound on the answer's tokens that the body gives; -1 when it gives none
 * @param choices how many answers are wanted at once
 * @param temperature the highest temperature that the body names; NaN when it names none
 * @param formatted whether some field says which form the answer must have
 */
record RequestHead(
        String model,
        int modelStart,
        int modelEnd,
        boolean stream,
        boolean includeUsage,
        long outputTokens,
        long choices,
        double temperature,
        boolean formatted) {
    private static final int MODEL_LENGTH_MAX = 200;
    private static final long COUNT_MAX = 1_000_000_000;

    /** Without duplicate detection in nested objects, which costs a set each; the two fields read here are checked. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Json.DEPTH_MAX)
                    .maxNumberLength(400)
                    .maxNameLength(2_000)
                    .maxStringLength(256 * 1024 * 1024)
                    .build())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    /**
     * Reads the head of a body.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it is not a JSON object with a usable model
     */
    static RequestHead scan(byte[] body) {
        if (!Utf8.isValid(body, 0, body.length)) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "The body is not valid UTF-8");
        }
        try (JsonParser parser = FACTORY.createParser(body)) {
            return scan(body, parser);
        } catch (JsonProcessingException malformed) {
            throw Json.malformed(malformed);
        } catch (IOException impossible) {
            throw new GantryException(ErrorCode.INTERNAL, "Reading bytes in memory failed", impossible);
        }
    }

    private static RequestHead scan(byte[] body, JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "The body must be a JSON object");
        }
        String model = null;
        int modelStart = 0;
        int modelEnd = 0;
        Boolean stream = null;
        Boolean includeUsage = null;
        long outputTokens = -1;
        long choices = 1;
        double temperature = Double.NaN;
        boolean formatted = false;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            if (matters(name)) {
                requirePlain(body, parser, name);
            }
            JsonToken value = parser.nextToken();
            if (name.equals("model")) {
                refuseDuplicate(name, model);
                model = modelName(parser, value);
                modelStart = (int) parser.currentTokenLocation().getByteOffset();
                modelEnd = (int) parser.currentLocation().getByteOffset();
            } else if (name.equals("stream")) {
                refuseDuplicate(name, stream);
                stream = streamFlag(value);
            } else if (name.equals("stream_options")) {
                refuseDuplicate(name, includeUsage);
                includeUsage = value == JsonToken.START_OBJECT && includeUsage(parser);
            } else if (value.isNumeric() && name.equals("temperature")) {
                temperature = Double.isNaN(temperature)
                        ? parser.getDoubleValue()
                        : Math.max(temperature, parser.getDoubleValue());
            } else if (value == JsonToken.VALUE_NUMBER_INT) {
                switch (name) {
                    case "max_tokens", "max_completion_tokens", "max_output_tokens" ->
                        outputTokens = Math.max(outputTokens, count(parser));
                    case "n", "best_of" -> choices = Math.max(choices, count(parser));
                    default -> {
                        // Of no interest here.
                    }
                }
            } else {
                formatted |= value == JsonToken.START_OBJECT && isFormat(name);
                parser.skipChildren();
            }
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
                outputTokens,
                choices,
                temperature,
                formatted);
    }

    private static boolean isFormat(String name) {
        return switch (name) {
            case "response_format", "text", "output_format", "output_config" -> true;
            default -> false;
        };
    }

    /** Returns a whole number; the largest that a bound can be for those beyond it, and 0 for negative ones. */
    private static long count(JsonParser parser) throws IOException {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? COUNT_MAX
                : Math.clamp(parser.getLongValue(), 0, COUNT_MAX);
    }

    /** Returns a parser with this class's bounds for a further look at a body. */
    static JsonParser parser(byte[] body) throws IOException {
        return FACTORY.createParser(body);
    }

    /** Returns the body with another model in place; the bytes around it are shared, not copied. */
    Buffer bodyForModel(byte[] body, String upstreamModel) {
        if (upstreamModel.equals(model)) {
            return BufferInternal.buffer(Unpooled.wrappedBuffer(body));
        }
        byte[] name = Json.mapper()
                .getNodeFactory()
                .textNode(upstreamModel)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        return BufferInternal.buffer(Unpooled.wrappedBuffer(
                Unpooled.wrappedBuffer(body, 0, modelStart),
                Unpooled.wrappedBuffer(name),
                Unpooled.wrappedBuffer(body, modelEnd, body.length - modelEnd)));
    }

    private static String modelName(JsonParser parser, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_STRING) {
            throw invalid("model", "must be a string");
        }
        String model = parser.getText();
        if (model.isEmpty() || model.length() > MODEL_LENGTH_MAX) {
            throw invalid("model", "must have 1 to " + MODEL_LENGTH_MAX + " characters");
        }
        return model;
    }

    private static boolean streamFlag(JsonToken value) {
        return switch (value) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw invalid("stream", "must be true or false");
        };
    }

    private static boolean includeUsage(JsonParser parser) throws IOException {
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

    private static boolean matters(String name) {
        return name.equals("model") || name.equals("stream") || name.equals("stream_options");
    }

    /**
     * Refuses an escaped spelling of the name at which the parser stands: what reads the body after us might look for its
     * plain bytes.
     */
    static void requirePlain(byte[] body, JsonParser parser, String name) {
        int start = (int) parser.currentTokenLocation().getByteOffset() + 1;
        if (start + name.length() >= body.length || body[start + name.length()] != '"') {
            throw invalid(name, "must be written without escapes");
        }
    }

    /** Returns the texts of a body, one a line, as far as they can be read; pictures in base64 are left out. */
    static String texts(byte[] body) {
        StringBuilder texts = new StringBuilder();
        try (JsonParser parser = FACTORY.createParser(body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && !isBinary(parser.getText())) {
                    texts.append(parser.getText()).append('\n');
                }
            }
        } catch (IOException unreadableRest) {
            return texts.toString();
        }
        return texts.toString();
    }

    /** Whether a text is data and not words: long and without a space. */
    private static boolean isBinary(String text) {
        return text.length() > 2_000 && text.indexOf(' ') < 0;
    }

    private static void refuseDuplicate(String name, @Nullable Object earlier) {
        if (earlier != null) {
            throw invalid(name, "stands in the body twice");
        }
    }

    private static GantryException invalid(String field, String problem) {
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "'" + field + "' " + problem,
                List.of(new FieldError("/" + field, problem)),
                null,
                null);
    }
}
