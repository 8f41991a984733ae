package dev.gantry.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.UpstreamFailures;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A reply of embeddings. Many compatible servers ignore {@code encoding_format} and always send numbers, from which
 * OpenAI's own clients, which ask for base64, would read an empty vector: such a reply is rewritten.
 *
 * @param usage what the provider counted; null when it gave no numbers
 * @param base64 whether the vectors are texts; null when there are none
 */
record EmbeddingsReply(
        Buffer body, @Nullable TokenUsage usage, @Nullable Boolean base64) {
    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EMBEDDING = "embedding".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] USAGE = "usage".getBytes(StandardCharsets.US_ASCII);

    static EmbeddingsReply read(Buffer body, UpstreamFailures failures) throws ProviderException {
        JsonCursor cursor = new JsonCursor();
        cursor.reset(body);
        TokenUsage usage = null;
        Boolean base64 = null;
        boolean hasData = false;
        try {
            cursor.enterObject();
            while (cursor.nextField()) {
                if (cursor.nameIs(DATA) && cursor.atArray()) {
                    hasData = true;
                    base64 = form(cursor);
                } else if (cursor.nameIs(USAGE) && cursor.atObject()) {
                    usage = new UsageScan().read(cursor);
                } else {
                    cursor.skip();
                }
            }
            cursor.requireEnd();
        } catch (JsonCursor.Malformed malformed) {
            throw failures.badReply("it is " + malformed.getMessage());
        }
        if (!hasData) {
            throw withoutData(body, failures);
        }
        return new EmbeddingsReply(body, usage, base64);
    }

    private static ProviderException withoutData(Buffer body, UpstreamFailures failures) throws ProviderException {
        JsonNode error = ReplyJson.object(body.getBytes(), failures).get("error");
        return error == null || error.isNull()
                ? failures.badReply("it holds no data")
                : OpenAiErrors.of(error, failures);
    }

    /** Whether the first vector is a text. */
    private static @Nullable Boolean form(JsonCursor cursor) throws JsonCursor.Malformed {
        Boolean form = null;
        cursor.enterArray();
        while (cursor.nextItem()) {
            cursor.enterObject();
            while (cursor.nextField()) {
                if (form == null && cursor.nameIs(EMBEDDING)) {
                    form = cursor.atString();
                }
                cursor.skip();
            }
        }
        return form;
    }

    /** Returns the body with vectors in the wanted form. */
    Buffer in(boolean wantedBase64, UpstreamFailures failures) throws ProviderException {
        if (base64 == null || base64 == wantedBase64) {
            return body;
        }
        ObjectNode reply = ReplyJson.object(body.getBytes(), failures);
        for (JsonNode item : reply.path("data")) {
            if (item instanceof ObjectNode object) {
                float[] vector = vector(object.path("embedding"), failures);
                object.set("embedding", wantedBase64 ? text(vector) : numbers(vector));
            }
        }
        return Buffer.buffer(Json.write(reply));
    }

    private static float[] vector(JsonNode embedding, UpstreamFailures failures) throws ProviderException {
        if (embedding.isTextual()) {
            return decoded(embedding.textValue(), failures);
        }
        float[] vector = new float[embedding.size()];
        for (int index = 0; index < vector.length; index++) {
            JsonNode number = embedding.get(index);
            if (!number.isNumber()) {
                throw failures.badReply("a vector in it holds something else than numbers");
            }
            vector[index] = number.floatValue();
        }
        return vector;
    }

    private static float[] decoded(String text, UpstreamFailures failures) throws ProviderException {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
            float[] vector = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(vector);
            return vector;
        } catch (IllegalArgumentException malformed) {
            throw failures.badReply("a vector in it is not base64");
        }
    }

    private static JsonNode text(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Json.mapper().getNodeFactory().textNode(Base64.getEncoder().encodeToString(bytes.array()));
    }

    private static JsonNode numbers(float[] vector) {
        ArrayNode numbers = Json.mapper().createArrayNode();
        for (float number : vector) {
            numbers.add(number);
        }
        return numbers;
    }
}
