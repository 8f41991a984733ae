package dev.gantry.gateway;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ClientSchema.Operation;
import dev.gantry.provider.ClientStream;
import dev.gantry.provider.Embedder;
import dev.gantry.provider.Embeddings;
import dev.gantry.provider.NativeEndpoint;
import dev.gantry.provider.NativeReply;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.TokenCounter;
import dev.gantry.provider.TokenEstimator;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a provider and brings back its answer: forwarded untranslated where provider and client speak the same schema,
 * otherwise through the shared words. Streams reach the client from here; whole answers wait for their settlement.
 */
final class Execution {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);
    private static final Map<String, String> STREAM_HEADERS =
            Map.of("Content-Type", "text/event-stream; charset=utf-8", "Cache-Control", "no-cache");

    private static final long COUNT_MAX = 10_000_000_000L;

    /** Nothing consumed, and no provider has said so. */
    private static final TokenUsage NOTHING_COUNTED = new TokenUsage(0, 0, 0, 0, 0, true);

    private Execution() {}

    /** Never throws for what a provider or a client does: what was consumed must be paid. */
    static Answered execute(Route route) {
        long started = System.nanoTime();
        try {
            return execute(route, started);
        } catch (GantryException unreadable) {
            // The translated path reads the body only here; nothing was sent yet.
            throw unreadable;
        } catch (RuntimeException defect) {
            LOG.error(
                    "Request {} crashed while its provider answered",
                    route.ask().origin().requestId(),
                    defect);
            GantryException failure = new GantryException(
                    ErrorCode.INTERNAL, "Gantry failed while the provider answered; report the request id", defect);
            return answered(route, estimate(route, ""), null, null, null, started, failure);
        }
    }

    private static Answered execute(Route route, long started) {
        if (route.prompt() instanceof Prompt.Raw raw) {
            Optional<NativeEndpoint> endpoint = route.provider().nativeEndpoint(raw.schema());
            if (endpoint.isPresent()) {
                return forward(route, raw, endpoint.get(), started);
            }
            return switch (raw.operation()) {
                case CHAT -> translate(route, started);
                case EMBEDDINGS -> embed(route, raw, started);
                case TOKEN_COUNT -> countTokens(route, started);
            };
        }
        return translate(route, started);
    }

    private static Answered forward(Route route, Prompt.Raw raw, NativeEndpoint endpoint, long started) {
        Buffer body = raw.head().bodyForModel(raw.body(), route.model().upstreamName());
        NativeReply reply;
        Buffer whole = null;
        try (Cancellation _ = Cancellation.whenGone(route.ask().exchange())) {
            reply = route.guarded()
                    .over(endpoint.send(body, raw.stream(), raw.headers(), route.context()), raw, route.model());
        } catch (ProviderException failure) {
            return notAnswered(route, started, failure);
        }
        try (reply) {
            if (raw.stream()) {
                pipe(route, reply);
            } else {
                whole = wholeBody(route, reply);
            }
            GantryException gone = raw.stream() ? goneFailure(route.ask().exchange()) : null;
            return answered(route, usage(route, reply.usage(), reply), whole, null, null, started, gone);
        } catch (ProviderException failure) {
            TokenUsage usage = usage(route, reply.usage(), reply);
            return answered(route, usage, null, null, null, started, failure(route, failure));
        } catch (GantryException withheld) {
            TokenUsage usage = usage(route, reply.usage(), reply);
            return answered(route, usage, null, null, null, started, withheld);
        }
    }

    /** The stream is opened with its first bytes: until then, another model may answer. */
    private static void pipe(Route route, NativeReply reply) throws ProviderException {
        LateStream stream = new LateStream(route.ask().exchange(), streamHeaders(route));
        reply.pipeTo(stream);
        stream.open();
    }

    private static Map<String, String> streamHeaders(Route route) {
        Map<String, String> headers =
                new HashMap<>(route.guarded().admitted().hold().replyHeaders());
        headers.putAll(STREAM_HEADERS);
        route.addHeaders(headers);
        GuardReport report = route.guarded().report();
        if (!report.isEmpty()) {
            headers.put(GuardReport.HEADER, report.header());
        }
        return headers;
    }

    private static Buffer wholeBody(Route route, NativeReply reply) throws ProviderException {
        try (Cancellation _ = Cancellation.whenGone(route.ask().exchange())) {
            return reply.body();
        }
    }

    private static Answered translate(Route route, long started) {
        Exchange exchange = route.ask().exchange();
        ChatRequest conversation = route.conversation();
        ChatAnswer.Builder received = new ChatAnswer.Builder();
        ChatAnswer.Builder builder = new ChatAnswer.Builder();
        Translation translation = new Translation(route);
        boolean asked = false;
        try (Cancellation _ = Cancellation.whenGone(exchange);
                ChatReply reply = route.guarded()
                        .over(route.provider().chat(conversation, route.context()), received, route.model())) {
            asked = true;
            for (ChatEvent event = reply.next(); event != null; event = reply.next()) {
                builder.add(event);
                translation.write(event);
                if (exchange.isGone()) {
                    break;
                }
            }
        } catch (ProviderException failure) {
            if (!asked) {
                return notAnswered(route, started, failure);
            }
            TokenUsage usage = usage(route, received.usage(), received.produced());
            return answered(route, usage, null, builder.build(), translation.writer, started, failure(route, failure));
        } catch (GantryException withheld) {
            if (!asked) {
                throw withheld;
            }
            TokenUsage usage = usage(route, received.usage(), received.produced());
            return answered(route, usage, null, builder.build(), translation.writer, started, withheld);
        }
        TokenUsage usage = usage(route, received.usage(), received.produced());
        return answered(route, usage, null, builder.build(), translation.writer, started, goneFailure(exchange));
    }

    private static Answered embed(Route route, Prompt.Raw raw, long started) {
        OpenAiEmbeddingsReader.Wanted wanted = raw.embedding();
        Embedder embedder = route.provider()
                .embedder()
                .orElseThrow(() -> new GantryException(
                        ErrorCode.UNSUPPORTED_BY_MODEL,
                        "Provider '" + route.model().provider()
                                + "' has no embeddings; choose a model of another provider"));
        try (Cancellation _ = Cancellation.whenGone(route.ask().exchange())) {
            Embeddings embeddings =
                    embedder.embed(wanted.request().withModel(route.model().upstreamName()), route.context());
            TokenUsage usage = usage(route, embeddings.usage(), "");
            Buffer body = OpenAiEmbeddingsFormat.write(embeddings, wanted.base64(), usage);
            return answered(route, usage, body, null, null, started, null);
        } catch (ProviderException failure) {
            return notAnswered(route, started, failure);
        }
    }

    /** For a provider that does not count: an estimate, and marked as one. */
    private static Answered countTokens(Route route, long started) {
        ChatRequest conversation = route.prompt().conversation();
        Optional<TokenCounter> counter = route.provider().tokenCounter();
        if (counter.isEmpty()) {
            return counted(route, PromptTokens.estimate(conversation), NOTHING_COUNTED, started);
        }
        try (Cancellation _ = Cancellation.whenGone(route.ask().exchange())) {
            long tokens =
                    counter.get().count(conversation.withModel(route.model().upstreamName()), route.context());
            return counted(route, tokens, TokenUsage.NONE, started);
        } catch (ProviderException failure) {
            return failure.failure() == ProviderException.Failure.UNSUPPORTED
                    ? counted(route, PromptTokens.estimate(conversation), NOTHING_COUNTED, started)
                    : notAnswered(route, started, failure);
        }
    }

    private static Answered counted(Route route, long tokens, TokenUsage usage, long started) {
        Buffer body = Buffer.buffer(Json.write(Json.object().put("input_tokens", tokens)));
        return answered(route, usage, body, null, null, started, null);
    }

    /** The client's side of a translated stream; opened with the first event, so that a refusal still has a status. */
    private static final class Translation {
        private final Route route;
        private ReplyFormat.@Nullable StreamWriter writer;
        private @Nullable ClientStream stream;

        Translation(Route route) {
            this.route = route;
        }

        void write(ChatEvent event) {
            if (!route.prompt().stream()) {
                return;
            }
            if (writer == null || stream == null) {
                writer = route.ask().format().stream(route.prompt());
                stream = route.ask().exchange().openStream(streamHeaders(route));
            }
            Buffer bytes = writer.event(event);
            if (bytes.length() > 0) {
                stream.write(bytes);
                Backpressure.await(stream, route.context().idleTimeout());
            }
        }
    }

    /**
     * No answer came. A provider that was still at work when the caller left or time ran out has consumed the prompt all the
     * same.
     */
    private static Answered notAnswered(Route route, long started, ProviderException failure) {
        boolean atWork = !failure.isUnseen()
                && (failure.failure() == ProviderException.Failure.TIMEOUT
                        || failure.getCause() instanceof InterruptedException
                        || route.ask().exchange().isGone());
        TokenUsage usage = atWork ? estimate(route, "") : TokenUsage.NONE;
        return answered(route, usage, null, null, null, started, failure(route, failure));
    }

    private static Answered answered(
            Route route,
            TokenUsage usage,
            @Nullable Buffer body,
            @Nullable ChatAnswer answer,
            ReplyFormat.@Nullable StreamWriter writer,
            long started,
            @Nullable GantryException failure) {
        return new Answered(
                route, usage, body, answer, writer, System.nanoTime() - started, failure, List.of(), List.of());
    }

    private static GantryException failure(Route route, ProviderException failure) {
        GantryException gone = goneFailure(route.ask().exchange());
        return gone == null ? ProviderFailures.of(failure) : gone;
    }

    private static @Nullable GantryException goneFailure(Exchange exchange) {
        GantryException cut = exchange.cutReason();
        if (cut != null) {
            return cut;
        }
        return exchange.isGone()
                ? new GantryException(
                        ErrorCode.CLIENT_CLOSED_REQUEST,
                        "The client closed the connection before the answer was complete")
                : null;
    }

    private static TokenUsage usage(Route route, @Nullable TokenUsage counted, NativeReply reply) {
        return counted != null && isPlausible(counted) ? counted : estimate(route, reply.producedText());
    }

    private static TokenUsage usage(Route route, @Nullable TokenUsage counted, String produced) {
        return counted != null && isPlausible(counted) ? counted : estimate(route, produced);
    }

    /** Counts with a tokenizer of our own what a provider gave no numbers for; never fails, since it must be paid. */
    private static TokenUsage estimate(Route route, String produced) {
        if (route.prompt().operation() == Operation.TOKEN_COUNT) {
            return NOTHING_COUNTED;
        }
        String prompt = route.prompt() instanceof Prompt.Raw raw
                ? RequestHead.texts(raw.body())
                : texts(route.prompt().conversation());
        return new TokenUsage(TokenEstimator.estimate(prompt), TokenEstimator.estimate(produced), 0, 0, 0, true);
    }

    private static String texts(ChatRequest conversation) {
        StringBuilder texts = new StringBuilder();
        for (Message message : conversation.messages()) {
            for (Part part : message.parts()) {
                if (part instanceof Part.Text text) {
                    texts.append(text.text()).append('\n');
                }
            }
        }
        return texts.toString();
    }

    /** Numbers that no request can have are a defect of the provider, not a bill. */
    private static boolean isPlausible(@Nullable TokenUsage counted) {
        return counted != null
                && counted.input() < COUNT_MAX
                && counted.output() < COUNT_MAX
                && counted.cacheRead() < COUNT_MAX
                && counted.cacheWrite() < COUNT_MAX
                && counted.cacheWriteLong() < COUNT_MAX;
    }
}
