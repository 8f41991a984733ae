package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Secret;
import dev.gantry.redis.RedisLink;
import dev.gantry.redis.RedisSettings;
import dev.gantry.testing.TestingRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Sentinel, of which nodes learn where the server is. */
class RedisSentinelTest {
    @TempDir
    private Path folder;

    @Test
    void shouldFindTheServerThatASentinelNames() throws Exception {
        try (TestingRedis redis = TestingRedis.start(folder)) {
            int port = freePort();
            Process sentinel = sentinel(port, redis.port());
            try (RedisLink link = open("redis-sentinel://127.0.0.1:" + port + "/0#main");
                    RedisLink unknown = open("redis-sentinel://127.0.0.1:" + port + "/0#other")) {
                assertThat(link.session()).as(link.state()).isPresent();
                assertThat(unknown.session())
                        .as("a master that it does not know")
                        .isEmpty();
            } finally {
                sentinel.destroyForcibly();
                sentinel.waitFor();
            }
        }
    }

    private Process sentinel(int port, int master) throws IOException {
        Path configuration = Files.writeString(
                folder.resolve("sentinel.conf"),
                "bind 127.0.0.1\nport " + port + "\nsentinel monitor main 127.0.0.1 " + master + " 1\n");
        Process process;
        try (var files = Files.list(folder)) {
            Path binary = files.filter(file -> file.getFileName().toString().startsWith("redis-server"))
                    .findFirst()
                    .orElseThrow();
            process = new ProcessBuilder(binary.toString(), configuration.toString(), "--sentinel")
                    .redirectErrorStream(true)
                    .start();
        }
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        String line = lines.readLine();
        while (line != null && !line.contains("+monitor")) {
            line = lines.readLine();
        }
        assertThat(line).as("the Sentinel watches").isNotNull();
        return process;
    }

    private static RedisLink open(String url) {
        return RedisLink.open(
                new RedisSettings(
                        Optional.of(Secret.of(url)),
                        Optional.empty(),
                        6379,
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        false,
                        Optional.empty(),
                        50,
                        Duration.ofSeconds(2)),
                Duration.ofSeconds(5));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
