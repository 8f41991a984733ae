package dev.gantry.provider.anthropic;

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
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Speaks Anthropic's messages. */
final class AnthropicProvider implements ChatProvider {
    static final String MESSAGES = "/v1/messages";
    private static final CharSequence VERSION = HttpHeaders.createOptimized("anthropic-version");

    private static final URI ANTHROPIC = URI.create("https://api.anthropic.com");
    private static final CharSequence API_KEY = HttpHeaders.createOptimized("x-api-key");
    private static final CharSequence IDEMPOTENCY_KEY = HttpHeaders.createOptimized("idempotency-key");
    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    private static final String VERSION_DEFAULT = "2023-06-01";
    private static final String MODELS = "/v1/models?limit=1000";

    private final String name;
    private final Upstream upstream;
    private final ProviderKeys keys;
    private final AnthropicNativeChat nativeChat;
    private final AnthropicTokenCount tokenCount;

    AnthropicProvider(String name, ProviderSettings settings, UpstreamHttp http) {
        this.name = name;
        this.upstream = http.open(name, address(settings.baseUrl().orElse(ANTHROPIC)), settings.limits());
        UpstreamHeaders fixed = UpstreamHeaders.NONE
                .with(HttpHeaders.CONTENT_TYPE, "application/json")
                .with(HttpHeaders.USER_AGENT, "gantry")
                .with(VERSION, settings.apiVersion().orElse(VERSION_DEFAULT))
                .withAll(settings.headers());
        this.keys = ProviderKeys.of(name, upstream.failures(), settings.keys(), key -> fixed.with(API_KEY, key), fixed);
        this.nativeChat = new AnthropicNativeChat(upstream, keys);
        this.tokenCount = new AnthropicTokenCount(upstream, keys);
    }

    /** Takes the address with {@code /v1} at its end, too, as people know it from OpenAI. */
    private static URI address(URI given) {
        String text = given.toString().replaceFirst("/+$", "");
        return URI.create(text.endsWith("/v1") ? text.substring(0, text.length() - 3) : text);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ChatReply chat(ChatRequest request, CallContext context) throws ProviderException {
        UpstreamFailures failures = upstream.failures();
        Buffer body = Buffer.buffer(Json.write(AnthropicRequestWriter.write(request)));
        if (request.stream()) {
            return keys.use(
                    context,
                    headers -> new AnthropicStreamReply(
                            EventReader.of(
                                    upstream.stream(
                                            new UpstreamRequest(MESSAGES, withCall(headers, context), body), context),
                                    failures),
                            failures));
        }
        UpstreamReply reply = keys.use(
                context,
                headers -> upstream.exchange(new UpstreamRequest(MESSAGES, withCall(headers, context), body), context));
        return new EventsReply(
                AnthropicReplyReader.read(ReplyJson.object(reply.body().getBytes(), failures), failures));
    }

    @Override
    public ChatOption.Support support(ChatOption option, ChatRequest request) {
        return AnthropicRequestWriter.support(option, request);
    }

    @Override
    public boolean keepsMarkedPrompts() {
        return true;
    }

    @Override
    public Optional<NativeEndpoint> nativeEndpoint(ClientSchema schema) {
        return switch (schema) {
            case ANTHROPIC_MESSAGES -> Optional.of(nativeChat);
            case ANTHROPIC_TOKEN_COUNT -> Optional.of(tokenCount);
            case OPENAI_CHAT, OPENAI_RESPONSES, OPENAI_EMBEDDINGS -> Optional.empty();
        };
    }

    @Override
    public List<ListedModel> listModels(CallContext context) throws ProviderException {
        UpstreamReply reply = keys.use(
                context,
                headers -> upstream.exchange(new UpstreamRequest(MODELS, withCall(headers, context), null), context));
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

    /** Adds the headers of one call that forwards a client's; its own version of the interface goes before ours. */
    static UpstreamHeaders withClients(UpstreamHeaders fixed, Map<String, String> headers, CallContext context) {
        UpstreamHeaders all = withCall(fixed, context);
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (header.getKey().equalsIgnoreCase(VERSION.toString())) {
                all = all.withOptional(VERSION, header.getValue());
            }
        }
        return all.withClients(headers);
    }

    /** Adds the headers of one call. */
    static UpstreamHeaders withCall(UpstreamHeaders headers, CallContext context) {
        return headers.withOptional(IDEMPOTENCY_KEY, context.idempotencyKey())
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
