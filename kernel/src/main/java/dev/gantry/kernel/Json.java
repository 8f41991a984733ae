package dev.gantry.kernel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The one way in which Gantry reads and writes JSON: RFC 8259 without extensions, duplicate keys refused, nesting,
 * numbers and names bounded. Thread-safe.
 */
public final class Json {
    /** Deepest nesting of arrays and objects that is read. */
    public static final int DEPTH_MAX = 200;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            // JSON between systems is UTF-8 (RFC 8259, section 8.1); UTF-16 and UTF-32 are not guessed at.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxNumberLength(400)
                    .maxNameLength(2_000)
                    .maxStringLength(256 * 1024 * 1024)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private Json() {}

    /** Returns the factory, for streaming readers and writers. */
    public static JsonFactory factory() {
        return FACTORY;
    }

    /** Returns the mapper, for trees. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** Returns an empty object. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /**
     * Reads one JSON value of any kind.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} with line and column if it is not one JSON text in UTF-8
     */
    public static JsonNode read(byte[] bytes) {
        requireUtf8(bytes);
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            JsonNode node = MAPPER.readTree(parser);
            if (node == null || node.isMissingNode()) {
                throw new GantryException(ErrorCode.INVALID_REQUEST, "The body is empty; a JSON value is expected");
            }
            if (parser.nextToken() != null) {
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST, "There is more after the end of the JSON value" + at(parser));
            }
            return node;
        } catch (JsonProcessingException malformed) {
            throw malformed(malformed);
        } catch (IOException impossible) {
            throw new GantryException(ErrorCode.INTERNAL, "Reading bytes in memory failed", impossible);
        }
    }

    /**
     * Reads one JSON object.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} with line and column if it is not a JSON object in UTF-8
     */
    public static ObjectNode readObject(byte[] bytes) {
        if (read(bytes) instanceof ObjectNode object) {
            return object;
        }
        throw new GantryException(ErrorCode.INVALID_REQUEST, "The body must be a JSON object");
    }

    /** Reads one JSON value from text; see {@link #read(byte[])}. */
    public static JsonNode read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a tree compactly, in UTF-8. */
    public static byte[] write(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException impossible) {
            throw new GantryException(ErrorCode.INTERNAL, "A JSON tree could not be written", impossible);
        }
    }

    /** Returns the error of a JSON text that cannot be read, with line and column but none of the text. */
    public static GantryException malformed(JsonProcessingException cause) {
        JsonLocation location = cause.getLocation();
        String where =
                location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
        return new GantryException(
                ErrorCode.INVALID_REQUEST, "The body is not valid JSON" + where + ": " + reason(cause));
    }

    /**
     * Checks that bytes are well-formed UTF-8, which Jackson itself does not do inside of strings it skips.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if they are not
     */
    public static void requireUtf8(byte[] bytes) {
        if (!Utf8.isValid(bytes, 0, bytes.length)) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "The body is not valid UTF-8");
        }
    }

    private static String at(JsonParser parser) {
        JsonLocation location = parser.currentTokenLocation();
        return " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static String before(String mark, String text) {
        int end = text.indexOf(mark);
        return end < 0 ? text : text.substring(0, end);
    }

    /** Jackson's own words, cut before it quotes its source or explains its settings. */
    private static String reason(JsonProcessingException cause) {
        String message = cause.getOriginalMessage();
        if (message == null) {
            return "unreadable";
        }
        return Text.shorten(before("\n", before(" (start marker", message)), 160);
    }
}
