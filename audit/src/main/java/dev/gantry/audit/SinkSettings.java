package dev.gantry.audit;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One of {@code audit.sinks}: where events go besides the database. */
public record SinkSettings(
        @Setting("What it is: file, webhook or syslog") Type type,

        @Setting("file: where events are added, one JSON object a line")
        Optional<Path> path,

        @Setting(value = "file: size at which a new one is begun", defaultValue = "100Mi", min = 4_096)
        DataSize maxSize,

        @Setting(value = "file: how many full files are kept", defaultValue = "10", min = 1, max = 10_000)
        int keep,

        @Setting("webhook: address that events are posted to, one JSON object a line")
        Optional<URI> url,

        @Setting("webhook: key of the signature (HMAC-SHA-256) in X-Gantry-Signature")
        Optional<Secret> secret,

        @Setting("syslog: host:port of the receiver") Optional<String> address,

        @Setting(value = "syslog: tcp, tls or udp; udp may lose messages on the way", defaultValue = "tcp")
        Transport transport,

        @Setting(
                "webhook, syslog over tls: file with the certificates (PEM) of the authorities to believe instead of the JDK's")
        Optional<Path> caCertificate,

        @Setting(value = "Which events go there, such as [auth.*, key.*]", defaultValue = "['*']")
        List<String> events) {

    /** Kinds of sinks. */
    public enum Type {
        /** A file that is rotated. */
        FILE,
        /** An HTTP server. */
        WEBHOOK,
        /** A receiver of RFC 5424. */
        SYSLOG
    }

    /** How syslog is sent. */
    public enum Transport {
        /** RFC 6587, octet counting. */
        TCP,
        /** RFC 5425. */
        TLS,
        /** RFC 5426. */
        UDP
    }

    /** Checks that what the type needs is there. */
    public SinkSettings {
        events = List.copyOf(events);
        boolean complete = switch (type) {
            case FILE -> path.isPresent();
            case WEBHOOK -> url.isPresent() && secret.isPresent();
            case SYSLOG -> address.isPresent() && address.get().matches("[^:\\s]+:[0-9]{1,5}");
        };
        if (!complete) {
            throw new IllegalArgumentException(
                    switch (type) {
                        case FILE -> "a file sink needs path";
                        case WEBHOOK -> "a webhook sink needs url and secret";
                        case SYSLOG -> "a syslog sink needs address, written host:port";
                    });
        }
    }

    boolean wants(String eventType) {
        return events.stream()
                .anyMatch(pattern -> pattern.endsWith("*")
                        ? eventType.startsWith(pattern.substring(0, pattern.length() - 1))
                        : eventType.equals(pattern));
    }
}
