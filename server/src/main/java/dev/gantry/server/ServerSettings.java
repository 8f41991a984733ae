package dev.gantry.server;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import dev.gantry.kernel.Text;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Section {@code server}. */
public record ServerSettings(
        @Setting(value = "Address to listen on; 0.0.0.0 for every interface", defaultValue = "127.0.0.1")
        String host,

        @Setting(value = "Port to listen on; 0 for any free one", defaultValue = "7420", min = 0, max = 65_535)
        int port,

        @Setting("Certificate and key for TLS 1.3; without them the server speaks plain HTTP")
        Optional<Tls> tls,

        @Setting(
                "Address at which clients reach the server, when there is a proxy in front of it: https://gantry.example.com")
        Optional<URI> publicUrl,

        @Setting(
                "Origins of web pages elsewhere that may call the API, such as https://app.example.com; none unless listed")
        List<String> allowedOrigins,

        @Setting(
                "Addresses and networks of the proxies in front of the server, such as 10.0.0.0/8, whose word about where a request comes from counts; none unless listed")
        List<String> trustedProxies,

        @Setting(
                value = "The header in which the trusted proxies say where a request comes from; any other is ignored",
                defaultValue = "x_forwarded_for")
        ForwardedHeader forwardedHeader,

        @Setting(value = "Largest request body", defaultValue = "32Mi", min = 1_024)
        DataSize bodySizeMax,

        @Setting(value = "Largest sum of request headers", defaultValue = "16Ki", min = 1_024, max = 1_048_576)
        DataSize headerSizeMax,

        @Setting(
                value = "Longest time for a new connection to send its first request's head",
                defaultValue = "15s",
                min = 100)
        Duration headerTimeout,

        @Setting(value = "Longest time for a request's body to arrive", defaultValue = "60s", min = 100)
        Duration bodyTimeout,

        @Setting(value = "Longest time that a connection stays open without a request", defaultValue = "75s", min = 100)
        Duration keepAliveTimeout,

        @Setting(value = "Longest time to finish requests in flight when stopping", defaultValue = "30s", min = 0)
        Duration shutdownTimeout) {
    private static final Pattern ORIGIN = Pattern.compile("https?://(\\[[0-9a-f:.]+]|[a-z0-9.-]+)(:[0-9]{1,5})?");

    /** Refuses addresses that browsers would not send. */
    public ServerSettings {
        allowedOrigins = List.copyOf(allowedOrigins);
        trustedProxies = List.copyOf(trustedProxies);
        new TrustedProxies(trustedProxies, forwardedHeader);
        publicUrl.ifPresent(url -> {
            boolean bare = (url.getRawPath() == null || url.getRawPath().length() <= 1)
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && ORIGIN.matcher(url.getScheme() + "://" + url.getRawAuthority())
                            .matches();
            if (!bare) {
                throw new IllegalArgumentException(
                        "public_url must be an address without path, in lower case, such as https://gantry.example.com");
            }
        });
        for (String origin : allowedOrigins) {
            if (!ORIGIN.matcher(origin).matches()) {
                throw new IllegalArgumentException("'" + Text.shorten(origin, 100)
                        + "' is no origin: write scheme, host and, where it is not the usual one, port, in lower case, such"
                        + " as https://app.example.com");
            }
        }
    }

    /** In what proxies say where a request comes from. */
    public enum ForwardedHeader {
        /** {@code X-Forwarded-For}. */
        X_FORWARDED_FOR,
        /** {@code Forwarded} (RFC 7239). */
        FORWARDED
    }

    /** Returns the proxies whose word counts. */
    TrustedProxies proxies() {
        return new TrustedProxies(trustedProxies, forwardedHeader);
    }

    /** Section {@code server.tls}. */
    public record Tls(
            @Setting("File with the certificate chain in PEM form")
            Path certificate,

            @Setting("File with the private key in PEM form")
            Path key) {}
}
