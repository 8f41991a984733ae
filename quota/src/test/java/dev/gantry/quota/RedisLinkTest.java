package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.Secret;
import dev.gantry.redis.RedisLink;
import dev.gantry.redis.RedisSettings;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node believes of a Redis that it meets, and how it is told where that is. */
class RedisLinkTest {

    @TempDir
    private Path directory;

    private static RedisSettings settings(String url, int port, @Nullable String password, int db, boolean tls) {
        return new RedisSettings(
                Optional.of(Secret.of(url)),
                Optional.empty(),
                port,
                Optional.empty(),
                Optional.ofNullable(password).map(Secret::of),
                db,
                tls,
                Optional.empty(),
                50,
                Duration.ofMillis(500));
    }

    @Test
    void shouldNotTrustCountsThatMayBeEvicted() {
        try (TestingRedis redis = TestingRedis.start(directory, "--maxmemory-policy", "allkeys-lru");
                RedisLink link = RedisLink.open(settings(redis.url(), 6379, null, 0, false), Eventually.PATIENCE)) {
            assertThat(link.session().orElseThrow().remembers(Duration.ZERO)).isFalse();
            assertThat(link.state()).contains("maxmemory-policy to noeviction");
        }
    }

    @Test
    void shouldKeepTheUserOfTheAddressWhenThePasswordIsElsewhere() {
        try (TestingRedis redis = TestingRedis.start(directory, "--user", "limits", "on", ">secret", "~*", "+@all");
                RedisLink link = RedisLink.open(
                        settings("redis://limits:outdated@127.0.0.1:" + redis.port(), 6379, "secret", 0, false),
                        Eventually.PATIENCE)) {
            assertThat(link.session()).isPresent();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "redis://h,            6379, 0, true,  rediss://",
        "redis-sentinel://h#m, 6379, 0, true,  rediss-sentinel://",
        "redis://h,            6380, 0, false, port goes with host",
        "redis://h/2,          6379, 3, false, two databases",
    })
    void shouldRefuseWhatAnAddressSaysOtherwise(String url, int port, int db, boolean tls, String words) {
        assertThatThrownBy(() -> settings(url, port, null, db, tls))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void shouldTakeWhatAnAddressSaysToo() {
        assertThat(settings("rediss://h/2", 6379, null, 2, true).isPresent()).isTrue();
    }
}
