package dev.gantry.server;

import dev.gantry.gateway.MessageEmbedder;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.Embedder;
import dev.gantry.provider.EmbeddingRequest;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.offline.OfflineProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Vectors by the model that runs in this process: nothing of a message leaves it. Thread-safe. */
final class LocalVectors implements MessageEmbedder {
    /** Loading the model takes a second or two, once. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Map<String, ChatProvider> providers;

    LocalVectors(Map<String, ChatProvider> providers) {
        this.providers = providers;
    }

    @Override
    public float[] embed(String text) throws ProviderException {
        ChatProvider offline = providers.get(OfflineProvider.NAME);
        Embedder embedder = offline == null ? null : offline.embedder().orElse(null);
        if (embedder == null) {
            throw new ProviderException(
                    ProviderException.Failure.UNSUPPORTED, "The provider 'offline' is not configured", null);
        }
        return embedder.embed(
                        new EmbeddingRequest(OfflineProvider.EMBEDDING_MODEL, List.of(text), null, null),
                        new CallContext(PATIENCE, PATIENCE, null, "semantic-cache", null))
                .vectors()
                .getFirst();
    }
}
