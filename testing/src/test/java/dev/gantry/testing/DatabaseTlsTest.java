package dev.gantry.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.database.Database;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The modes of TLS towards a server that takes encrypted connections only. */
class DatabaseTlsTest {
    @TempDir
    private static Path directory;

    private static ExternalPostgres server;

    @BeforeAll
    static void start() throws Exception {
        Path key = makeCertificate("server", "san=ip:127.0.0.1");
        makeCertificate("stranger", "san=ip:127.0.0.1");
        server = ExternalPostgres.startWithTls(directory.resolve("server.crt"), key);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"allow", "prefer", "require"})
    void shouldEncryptWithoutAskingWho(String mode) {
        assertThat(connect("?sslmode=" + mode)).isEqualTo("gantry_app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify-ca", "verify-full"})
    void shouldAcceptAServerThatTheGivenAuthoritySigned(String mode) {
        assertThat(connect("?sslmode=" + mode + "&sslrootcert=" + directory.resolve("server.crt")))
                .isEqualTo("gantry_app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify-ca", "verify-full"})
    void shouldRefuseAServerThatAnotherAuthoritySigned(String mode) {
        assertThatThrownBy(() -> connect("?sslmode=" + mode + "&sslrootcert=" + directory.resolve("stranger.crt")))
                .isInstanceOf(GantryException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify-ca", "verify-full"})
    void shouldRefuseAServerThatNoAuthorityOfTheJdkSigned(String mode) {
        assertThatThrownBy(() -> connect("?sslmode=" + mode)).isInstanceOf(GantryException.class);
    }

    @Test
    void shouldNotEncryptWhenToldNotTo() {
        assertThatThrownBy(() -> connect("?sslmode=disable"))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("no encryption");
    }

    /** Returns as whom the connection serves; that there is one proves that it is encrypted. */
    private static String connect(String parameters) {
        try (Database database =
                Database.open(server.settings("postgres", "postgres", "postgres-password", parameters), directory)) {
            return database.unscoped(handle -> handle.createQuery("SELECT current_user")
                    .mapTo(String.class)
                    .one());
        }
    }

    /** Makes a certificate that signs itself, as {@code name.crt}; returns the file of its key. */
    private static Path makeCertificate(String name, String extension)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        extension,
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "password"))
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream content = Files.newInputStream(store)) {
            keys.load(content, "password".toCharArray());
        }
        Certificate certificate = keys.getCertificate(name);
        Key key = keys.getKey(name, "password".toCharArray());
        Files.writeString(directory.resolve(name + ".crt"), pem("CERTIFICATE", certificate.getEncoded()));
        return Files.writeString(directory.resolve(name + ".key"), pem("PRIVATE KEY", key.getEncoded()));
    }

    private static String pem(String kind, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
    }
}
