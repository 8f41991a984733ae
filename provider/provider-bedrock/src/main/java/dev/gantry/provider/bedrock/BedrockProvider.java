package dev.gantry.provider.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.EventsReply;
import dev.gantry.provider.FirstCallOnly;
import dev.gantry.provider.KeyHealth;
import dev.gantry.provider.PathSegment;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
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
import dev.gantry.provider.UpstreamStream;
import dev.gantry.provider.bedrock.AwsKeySource.NoAwsKeyException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks Amazon Bedrock's Converse, with an API key of Bedrock or with requests that are signed by a key of AWS. Model ids, ids
 * of inference profiles and ARNs go into the path as they are configured, encoded.
 */
final class BedrockProvider implements ChatProvider {
    private static final Logger LOG = LoggerFactory.getLogger(BedrockProvider.class);
    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    private static final String EVENT_STREAM = "application/vnd.amazon.eventstream";
    private static final String JSON = "application/json";

    private final String name;
    private final Upstream upstream;
    private final String host;
    private final String basePath;
    private final ProviderKeys keys;
    private final AwsSigner signer;
    /** Null where an API key is sent and nothing signed. */
    private final @Nullable AwsKeySource signingKeys;

    BedrockProvider(String name, ProviderSettings settings, UpstreamHttp http, Clock clock) {
        this.name = name;
        String region = settings.region().orElse("");
        URI address = settings.baseUrl()
                .orElseGet(() -> URI.create("https://bedrock-runtime." + region + ".amazonaws.com" + suffix(region)));
        this.upstream = http.open(name, address, settings.limits());
        this.host = host(address);
        String path = address.getRawPath() == null ? "" : address.getRawPath();
        this.basePath = path.replaceFirst("/+$", "");
        UpstreamHeaders fixed = UpstreamHeaders.NONE
                .with(HttpHeaders.CONTENT_TYPE, JSON)
                .with(HttpHeaders.USER_AGENT, "gantry")
                .withAll(settings.headers());
        this.signer = new AwsSigner(region, "bedrock", clock);
        this.signingKeys = settings.credentials().map(AwsKeySource::of).orElse(null);
        this.keys = signingKeys == null
                ? ProviderKeys.of(
                        name,
                        upstream.failures(),
                        settings.keys(),
                        key -> fixed.with(HttpHeaders.AUTHORIZATION, "Bearer " + key),
                        fixed)
                : ProviderKeys.of(name, upstream.failures(), List.of(Secret.of("signs")), key -> fixed, fixed);
    }

    private static String suffix(String region) {
        return region.startsWith("cn-") ? ".cn" : "";
    }

    /** Returns the host as the HTTP client writes it into the header that is signed. */
    private static String host(URI address) {
        boolean tls = "https".equalsIgnoreCase(address.getScheme());
        boolean usual = address.getPort() < 0 || address.getPort() == (tls ? 443 : 80);
        return usual ? address.getHost() : address.getHost() + ":" + address.getPort();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ChatReply chat(ChatRequest request, CallContext context) throws ProviderException {
        UpstreamFailures failures = upstream.failures();
        BedrockModel model = BedrockModel.of(request.model());
        ConverseRequestWriter writer = new ConverseRequestWriter(request, model, failures);
        Buffer body = Buffer.buffer(Json.write(writer.write()));
        ConverseReplyReader reader = new ConverseReplyReader(model.id(), writer.answersByTool(), failures);
        AwsKey signing = signingKey();
        if (request.stream()) {
            return FirstCallOnly.where(
                    request,
                    keys.use(
                            context,
                            headers -> streamed(
                                    upstream.stream(
                                            request(signing, model, "converse-stream", body, headers, context),
                                            context),
                                    reader)));
        }
        UpstreamReply reply = keys.use(
                context,
                headers -> upstream.exchange(request(signing, model, "converse", body, headers, context), context));
        ObjectNode tree = ReplyJson.object(reply.body().getBytes(), failures);
        return FirstCallOnly.where(
                request, new EventsReply(reader.whole(tree, reply.headers().get("x-amzn-requestid"))));
    }

    @Override
    public ChatOption.Support support(ChatOption option, ChatRequest request) {
        return ConverseOptions.support(option, request);
    }

    private ChatReply streamed(UpstreamStream stream, ConverseReplyReader reader) throws ProviderException {
        String type = stream.header("content-type");
        if (type != null && !type.startsWith(EVENT_STREAM)) {
            stream.close();
            throw upstream.failures().badReply("a stream of AWS events was asked for, and something else came");
        }
        return new ConverseStreamReply(stream, reader, upstream.failures());
    }

    private UpstreamRequest request(
            @Nullable AwsKey signing,
            BedrockModel model,
            String operation,
            Buffer body,
            UpstreamHeaders headers,
            CallContext context) {
        String path = "/model/" + PathSegment.of(model.id()) + "/" + operation;
        UpstreamHeaders all = headers;
        if (signing != null) {
            all = all.withAll(signer.sign(
                    signing, "POST", basePath + path, Map.of("host", host, "content-type", JSON), body.getBytes()));
        }
        return new UpstreamRequest(path, all.withOptional(TRACEPARENT, context.traceparent()), body);
    }

    /** Returns the key to sign with; null where an API key is sent. */
    private @Nullable AwsKey signingKey() throws ProviderException {
        if (signingKeys == null) {
            return null;
        }
        try {
            return signingKeys.current();
        } catch (NoAwsKeyException nothingFound) {
            // Its words name roles, accounts and files, which are no business of callers.
            LOG.warn("Provider '{}' found no key of AWS to sign with: {}", name, nothingFound.getMessage());
            throw ProviderException.unseen(
                    Failure.AUTHENTICATION,
                    "Provider '" + name
                            + "' found no key of AWS to sign with; the operator finds in the log where it was"
                            + " looked for",
                    null,
                    nothingFound);
        }
    }

    @Override
    public Optional<TokenCounter> tokenCounter() {
        return Optional.of(this::countTokens);
    }

    /** Bedrock counts for Claude, and not for every id of it. */
    private long countTokens(ChatRequest request, CallContext context) throws ProviderException {
        UpstreamFailures failures = upstream.failures();
        BedrockModel model = BedrockModel.of(request.model());
        if (!model.isClaude()) {
            throw failures.unsupported("counting tokens for " + model.id());
        }
        ObjectNode body = Json.object();
        ObjectNode converse = body.putObject("input").putObject("converse");
        ObjectNode asked = new ConverseRequestWriter(request, model, failures).write();
        for (String field : List.of("messages", "system", "toolConfig", "additionalModelRequestFields")) {
            if (asked.has(field)) {
                converse.set(field, asked.get(field));
            }
        }
        Buffer bytes = Buffer.buffer(Json.write(body));
        AwsKey signing = signingKey();
        try {
            UpstreamReply reply = keys.use(
                    context,
                    headers -> upstream.exchange(
                            request(signing, model, "count-tokens", bytes, headers, context), context));
            ObjectNode counted = ReplyJson.object(reply.body().getBytes(), failures);
            if (!counted.path("inputTokens").isIntegralNumber()) {
                throw failures.badReply("it holds no inputTokens");
            }
            return ReplyJson.count(counted, "inputTokens");
        } catch (ProviderException refused) {
            throw refused.failure() == Failure.REJECTED
                    ? failures.unsupported("counting tokens for " + model.id())
                    : refused;
        }
    }

    @Override
    public Optional<String> regionOf(String model, Optional<String> configured) {
        return BedrockModel.of(model).region(configured);
    }

    @Override
    public KeyHealth keyHealth() {
        return keys.health();
    }

    @Override
    public void close() {
        upstream.close();
        if (signingKeys != null) {
            signingKeys.close();
        }
    }
}
