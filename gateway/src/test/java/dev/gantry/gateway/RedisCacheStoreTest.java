package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Secret;
import dev.gantry.redis.RedisLink;
import dev.gantry.redis.RedisSettings;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real Redis. */
class RedisCacheStoreTest {
    private static final byte[] KEY = "key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VALUE = {0, 1, -1, 13, 10};

    @TempDir
    private Path directory;

    private static RedisLink link(TestingRedis redis) {
        return link(redis, Optional.empty());
    }

    private static RedisLink link(TestingRedis redis, Optional<Secret> password) {
        RedisLink link = RedisLink.open(
                new RedisSettings(
                        Optional.of(Secret.of(redis.url())),
                        Optional.empty(),
                        6379,
                        Optional.empty(),
                        password,
                        0,
                        false,
                        Optional.empty(),
                        50,
                        Duration.ofSeconds(5)),
                Eventually.PATIENCE);
        assertThat(link.session()).isPresent();
        return link;
    }

    @Test
    void shouldFollowAPasswordThatIsRenewed() throws Exception {
        AtomicReference<String> password = new AtomicReference<>("first");
        try (TestingRedis redis = TestingRedis.start(directory, "--requirepass", "first");
                RedisLink link = link(redis, Optional.of(Secret.live(password::get)))) {
            RedisCacheStore store = new RedisCacheStore(link);
            store.put(KEY, VALUE, Duration.ofMinutes(1));
            assertThat(store.get(KEY)).isEqualTo(VALUE);
            password.set("second");
            command(redis.port(), "AUTH first", "CONFIG SET requirepass second", "CLIENT KILL TYPE normal");
            Eventually.holds("the new password opens a connection", () -> {
                link.awaitSession(Duration.ofMillis(50));
                return store.get(KEY) != null;
            });
        }
    }

    private static void command(int port, String... lines) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            BufferedReader replies =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            for (String line : lines) {
                socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
                assertThat(replies.readLine()).doesNotStartWith("-");
            }
        }
    }

    @Test
    void shouldShareAnswersBetweenNodesAndGoWithoutWhenRedisIsAway() {
        try (TestingRedis redis = TestingRedis.start(directory);
                RedisLink one = link(redis);
                RedisLink two = link(redis)) {
            RedisCacheStore writer = new RedisCacheStore(one);
            RedisCacheStore reader = new RedisCacheStore(two);
            writer.put(KEY, VALUE, Duration.ofMinutes(1));
            assertThat(reader.get(KEY)).isEqualTo(VALUE);
            assertThat(reader.get(VALUE)).isNull();

            redis.kill();

            assertThat(reader.get(KEY)).isNull();
            writer.put(KEY, VALUE, Duration.ofMinutes(1));
            assertThat(reader.isAvailable()).isFalse();
        }
    }

    @Test
    void shouldLeaveRoomForWhatElseIsInRedis() {
        try (TestingRedis redis =
                        TestingRedis.start(directory, "--maxmemory", "4mb", "--maxmemory-policy", "noeviction");
                RedisLink link = link(redis)) {
            RedisCacheStore store = new RedisCacheStore(link);
            byte[] large = new byte[256 * 1024];
            int kept = 0;
            for (int number = 0; number < 32; number++) {
                byte[] key = {(byte) number};
                store.put(key, large, Duration.ofMinutes(1));
                kept += store.get(key) == null ? 0 : 1;
            }
            assertThat(kept).isBetween(1, 12);
            assertThat(link.session()).as("nothing was refused by Redis itself").isPresent();
        }
    }
}
