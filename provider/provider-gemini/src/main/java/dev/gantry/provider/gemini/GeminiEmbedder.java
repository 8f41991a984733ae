package dev.gantry.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.Embedder;
import dev.gantry.provider.EmbeddingRequest;
import dev.gantry.provider.Embeddings;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderKeys;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.Upstream;
import dev.gantry.provider.UpstreamFailures;
import dev.gantry.provider.UpstreamReply;
import dev.gantry.provider.UpstreamRequest;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Speaks {@code batchEmbedContents}, in batches of the hundred texts that it takes at most. Vectors that were shortened by
 * the caller's wish are brought to length 1, as OpenAI's are and Gemini's are not. The end user has no place in the
 * interface and is left out.
 */
final class GeminiEmbedder implements Embedder {
    private static final int BATCH_MAX = 100;

    private final GeminiPaths paths;
    private final Upstream upstream;
    private final ProviderKeys keys;

    GeminiEmbedder(GeminiPaths paths, Upstream upstream, ProviderKeys keys) {
        this.paths = paths;
        this.upstream = upstream;
        this.keys = keys;
    }

    @Override
    public Embeddings embed(EmbeddingRequest request, CallContext context) throws ProviderException {
        String path = paths.method(request.model(), "batchEmbedContents");
        List<float[]> vectors = new ArrayList<>();
        TokenUsage usage = TokenUsage.NONE;
        for (int from = 0; from < request.texts().size(); from += BATCH_MAX) {
            List<String> texts =
                    request.texts().subList(from, Math.min(request.texts().size(), from + BATCH_MAX));
            ObjectNode reply = exchange(path, write(request, texts), context);
            read(reply, texts.size(), request.dimensions() != null, vectors);
            usage = plus(usage, reply.path("usageMetadata"));
        }
        return new Embeddings(request.model(), vectors, usage);
    }

    private ObjectNode exchange(String path, ObjectNode body, CallContext context) throws ProviderException {
        Buffer bytes = Buffer.buffer(Json.write(body));
        UpstreamReply reply = keys.use(
                context,
                headers -> upstream.exchange(
                        new UpstreamRequest(path, GeminiProvider.withCall(headers, context), bytes), context));
        return ReplyJson.object(reply.body().getBytes(), upstream.failures());
    }

    private static ObjectNode write(EmbeddingRequest request, List<String> texts) {
        ObjectNode body = Json.object();
        ArrayNode requests = body.putArray("requests");
        for (String text : texts) {
            ObjectNode written = requests.addObject().put("model", GeminiPaths.resource(request.model()));
            written.putObject("content").putArray("parts").addObject().put("text", text);
            if (request.dimensions() != null) {
                written.put("outputDimensionality", request.dimensions());
            }
        }
        return body;
    }

    private void read(ObjectNode reply, int expected, boolean shortened, List<float[]> vectors)
            throws ProviderException {
        UpstreamFailures failures = upstream.failures();
        JsonNode embeddings = reply.path("embeddings");
        if (embeddings.size() != expected) {
            throw failures.badReply("it holds " + embeddings.size() + " vectors for " + expected + " texts");
        }
        for (JsonNode embedding : embeddings) {
            float[] vector = ReplyJson.numbers(embedding.path("values"), failures);
            vectors.add(shortened ? unit(vector) : vector);
        }
    }

    private static float[] unit(float[] vector) {
        double squares = 0;
        for (float number : vector) {
            squares += (double) number * number;
        }
        double length = Math.sqrt(squares);
        for (int index = 0; index < vector.length && length > 0; index++) {
            vector[index] = (float) (vector[index] / length);
        }
        return vector;
    }

    /** Only newer models tell numbers; without them in every batch there are none. */
    private static @Nullable TokenUsage plus(@Nullable TokenUsage before, JsonNode told) {
        return before == null || !told.path("promptTokenCount").isIntegralNumber()
                ? null
                : new TokenUsage(before.input() + ReplyJson.count(told, "promptTokenCount"), 0, 0, 0, 0, false);
    }
}
