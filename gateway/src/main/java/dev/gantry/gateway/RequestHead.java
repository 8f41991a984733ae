package dev.gantry.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Utf8;
import dev.gantry.provider.ClientSchema;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

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
 * @param outputTokens the largest bound on the answer's tokens that the body gives in a field that its schema has; -1 when
 *     it gives none on which one can rely
 * @param choices how many answers are wanted at once
 * @param unseen whether a tool is offered that the provider runs, whose results are tokens that nobody has seen
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
        boolean unseen,
        double temperature,
        boolean formatted) {
    /** Without duplicate detection in nested objects, which costs a set each; the fields read here are checked. */
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
     * @param schema decides which fields bound the answer
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it is not a JSON object with a usable model, or asks for
     *     something at a price that the catalog does not know
     */
    static RequestHead scan(byte[] body, ClientSchema schema) {
        if (!Utf8.isValid(body, 0, body.length)) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "The body is not valid UTF-8");
        }
        try (JsonParser parser = FACTORY.createParser(body)) {
            return new HeadScan(body, parser, schema).read();
        } catch (JsonProcessingException malformed) {
            throw Json.malformed(malformed);
        } catch (IOException impossible) {
            throw new GantryException(ErrorCode.INTERNAL, "Reading bytes in memory failed", impossible);
        }
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

    /**
     * Refuses an escaped spelling of the name at which the parser stands: what reads the body after us might look for its
     * plain bytes.
     */
    static void requirePlain(byte[] body, JsonParser parser, String name) {
        int start = (int) parser.currentTokenLocation().getByteOffset() + 1;
        if (start + name.length() >= body.length || body[start + name.length()] != '"') {
            throw HeadScan.invalid(name, "must be written without escapes");
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
}
