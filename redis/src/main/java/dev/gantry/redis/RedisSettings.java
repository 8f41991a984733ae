package dev.gantry.redis;

import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Section {@code redis}. Without {@code url} and {@code host} there is none, and every node counts by itself. */
public record RedisSettings(
        @Setting(
                value =
                        "Address of Redis 7 or Valkey 7.2 and newer: redis://user:password@host:6379/0, rediss:// for TLS, redis-sentinel://host1:26379,host2:26379/0#master for Sentinel (rediss-sentinel:// with TLS).",
                environment = "REDIS_URL")
        Optional<Secret> url,

        @Setting("Host of Redis, instead of an address.") Optional<String> host,

        @Setting(value = "Port of Redis, with host.", defaultValue = "6379", min = 1, max = 65_535)
        int port,

        @Setting("User name, where Redis has users; goes with password, and before one in url.")
        Optional<String> user,

        @Setting("Password of Redis; goes before one in url, whose user stays unless user is given.")
        Optional<Secret> password,

        @Setting(value = "Number of the database.", defaultValue = "0", min = 0, max = 10_000)
        int db,

        @Setting(value = "Whether to use TLS with host; a url says so by rediss://.", defaultValue = "false")
        boolean tls,

        @Setting("PEM file of the authorities that sign the server's certificate; those of the JDK unless given.")
        Optional<Path> caFile,

        @Setting(
                value =
                        "Most connections that a node opens. Requests share one, and a second is open only while a lost one is replaced.",
                defaultValue = "50",
                min = 2,
                max = 10_000)
        int maxConnections,

        @Setting(
                value = "Longest wait for an answer of Redis; then the connection counts as lost.",
                defaultValue = "250ms",
                min = 10,
                max = 10_000)
        Duration timeout) {
    private static final int DEFAULT_PORT = 6379;

    /** Refuses two answers to one question. */
    public RedisSettings {
        if (url.isPresent() && host.isPresent()) {
            throw new IllegalArgumentException("give url or host, not both (url may come from REDIS_URL)");
        }
        if (user.isPresent() && password.isEmpty()) {
            throw new IllegalArgumentException("user needs a password");
        }
        if (url.isPresent()) {
            RedisAddress.check(url.get());
            if (port != DEFAULT_PORT) {
                throw new IllegalArgumentException("port goes with host; url has a port of its own");
            }
            if (tls && !RedisAddress.isTls(url.get())) {
                throw new IllegalArgumentException(
                        "tls is on and url is not one of TLS; let it begin with rediss:// or rediss-sentinel://");
            }
            if (db != 0 && !RedisAddress.agrees(url.get(), db)) {
                throw new IllegalArgumentException("db and url name two databases; give one of them");
            }
        }
    }

    /** Returns whether there is a Redis to be used. */
    public boolean isPresent() {
        return url.isPresent() || host.isPresent();
    }
}
