package dev.gantry.gateway;

import dev.gantry.gateway.CacheEntry.Form;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.ClientStream;
import dev.gantry.provider.EventsReply;
import dev.gantry.provider.NativeEndpoint;
import dev.gantry.provider.NativeReply;
import dev.gantry.provider.ProviderException;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stands where the provider stood and says again what it said. So an answer from the cache goes the same way as a new one,
 * through the guard of the caller who gets it now. For one request.
 */
record CachedProvider(String name, CacheEntry entry) implements ChatProvider {
    @Override
    public ChatReply chat(ChatRequest request, CallContext context) throws ProviderException {
        if (entry.form() != Form.ANSWER) {
            throw unusable(null);
        }
        try {
            return new EventsReply(StoredAnswer.events(StoredAnswer.read(entry.payload(), entry.usage())));
        } catch (GantryException | IllegalArgumentException | NullPointerException damaged) {
            throw unusable(damaged);
        }
    }

    @Override
    public Optional<NativeEndpoint> nativeEndpoint(ClientSchema schema) {
        return entry.form() == Form.ANSWER
                ? Optional.empty()
                : Optional.of((body, stream, headers, context) -> {
                    if (stream != (entry.form() == Form.EVENTS)) {
                        throw unusable(null);
                    }
                    return new Replay(Buffer.buffer(entry.payload()), entry.usage());
                });
    }

    private static ProviderException unusable(@Nullable Throwable cause) {
        return new ProviderException(
                ProviderException.Failure.BAD_REPLY, "An entry of the cache does not fit the request", cause);
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    private record Replay(Buffer body, TokenUsage usage) implements NativeReply {
        @Override
        public void pipeTo(ClientStream client) {
            client.write(body);
        }

        @Override
        public String producedText() {
            return "";
        }

        @Override
        public void close() {
            // Nothing is under way.
        }
    }
}
