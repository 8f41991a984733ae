package dev.gantry.provider.ollama;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where an Ollama is that nobody configured: at its usual address, or where {@code OLLAMA_HOST} says. */
public final class OllamaAddress {
    private static final int PORT = 11_434;

    /** Where Ollama is unless something else is said. */
    static final URI USUAL = URI.create("http://127.0.0.1:" + PORT);

    private OllamaAddress() {}

    /**
     * Reads {@code host}, {@code host:port}, {@code :port} or an address. {@code 0.0.0.0} says where Ollama listens and stands
     * for this machine.
     *
     * @param ollamaHost the value of {@code OLLAMA_HOST}; null when it is not set
     * @return empty when it is none of these
     */
    public static Optional<URI> of(@Nullable String ollamaHost) {
        String text = ollamaHost == null ? "" : ollamaHost.strip();
        boolean addressed = text.toLowerCase(Locale.ROOT).startsWith("http://")
                || text.toLowerCase(Locale.ROOT).startsWith("https://");
        if (text.isEmpty()) {
            return Optional.of(USUAL);
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
