package dev.gantry.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.Embeddings;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** Replies of OpenAI's {@code POST /v1/embeddings}, from its public API reference. */
final class OpenAiEmbeddingsFormat {
    private OpenAiEmbeddingsFormat() {}

    /**
     * Returns the JSON body.
     *
     * @param base64 whether vectors are written as base64 of little-endian floats, as OpenAI's own clients ask by default
     */
    static Buffer write(Embeddings embeddings, boolean base64, TokenUsage usage) {
        ObjectNode body = Json.object().put("object", "list");
        ArrayNode data = body.putArray("data");
        int index = 0;
        for (float[] vector : embeddings.vectors()) {
            ObjectNode item = data.addObject().put("object", "embedding").put("index", index++);
            if (base64) {
                item.put("embedding", base64(vector));
            } else {
                ArrayNode numbers = item.putArray("embedding");
                for (float number : vector) {
                    numbers.add(number);
                }
            }
        }
        body.put("model", embeddings.model());
        body.putObject("usage").put("prompt_tokens", usage.prompt()).put("total_tokens", usage.prompt());
        return Buffer.buffer(Json.write(body));
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
