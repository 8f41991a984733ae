package dev.gantry.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.Embedder;
import dev.gantry.provider.EventReader;
import dev.gantry.provider.EventsReply;
import dev.gantry.provider.FirstCallOnly;
import dev.gantry.provider.KeyHealth;
import dev.gantry.provider.ListedModel;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderKeys;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.TokenCounter;
import dev.gantry.provider.Upstream;
import dev.gantry.provider.UpstreamFailures;
import dev.gantry.provider.UpstreamHeaders;
import dev.gantry.provider.UpstreamHttp;
import dev.gantry.provider.UpstreamReply;
import dev.gantry.provider.UpstreamRequest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Speaks Google's Gemini API: {@code generateContent}, {@code streamGenerateContent}, {@code countTokens}, embeddings. */
final class GeminiProvider implements ChatProvider {
    private static final CharSequence API_KEY = HttpHeaders.createOptimized("x-goog-api-key");
    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    private static final String MODELS_PREFIX = "models/";

    private final String name;
    private final GeminiPaths paths;
    private final Upstream upstream;
    private final ProviderKeys keys;
    private final GeminiEmbedder embedder;

    GeminiProvider(String name, ProviderSettings settings, UpstreamHttp http) {
        this.name = name;
        this.paths = GeminiPaths.of(settings);
        this.upstream = http.open(name, paths.base(), settings.limits());
        UpstreamHeaders fixed = UpstreamHeaders.NONE
                .with(HttpHeaders.CONTENT_TYPE, "application/json")
                .with(HttpHeaders.USER_AGENT, "gantry")
                .withAll(settings.headers());
        this.keys = ProviderKeys.of(name, upstream.failures(), settings.keys(), key -> fixed.with(API_KEY, key), fixed);
        this.embedder = new GeminiEmbedder(paths, upstream, keys);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ChatReply chat(ChatRequest request, CallContext context) throws ProviderException {
        UpstreamFailures failures = upstream.failures();
        Buffer body = Buffer.buffer(Json.write(GeminiRequestWriter.write(request, failures)));
        if (request.stream()) {
            String path = paths.method(request.model(), "streamGenerateContent") + "?alt=sse";
            return FirstCallOnly.where(
                    request,
                    keys.use(
                            context,
                            headers -> new GeminiStreamReply(
                                    EventReader.of(
                                            upstream.stream(
                                                    new UpstreamRequest(path, withCall(headers, context), body),
                                                    context),
                                            failures),
                                    request.model(),
                                    failures)));
        }
        String path = paths.method(request.model(), "generateContent");
        ObjectNode reply = exchange(path, body, context);
        return FirstCallOnly.where(
                request, new EventsReply(new GeminiReplyReader(request.model(), failures).whole(reply)));
    }

    private ObjectNode exchange(String path, Buffer body, CallContext context) throws ProviderException {
        UpstreamReply reply = keys.use(
                context,
                headers -> upstream.exchange(new UpstreamRequest(path, withCall(headers, context), body), context));
        return ReplyJson.object(reply.body().getBytes(), upstream.failures());
    }

    @Override
    public ChatOption.Support support(ChatOption option, ChatRequest request) {
        return switch (option) {
            case PRESENCE_PENALTY, FREQUENCY_PENALTY ->
                GeminiOptions.takesPenalties(request.model()) ? ChatOption.Support.TAKEN : ChatOption.Support.MISSING;
            case END_USER -> ChatOption.Support.MISSING;
            case TEMPERATURE, TOP_P, TOP_K, STOP, SEED, REASONING_EFFORT -> ChatOption.Support.TAKEN;
        };
    }

    @Override
    public Optional<Embedder> embedder() {
        return Optional.of(embedder);
    }

    @Override
    public Optional<TokenCounter> tokenCounter() {
        return Optional.of(this::countTokens);
    }

    private long countTokens(ChatRequest request, CallContext context) throws ProviderException {
        ObjectNode asked = GeminiRequestWriter.write(request, upstream.failures());
        asked.put("model", GeminiPaths.resource(request.model()));
        ObjectNode body = Json.object();
        body.set("generateContentRequest", asked);
        ObjectNode reply =
                exchange(paths.method(request.model(), "countTokens"), Buffer.buffer(Json.write(body)), context);
        if (!reply.path("totalTokens").isIntegralNumber()) {
            throw upstream.failures().badReply("it holds no totalTokens");
        }
        return ReplyJson.count(reply, "totalTokens");
    }

    @Override
    public List<ListedModel> listModels(CallContext context) throws ProviderException {
        UpstreamReply reply = keys.use(
                context,
                headers -> upstream.exchange(
                        new UpstreamRequest(paths.models(), withCall(headers, context), null), context));
        ObjectNode list = ReplyJson.object(reply.body().getBytes(), upstream.failures());
        List<ListedModel> models = new ArrayList<>();
        for (JsonNode model : list.path("models")) {
            String id = ReplyJson.text(model, "name");
            if (id != null) {
                models.add(ListedModel.of(id.startsWith(MODELS_PREFIX) ? id.substring(MODELS_PREFIX.length()) : id));
            }
        }
        return List.copyOf(models);
    }

    /** Adds the headers of one call. */
    static UpstreamHeaders withCall(UpstreamHeaders headers, CallContext context) {
        return headers.withOptional(TRACEPARENT, context.traceparent());
    }

    @Override
    public KeyHealth keyHealth() {
        return keys.health();
    }

    @Override
    public void close() {
        upstream.close();
    }
}
