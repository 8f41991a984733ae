package dev.gantry.provider.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * An interface that generates nothing and never streams: vectors and counts of tokens. Serves one request, whose body it
 * keeps; errors are those of the chat interface beside it.
 */
final class SingleReplyWire implements Wire {
    private final Wire chat;
    private final BiFunction<ObjectNode, Told, ObjectNode> reply;
    private ObjectNode body = Json.object();

    private SingleReplyWire(Wire chat, BiFunction<ObjectNode, Told, ObjectNode> reply) {
        this.chat = chat;
        this.reply = reply;
    }

    /** OpenAI's embeddings. A model called {@code numbers-only} knows no base64, like many compatible servers. */
    static Wire openAiEmbeddings(Wire chat) {
        return new SingleReplyWire(chat, SingleReplyWire::embeddings);
    }

    /** Ollama's embeddings. */
    static Wire ollamaEmbed(Wire chat) {
        return new SingleReplyWire(chat, SingleReplyWire::embed);
    }

    /** Anthropic's count of tokens. */
    static Wire anthropicCount(Wire chat) {
        return new SingleReplyWire(
                chat,
                (body, told) ->
                        Json.object().put("input_tokens", told.scenario().inputTokens()));
    }

    private static ObjectNode embeddings(ObjectNode body, Told told) {
        String model = body.path("model").asText();
        boolean base64 = body.path("encoding_format").asText().equals("base64") && !model.equals("numbers-only");
        ObjectNode reply = Json.object().put("object", "list");
        ArrayNode data = reply.putArray("data");
        for (float[] vector : vectors(body)) {
            ObjectNode item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            if (base64) {
                item.put("embedding", SimulatedVectors.base64(vector));
            } else {
                numbers(item.putArray("embedding"), vector);
            }
        }
        reply.put("model", model);
        if (told.scenario().usage()) {
            int tokens = told.scenario().inputTokens();
            reply.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        }
        return reply;
    }

    private static ObjectNode embed(ObjectNode body, Told told) {
        ObjectNode reply = Json.object().put("model", body.path("model").asText());
        ArrayNode embeddings = reply.putArray("embeddings");
        vectors(body).forEach(vector -> numbers(embeddings.addArray(), vector));
        if (told.scenario().usage()) {
            reply.put("prompt_eval_count", told.scenario().inputTokens());
        }
        return reply;
    }

    /** One vector for a text or an array of tokens, one for each item of any other array. */
    private static List<float[]> vectors(ObjectNode body) {
        int dimensions = body.path("dimensions").asInt(SimulatedVectors.DIMENSIONS);
        JsonNode input = body.path("input");
        List<float[]> vectors = new ArrayList<>();
        if (input.isArray() && !input.path(0).isNumber()) {
            input.forEach(item -> vectors.add(SimulatedVectors.of(item.asText(item.toString()), dimensions)));
        } else {
            vectors.add(SimulatedVectors.of(input.asText(input.toString()), dimensions));
        }
        return vectors;
    }

    private static void numbers(ArrayNode target, float[] vector) {
        for (float number : vector) {
            target.add(number);
        }
    }

    @Override
    public Asked read(ObjectNode asked, String path) {
        body = asked;
        return chat.read(asked, path).withoutStream();
    }

    @Override
    public ObjectNode whole(Told told) {
        return reply.apply(body, told);
    }

    @Override
    public List<Buffer> stream(Told told) {
        throw new IllegalStateException("There are no streams here");
    }

    @Override
    public Buffer errorInStream(String type, String message) {
        return chat.errorInStream(type, message);
    }

    @Override
    public ObjectNode error(int status, String type, String message) {
        return chat.error(status, type, message);
    }

    @Override
    public ObjectNode models() {
        return chat.models();
    }

    @Override
    public String streamType() {
        return chat.streamType();
    }
}
