package dev.gantry.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.EventReader;
import dev.gantry.provider.EventsReply;
import dev.gantry.provider.KeyHealth;
import dev.gantry.provider.ListedModel;
import dev.gantry.provider.NativeEndpoint;
import dev.gantry.provider.OutputLimitField;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderKeys;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.Upstream;
import dev.gantry.provider.UpstreamFailures;
import dev.gantry.provider.UpstreamHeaders;
import dev.gantry.provider.UpstreamHttp;
import dev.gantry.provider.UpstreamReply;
import dev.gantry.provider.UpstreamRequest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Speaks OpenAI's chat completions, responses and embeddings. */
final class OpenAiProvider implements ChatProvider {
    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-client-request-id");
    private static final CharSequence IDEMPOTENCY_KEY = HttpHeaders.createOptimized("idempotency-key");
    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");

    private final String name;
    private final OpenAiAddress address;
    private final Upstream upstream;
    private final ProviderKeys keys;
    private final OpenAiRequestWriter writer;
    private final Map<ClientSchema, NativeEndpoint> endpoints;

    OpenAiProvider(String name, ProviderSettings settings, UpstreamHttp http) {
        this.name = name;
        this.address = OpenAiAddress.of(settings);
        this.upstream = http.open(name, address.base(), settings.limits());
        boolean azure = settings.type() == ProviderType.AZURE;
        UpstreamHeaders fixed = UpstreamHeaders.NONE
                .with(HttpHeaders.CONTENT_TYPE, "application/json")
                .with(HttpHeaders.USER_AGENT, "gantry")
                .withAll(settings.headers());
        this.keys = ProviderKeys.of(
                name,
                upstream.failures(),
                settings.keys(),
                key -> azure ? fixed.with("api-key", key) : fixed.with(HttpHeaders.AUTHORIZATION, "Bearer " + key),
                fixed);
        boolean newerField = switch (settings.outputLimitField()) {
            case AUTO -> azure || address.isOpenAi();
            case MAX_TOKENS -> false;
            case MAX_COMPLETION_TOKENS -> true;
        };
        this.writer = new OpenAiRequestWriter(
                newerField ? OutputLimitField.MAX_COMPLETION_TOKENS : OutputLimitField.MAX_TOKENS);
        this.endpoints = new EnumMap<>(ClientSchema.class);
        endpoints.put(ClientSchema.OPENAI_CHAT, new OpenAiNativeChat(address, upstream, keys));
        endpoints.put(ClientSchema.OPENAI_EMBEDDINGS, new OpenAiNativeEmbeddings(address, upstream, keys));
        if (speaksResponses(settings)) {
            endpoints.put(ClientSchema.OPENAI_RESPONSES, new OpenAiNativeResponses(address, upstream, keys));
        }
    }

    private boolean speaksResponses(ProviderSettings settings) {
        return switch (settings.responses()) {
            case NATIVE -> true;
            case TRANSLATED -> false;
            case AUTO -> settings.type() == ProviderType.AZURE ? !address.namesModelInPath() : address.isOpenAi();
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ChatReply chat(ChatRequest request, CallContext context) throws ProviderException {
        Buffer body = Buffer.buffer(Json.write(writer.write(request)));
        String path = address.chatPath(request.model());
        UpstreamFailures failures = upstream.failures();
        if (request.stream()) {
            return keys.use(
                    context,
                    headers -> new OpenAiStreamReply(
                            EventReader.of(
                                    upstream.stream(
                                            new UpstreamRequest(path, withCall(headers, context), body), context),
                                    failures),
                            failures));
        }
        UpstreamReply reply = keys.use(
                context,
                headers -> upstream.exchange(new UpstreamRequest(path, withCall(headers, context), body), context));
        return new EventsReply(
                OpenAiReplyReader.read(ReplyJson.object(reply.body().getBytes(), failures), failures));
    }

    @Override
    public ChatOption.Support support(ChatOption option, ChatRequest request) {
        return switch (option) {
            case TOP_K -> ChatOption.Support.MISSING;
            case TEMPERATURE, TOP_P, PRESENCE_PENALTY, FREQUENCY_PENALTY, STOP, REASONING_EFFORT, SEED, END_USER ->
                ChatOption.Support.TAKEN;
        };
    }

    @Override
    public Optional<NativeEndpoint> nativeEndpoint(ClientSchema schema) {
        return Optional.ofNullable(endpoints.get(schema));
    }

    @Override
    public List<ListedModel> listModels(CallContext context) throws ProviderException {
        UpstreamReply reply = keys.use(
                context,
                headers -> upstream.exchange(
                        new UpstreamRequest(address.modelsPath(), withCall(headers, context), null), context));
        ObjectNode list = ReplyJson.object(reply.body().getBytes(), upstream.failures());
        List<ListedModel> models = new ArrayList<>();
        for (JsonNode model : list.path("data")) {
            String id = ReplyJson.text(model, "id");
            if (id != null) {
                models.add(ListedModel.of(id));
            }
        }
        return List.copyOf(models);
    }

    /** Adds the headers of one call. */
    static UpstreamHeaders withCall(UpstreamHeaders headers, CallContext context) {
        return headers.withOptional(REQUEST_ID, context.requestId())
                .withOptional(IDEMPOTENCY_KEY, context.idempotencyKey())
                .withOptional(TRACEPARENT, context.traceparent());
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
