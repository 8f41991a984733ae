package dev.gantry.gateway;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ClientStream;
import dev.gantry.provider.NativeChat;
import dev.gantry.provider.NativeReply;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.TokenEstimator;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calls a provider and brings back its answer: forwarded untranslated where provider and client speak the same schema,
 * otherwise through the shared words. Streams reach the client from here; whole answers wait for their settlement.
 */
final class Execution {
    private static final Map<String, String> STREAM_HEADERS =
            Map.of("Content-Type", "text/event-stream; charset=utf-8", "Cache-Control", "no-cache");

    private Execution() {}

    /** Never throws for what a provider or a client does: what was consumed must be paid. */
    static Answered execute(Route route) {
        long started = System.nanoTime();
        Optional<NativeChat> nativeChat =
                route.prompt() instanceof Prompt.Raw raw ? route.provider().nativeChat(raw.schema()) : Optional.empty();
        if (nativeChat.isPresent() && route.prompt() instanceof Prompt.Raw raw) {
            return forward(route, raw, nativeChat.get(), started);
        }
        return translate(route, started);
    }

    private static Answered forward(Route route, Prompt.Raw raw, NativeChat nativeChat, long started) {
        Buffer body = raw.head().bodyForModel(raw.body(), route.model().upstreamName());
        NativeReply reply;
        Buffer whole = null;
        try (Cancellation _ = Cancellation.whenGone(route.ask().exchange())) {
            reply = nativeChat.send(body, raw.stream(), raw.headers(), route.context());
        } catch (ProviderException failure) {
            return notAnswered(route, started, failure);
        }
        try (reply) {
            if (raw.stream()) {
                reply.pipeTo(route.ask().exchange().openStream(STREAM_HEADERS));
            } else {
                whole = wholeBody(route, reply);
            }
            GantryException gone = raw.stream() ? goneFailure(route.ask().exchange()) : null;
            return answered(route, usage(route, reply.usage(), reply), whole, null, null, started, gone);
        } catch (ProviderException failure) {
            TokenUsage usage = usage(route, reply.usage(), reply);
            return answered(route, usage, null, null, null, started, failure(route, failure));
        }
    }

    private static Buffer wholeBody(Route route, NativeReply reply) throws ProviderException {
        try (Cancellation _ = Cancellation.whenGone(route.ask().exchange())) {
            return reply.body();
        }
    }

    private static Answered translate(Route route, long started) {
        Exchange exchange = route.ask().exchange();
        ChatRequest conversation =
                route.prompt().conversation().withModel(route.model().upstreamName());
        ChatAnswer.Builder builder = new ChatAnswer.Builder();
        Translation translation = new Translation(route);
        boolean asked = false;
        try (Cancellation _ = Cancellation.whenGone(exchange);
                ChatReply reply = route.provider().chat(conversation, route.context())) {
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
            TokenUsage usage = usage(route, builder.usage(), builder.produced());
            return answered(route, usage, null, builder.build(), translation.writer, started, failure(route, failure));
        }
        TokenUsage usage = usage(route, builder.usage(), builder.produced());
        return answered(route, usage, null, builder.build(), translation.writer, started, goneFailure(exchange));
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
                writer = route.ask().format().stream(route.prompt().includeUsage());
                stream = route.ask().exchange().openStream(STREAM_HEADERS);
            }
            Buffer bytes = writer.event(event);
            if (bytes.length() > 0) {
                stream.write(bytes);
                Backpressure.await(stream, route.context().idleTimeout());
            }
        }
    }

    private static Answered notAnswered(Route route, long started, ProviderException failure) {
        return answered(route, TokenUsage.NONE, null, null, null, started, failure(route, failure));
    }

    private static Answered answered(
            Route route,
            TokenUsage usage,
            @Nullable Buffer body,
            @Nullable ChatAnswer answer,
            ReplyFormat.@Nullable StreamWriter writer,
            long started,
            @Nullable GantryException failure) {
        return new Answered(route, usage, body, answer, writer, System.nanoTime() - started, failure);
    }

    private static GantryException failure(Route route, ProviderException failure) {
        GantryException gone = goneFailure(route.ask().exchange());
        return gone == null ? ProviderFailures.of(failure) : gone;
    }

    private static @Nullable GantryException goneFailure(Exchange exchange) {
        return exchange.isGone()
                ? new GantryException(
                        ErrorCode.CLIENT_CLOSED_REQUEST,
                        "The client closed the connection before the answer was complete")
                : null;
    }

    private static TokenUsage usage(Route route, @Nullable TokenUsage counted, NativeReply reply) {
        return counted != null ? counted : estimate(route, reply.producedText());
    }

    private static TokenUsage usage(Route route, @Nullable TokenUsage counted, String produced) {
        return counted != null ? counted : estimate(route, produced);
    }

    /** Counts with a tokenizer of our own what a provider gave no numbers for. */
    private static TokenUsage estimate(Route route, String produced) {
        StringBuilder prompt = new StringBuilder();
        for (Message message : route.prompt().conversation().messages()) {
            message.parts().forEach(part -> appendText(prompt, part));
        }
        return new TokenUsage(
                TokenEstimator.estimate(prompt.toString()), TokenEstimator.estimate(produced), 0, 0, 0, true);
    }

    private static void appendText(StringBuilder prompt, Part part) {
        switch (part) {
            case Part.Text text -> prompt.append(text.text()).append('\n');
            case Part.Reasoning reasoning -> prompt.append(reasoning.text()).append('\n');
            case Part.ToolCall call ->
                prompt.append(call.name()).append(call.arguments()).append('\n');
            case Part.ToolResult result -> result.content().forEach(inner -> appendText(prompt, inner));
            case Part.InlineImage image -> {
                // Pictures are priced by size in ways that differ by vendor; no text stands in for them.
            }
            case Part.LinkedImage image -> {
                // As above.
            }
        }
    }
}
