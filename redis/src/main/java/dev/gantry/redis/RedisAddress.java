package dev.gantry.redis;

import dev.gantry.kernel.Secret;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Reads addresses of Redis. */
final class RedisAddress {
    private static final List<String> SCHEMES =
            List.of("redis://", "rediss://", "redis-sentinel://", "rediss-sentinel://");

    private RedisAddress() {}

    /** Refuses what is no address, without quoting it, since it may hold a password. */
    static void check(Secret url) {
        parse(url);
    }

    /** Returns whether an address asks for TLS. */
    static boolean isTls(Secret url) {
        return parse(url).isSsl();
    }

    /** Returns whether an address names no database, or the given one. */
    static boolean agrees(Secret url, int db) {
        int named = parse(url).getDatabase();
        return named == 0 || named == db;
    }

    /** Returns the user of an address; {@code password@} alone is none. */
    private static Optional<String> userIn(Secret url) {
        String text = url.reveal();
        int at = text.lastIndexOf('@');
        int from = text.indexOf("://") + "://".length();
        int colon = text.indexOf(':', from);
        return at < 0 || colon < 0 || colon >= at || colon == from
                ? Optional.empty()
                : Optional.of(URLDecoder.decode(text.substring(from, colon), StandardCharsets.UTF_8));
    }

    private static RedisURI parse(Secret url) {
        String text = url.reveal();
        if (SCHEMES.stream().noneMatch(text::startsWith)) {
            throw new IllegalArgumentException("url must begin with one of " + String.join(", ", SCHEMES));
        }
        if (text.contains("-sentinel://") && !text.contains("#")) {
            throw new IllegalArgumentException("url must name the master of a Sentinel after #, such as #mymaster");
        }
        // Lettuce speaks TLS to Sentinel by a flag and not by a scheme.
        boolean sentinelTls = text.startsWith("rediss-sentinel://");
        try {
            RedisURI uri =
                    RedisURI.create(sentinelTls ? "redis-sentinel" + text.substring("rediss-sentinel".length()) : text);
            if (sentinelTls) {
                uri.setSsl(true);
                uri.getSentinels().forEach(sentinel -> sentinel.setSsl(true));
            }
            return uri;
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("url is not an address of Redis such as redis://host:6379/0");
        }
    }

    static RedisURI of(RedisSettings settings) {
        RedisURI uri = settings.url()
                .map(RedisAddress::parse)
                .orElseGet(() -> RedisURI.builder()
                        .withHost(settings.host().orElseThrow())
                        .withPort(settings.port())
                        .withSsl(settings.tls())
                        .withDatabase(settings.db())
                        .build());
        if (uri.getDatabase() == 0) {
            uri.setDatabase(settings.db());
        }
        String user = settings.user()
                .or(() -> settings.url().flatMap(RedisAddress::userIn))
                .orElse(null);
        settings.password()
                .ifPresent(password -> uri.setCredentialsProvider(RedisCredentialsProvider.from(
                        // Asked for each new connection, so that it has the password of the day.
                        () -> RedisCredentials.just(user, password.reveal()))));
        uri.setTimeout(settings.timeout());
        uri.setClientName("gantry");
        return uri;
    }
}
