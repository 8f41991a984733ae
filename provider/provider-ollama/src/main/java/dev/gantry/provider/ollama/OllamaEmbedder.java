package dev.gantry.provider.ollama;

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
 * Speaks Ollama's {@code /api/embed}. Texts that are longer than the model's context are an error, as at OpenAI, and not cut
 * off in silence, as Ollama does by itself; the end user has no place in the interface and is left out.
 */
final class OllamaEmbedder implements Embedder {
    private static final String EMBED = "/api/embed";

    private final Upstream upstream;
    private final ProviderKeys keys;

    OllamaEmbedder(Upstream upstream, ProviderKeys keys) {
        this.upstream = upstream;
        this.keys = keys;
    }

    @Override
    public Embeddings embed(EmbeddingRequest request, CallContext context) throws ProviderException {
        UpstreamFailures failures = upstream.failures();
        Buffer body = Buffer.buffer(Json.write(write(request)));
        UpstreamReply reply =
                keys.use(context, headers -> upstream.exchange(new UpstreamRequest(EMBED, headers, body), context));
        ObjectNode tree = ReplyJson.object(reply.body().getBytes(), failures);
        List<float[]> vectors = new ArrayList<>();
        for (JsonNode vector : tree.path("embeddings")) {
            vectors.add(ReplyJson.numbers(vector, failures));
        }
        if (vectors.size() != request.texts().size()) {
            throw failures.badReply("it holds " + vectors.size() + " vectors for "
                    + request.texts().size() + " texts");
        }
        String model = ReplyJson.text(tree, "model");
        return new Embeddings(model == null ? request.model() : model, vectors, usage(tree));
    }

    private static ObjectNode write(EmbeddingRequest request) {
        ObjectNode body = Json.object().put("model", request.model()).put("truncate", false);
        ArrayNode input = body.putArray("input");
        request.texts().forEach(input::add);
        if (request.dimensions() != null) {
            body.put("dimensions", request.dimensions());
        }
        return body;
    }

    private static @Nullable TokenUsage usage(ObjectNode reply) {
        return reply.path("prompt_eval_count").isIntegralNumber()
                ? new TokenUsage(ReplyJson.count(reply, "prompt_eval_count"), 0, 0, 0, 0, false)
                : null;
    }
}
