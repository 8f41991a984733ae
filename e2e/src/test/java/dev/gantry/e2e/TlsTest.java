package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server with a certificate of its own making. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {
    private Path folder;
    private Certificate certificate;
    private GantryProcess server;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException, GeneralSecurityException {
        folder = temporary;
        Path config = Files.createDirectories(folder.resolve("config"));
        certificate = Certificates.make(config, "first");
        Files.writeString(config.resolve("gantry.yaml"), "server: {tls: {certificate: server.crt, key: server.key}}\n");
        server = GantryProcess.start(folder.resolve("data"), config, Map.of());
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
    }

    private HttpResponse<String> get(Certificate trusted, String path)
            throws IOException, InterruptedException, GeneralSecurityException {
        try (HttpClient http = HttpClient.newBuilder()
                .sslContext(Certificates.trusting(trusted))
                .version(HttpClient.Version.HTTP_1_1)
                .build()) {
            return http.send(
                    HttpRequest.newBuilder(server.url().resolve(path))
                            .header("X-API-Key", server.key())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private Certificate shown() throws IOException, GeneralSecurityException {
        SSLContext anybody = SSLContext.getInstance("TLS");
        anybody.init(null, new TrustManager[] {new TrustingEverybody()}, null);
        try (SSLSocket socket = connect(anybody)) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private SSLSocket connect(SSLContext trust) throws IOException {
        URI url = server.url();
        SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket(url.getHost(), url.getPort());
        socket.setSoTimeout((int) Eventually.PATIENCE.toMillis());
        return socket;
    }

    @Test
    void shouldServeWhoTrustsItsCertificateAndSaySo() throws Exception {
        assertThat(server.url().getScheme()).isEqualTo("https");

        HttpResponse<String> answer = get(certificate, "/api/v1/whoami");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Json.read(answer.body()).path("principal").textValue()).isEqualTo("admin@localhost");
        assertThat(answer.headers().firstValue("Strict-Transport-Security")).isPresent();
        assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
    }

    @Test
    void shouldNotBeTrustedByWhoDoesNotKnowItsCertificate() {
        assertThatThrownBy(() -> HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(server.url()).build(), HttpResponse.BodyHandlers.discarding()))
                .isInstanceOf(SSLException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.1"})
    void shouldRefuseOlderVersions(String version) throws Exception {
        try (SSLSocket socket = connect(Certificates.trusting(certificate))) {
            socket.setEnabledProtocols(new String[] {version});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldCloseAtOnceOnPlainHttp() throws Exception {
        try (Wire wire = new Wire(server.url())) {
            assertThat(wire.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .readAll())
                    .doesNotContain("200 OK");
        }
        assertThat(get(certificate, "/health").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldLeaveItsCertificateWhereCommandsOnThisMachineLook() {
        Eventually.holds(
                "the certificate in the data directory is the one that is shown",
                () -> Files.readString(folder.resolve("data/server.crt"))
                        .equals(Files.readString(folder.resolve("config/server.crt"))));
    }

    @Test
    void shouldShowARenewedCertificateWithoutARestartAndNeverHalfOfOne() throws Exception {
        Path config = folder.resolve("config");
        Path renewal = Files.createDirectories(folder.resolve("renewal"));
        Certificate before = shown();
        assertThat(before).isEqualTo(certificate);
        Certificate renewed = Certificates.make(renewal, "second");

        Files.move(renewal.resolve("server.crt"), config.resolve("server.crt"), StandardCopyOption.REPLACE_EXISTING);
        Eventually.holds(
                "it says that the halves do not fit", () -> server.log().contains("cannot be used"));
        assertThat(shown()).isEqualTo(before);
        Files.move(renewal.resolve("server.key"), config.resolve("server.key"), StandardCopyOption.REPLACE_EXISTING);

        Eventually.holds("the renewed certificate is shown", () -> shown().equals(renewed));
        assertThat(get(renewed, "/health").statusCode()).isEqualTo(200);
        certificate = renewed;
    }
}
