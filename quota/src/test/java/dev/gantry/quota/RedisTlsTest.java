package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Secret;
import dev.gantry.redis.RedisLink;
import dev.gantry.redis.RedisSettings;
import dev.gantry.testing.TestingRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Redis that speaks TLS with a certificate of an authority that the JDK does not know. */
class RedisTlsTest {
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    private Path folder;

    @Test
    void shouldTalkOverTlsOnlyToWhomItBelieves() throws Exception {
        certify();
        int port = freePort();
        try (TestingRedis redis = TestingRedis.start(
                Files.createDirectory(folder.resolve("redis")),
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                folder.resolve("server.crt").toString(),
                "--tls-key-file",
                folder.resolve("server.key").toString(),
                "--tls-auth-clients",
                "no")) {
            assertThat(redis.port()).isNotEqualTo(port);
            String url = "rediss://127.0.0.1:" + port;
            try (RedisLink believing = open(url, Optional.of(folder.resolve("server.crt")))) {
                assertThat(believing.session()).as(believing.state()).isPresent();
            }
            try (RedisLink other = open(url, Optional.empty())) {
                assertThat(other.session()).as("no authority vouches for it").isEmpty();
            }
            try (RedisLink plain = open("redis://127.0.0.1:" + port, Optional.empty())) {
                assertThat(plain.session()).as("the port takes TLS only").isEmpty();
            }
        }
    }

    private static RedisLink open(String url, Optional<Path> authorities) {
        return RedisLink.open(
                new RedisSettings(
                        Optional.of(Secret.of(url)),
                        Optional.empty(),
                        6379,
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        false,
                        authorities,
                        50,
                        Duration.ofSeconds(2)),
                Duration.ofSeconds(5));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void certify() throws Exception {
        Path store = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=redis",
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        write("server.crt", "CERTIFICATE", keys.getCertificate("server").getEncoded());
        write("server.key", "PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded());
    }

    private void write(String file, String kind, byte[] encoded) throws IOException {
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(encoded) + "\n-----END "
                        + kind + "-----\n");
    }
}
