package dev.gantry.provider.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.provider.Embedder;
import dev.gantry.provider.EventsReply;
import dev.gantry.provider.FirstCallOnly;
import dev.gantry.provider.KeyHealth;
import dev.gantry.provider.LineReader;
import dev.gantry.provider.ListedModel;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderKeys;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.Upstream;
import dev.gantry.provider.UpstreamFailures;
import dev.gantry.provider.UpstreamHeaders;
import dev.gantry.provider.UpstreamHttp;
import dev.gantry.provider.UpstreamReply;
import dev.gantry.provider.UpstreamRequest;
import dev.gantry.provider.UpstreamStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Speaks Ollama's {@code /api/chat}, which can say more than its OpenAI-compatible one (thinking, durations). A key is sent
 * as a bearer, for an Ollama behind a proxy that wants one.
 */
final class OllamaProvider implements ChatProvider {
    private static final String CHAT = "/api/chat";
    private static final String TAGS = "/api/tags";

    private final String name;
    private final Upstream upstream;
    private final ProviderKeys keys;
    private final OllamaEmbedder embedder;

    OllamaProvider(String name, ProviderSettings settings, UpstreamHttp http) {
        this.name = name;
        this.upstream = http.open(name, settings.baseUrl().orElse(OllamaAddress.USUAL), settings.limits());
        UpstreamHeaders fixed = UpstreamHeaders.NONE
                .with(HttpHeaders.CONTENT_TYPE, "application/json")
                .with(HttpHeaders.USER_AGENT, "gantry")
                .withAll(settings.headers());
        this.keys = ProviderKeys.of(
                name,
                upstream.failures(),
                settings.keys(),
                key -> fixed.with(HttpHeaders.AUTHORIZATION, "Bearer " + key),
                fixed);
        this.embedder = new OllamaEmbedder(upstream, keys);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ChatReply chat(ChatRequest request, CallContext context) throws ProviderException {
        UpstreamFailures failures = upstream.failures();
        if (request.toolChoice() instanceof ToolChoice.Any || request.toolChoice() instanceof ToolChoice.Named) {
            throw failures.unsupported("a tool_choice that forces a tool; leave the choice to the model");
        }
        Buffer body = Buffer.buffer(Json.write(OllamaRequestWriter.write(request, failures)));
        if (request.stream()) {
            return FirstCallOnly.where(
                    request,
                    keys.use(
                            context,
                            headers -> streamed(upstream.stream(new UpstreamRequest(CHAT, headers, body), context))));
        }
        UpstreamReply reply =
                keys.use(context, headers -> upstream.exchange(new UpstreamRequest(CHAT, headers, body), context));
        return FirstCallOnly.where(
                request,
                new EventsReply(
                        OllamaReplyReader.whole(ReplyJson.object(reply.body().getBytes(), failures), failures)));
    }

    @Override
    public ChatOption.Support support(ChatOption option, ChatRequest request) {
        return option == ChatOption.END_USER ? ChatOption.Support.MISSING : ChatOption.Support.TAKEN;
    }

    private ChatReply streamed(UpstreamStream stream) throws ProviderException {
        UpstreamFailures failures = upstream.failures();
        String type = stream.header("content-type");
        if (type != null && !type.contains("json")) {
            stream.close();
            throw failures.badReply("a stream of JSON lines was asked for, and something else came");
        }
        return new OllamaStreamReply(new LineReader(stream, failures), failures);
    }

    @Override
    public Optional<Embedder> embedder() {
        return Optional.of(embedder);
    }

    @Override
    public List<ListedModel> listModels(CallContext context) throws ProviderException {
        UpstreamReply reply =
                keys.use(context, headers -> upstream.exchange(new UpstreamRequest(TAGS, headers, null), context));
        ObjectNode list = ReplyJson.object(reply.body().getBytes(), upstream.failures());
        List<ListedModel> models = new ArrayList<>();
        for (JsonNode model : list.path("models")) {
            String id = ReplyJson.text(model, "name");
            if (id != null) {
                models.add(new ListedModel(id, embedsOnly(id, model.path("details"))));
            }
        }
        return List.copyOf(models);
    }

    /** The families of BERT only make vectors; other models for vectors can be told by their names alone. */
    private static boolean embedsOnly(String name, JsonNode details) {
        return details.path("family").asText().contains("bert") || name.contains("embed");
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
