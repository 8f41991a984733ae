package dev.gantry.provider.ollama;

import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.UpstreamHttp;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds an Ollama that runs at its usual address, without configuration. */
public final class OllamaDiscovery {
    private static final Logger LOG = LoggerFactory.getLogger(OllamaDiscovery.class);
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int PORT = 11_434;

    private OllamaDiscovery() {}

    /**
     * What was found.
     *
     * @param settings how to reach it
     * @param models its models, by the names that it knows
     */
    public record Found(ProviderSettings settings, List<String> models) {
        /** Copies the models. */
        public Found {
            models = List.copyOf(models);
        }
    }

    /**
     * Looks once, for at most half a second; nothing is logged when there is none.
     *
     * @param ollamaHost the value of the environment variable {@code OLLAMA_HOST}, in any of the forms that Ollama itself
     *     understands; null when it is not set
     */
    public static Optional<Found> look(@Nullable String ollamaHost, UpstreamHttp http) {
        Optional<URI> address = address(ollamaHost);
        if (address.isEmpty()) {
            LOG.warn("OLLAMA_HOST is not an address; no Ollama is looked for");
            return Optional.empty();
        }
        ProviderSettings settings = ProviderSettings.of(ProviderType.OLLAMA, address, Optional.empty());
        CallContext context = new CallContext(PATIENCE, PATIENCE, null, "discovery", null);
        try (ChatProvider provider = new OllamaFactory().create("ollama", settings, http)) {
            return Optional.of(new Found(settings, provider.listModels(context)));
        } catch (ProviderException absent) {
            LOG.debug("No Ollama at {}: {}", address.get(), absent.getMessage());
            return Optional.empty();
        }
    }

    /** Reads {@code host}, {@code host:port}, {@code :port} or an address; {@code 0.0.0.0} is where it listens, not where it is. */
    static Optional<URI> address(@Nullable String ollamaHost) {
        String text = ollamaHost == null ? "" : ollamaHost.strip();
        boolean addressed = text.toLowerCase(Locale.ROOT).startsWith("http://")
                || text.toLowerCase(Locale.ROOT).startsWith("https://");
        if (text.isEmpty()) {
            return Optional.of(URI.create("http://127.0.0.1:" + PORT));
        }
        try {
            URI given = URI.create(addressed ? text : "http://" + (text.startsWith(":") ? "127.0.0.1" : "") + text);
            String host = given.getHost();
            if (host == null) {
                return Optional.empty();
            }
            String reachable = host.equals("0.0.0.0") ? "127.0.0.1" : host.equals("[::]") ? "[::1]" : host;
            int port = given.getPort() >= 0 ? given.getPort() : addressed ? usualPort(given) : PORT;
            return Optional.of(URI.create(given.getScheme() + "://" + reachable + ":" + port));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static int usualPort(URI address) {
        return address.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }
}
