package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.testing.Scenario;
import dev.gantry.provider.testing.Simulator;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingAuthority;
import dev.gantry.testing.TestingAuthority.Issued;
import dev.gantry.testing.TestingAuthority.Wish;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are known by the certificate of their connection. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientCertificateTest {
    private static final TestingAuthority AUTHORITY = TestingAuthority.of("clients of e2e");
    private static final TestingAuthority STRANGERS = TestingAuthority.of("strangers");
    private static final Issued CI = AUTHORITY.issue(Wish.client("uri:spiffe://example.com/ci"));
    private static final Issued REVOKED_LATER =
            AUTHORITY.issue(Wish.client("uri:spiffe://example.com/ci", "dns:revoked.example.com"));
    private static final Issued PINNED = AUTHORITY.issue(Wish.client("dns:nobody.example.com"));

    private Path folder;
    private Simulator simulator;
    private GantryProcess server;
    private final Map<Issued, HttpClient> clients = new LinkedHashMap<>();

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        Path config = Files.createDirectories(folder.resolve("config"));
        TestingAuthority ours = TestingAuthority.of("server");
        Files.writeString(folder.resolve("server-ca.pem"), ours.pem());
        Issued shown = ours.issue(Wish.server("ip:127.0.0.1"));
        Files.writeString(config.resolve("server.crt"), shown.certificatePem());
        Files.writeString(config.resolve("server.key"), shown.keyPem());
        Files.writeString(config.resolve("clients.pem"), AUTHORITY.pem());
        Files.writeString(config.resolve("revoked.crl"), AUTHORITY.revocationList());
        simulator = Simulator.start();
        simulator.model("simulated-echo", Scenario.parse(""));
        simulator.model("simulated-endless", Scenario.parse("chunks=5000,pace=10ms"));
        Files.writeString(config.resolve("gantry.yaml"), """
                server: {tls: {certificate: server.crt, key: server.key}}
                providers:
                  simulated: {type: openai, base_url: 'http://127.0.0.1:%d/v1'}
                models:
                  echo: {provider: simulated, upstream_name: simulated-echo, prices: {input: 1, output: 1}}
                  endless: {provider: simulated, upstream_name: simulated-endless, prices: {input: 1, output: 1}}
                """.formatted(simulator.port()));
        Files.writeString(config.resolve("security.yaml"), """
                authentication:
                  providers:
                    - type: mtls
                      ca_files: [clients.pem]
                      crl_files: [revoked.crl]
                      certificates:
                        - {uri: spiffe://example.com/ci, service_account: ci}
                        - {dns: lost.example.com, service_account: lost}
                        - {dns: person.example.com, service_account: admin@localhost}
                        - {dns: leaver.example.com, service_account: leaver}
                        - {dns: streamer.example.com, service_account: streamer}
                        - {dns: minter.example.com, service_account: minter}
                        - {email: Ops@example.com, service_account: ops}
                        - {fingerprint: '%s', service_account: pinned}
                role_assignments:
                  - {user: ci, role: developer}
                  - {user: ops, role: developer}
                  - {user: streamer, role: developer}
                  - {user: minter, role: admin}
                """.formatted(fingerprint(PINNED)));
        server = GantryProcess.start(folder.resolve("data"), config, Map.of());
        for (String name : new String[] {"ci", "leaver", "minter", "ops", "pinned", "streamer"}) {
            assertThat(admin("POST", "/api/v1/service-accounts", "{\"name\": \"" + name + "\"}")
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    @AfterAll
    void stop() throws IOException {
        clients.values().forEach(HttpClient::shutdownNow);
        server.close();
        simulator.close();
    }

    private static String fingerprint(Issued issued) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(issued.certificate().getEncoded());
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static HttpClient presenting(@Nullable Issued issued) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    issued == null ? null : new KeyManager[] {new AlwaysShowing(issued)},
                    new TrustManager[] {new TrustingEverybody()},
                    null);
            return HttpClient.newBuilder()
                    .sslContext(context)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.url().resolve(path));
    }

    private HttpClient client(Issued issued) {
        synchronized (clients) {
            return clients.computeIfAbsent(issued, ClientCertificateTest::presenting);
        }
    }

    private HttpResponse<String> whoami(Issued issued, String... headers) {
        HttpRequest.Builder request = request("/api/v1/whoami");
        return send(client(issued), headers.length == 0 ? request : request.headers(headers));
    }

    private HttpResponse<String> admin(String method, String path, String body) {
        return send(
                client(CI),
                request(path)
                        .header("X-API-Key", server.key())
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String principal(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.read(answer.body()).path("principal").asText();
    }

    private static String refusal(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        JsonNode problem = Json.read(answer.body());
        assertThat(problem.path("code").asText()).isEqualTo("unauthenticated");
        return problem.path("detail").asText();
    }

    @Test
    void shouldKnowAServiceAccountByItsCertificate() {
        assertThat(principal(whoami(CI))).isEqualTo("ci");
        assertThat(principal(whoami(PINNED))).isEqualTo("pinned");
        assertThat(principal(whoami(AUTHORITY.issue(Wish.client("email:ops@example.com")))))
                .isEqualTo("ops");
    }

    @Test
    void shouldShowItFromTheCommandLine() throws Exception {
        Path certificate = folder.resolve("ci.pem");
        Path key = folder.resolve("ci.key");
        Files.writeString(certificate, CI.certificatePem());
        Files.writeString(key, CI.keyPem());
        Map<String, String> environment = new HashMap<>(Map.of(
                "GANTRY_URL",
                server.url().toString(),
                "GANTRY_CA_CERT",
                folder.resolve("server-ca.pem").toString(),
                "GANTRY_CLIENT_CERT",
                certificate.toString(),
                "GANTRY_CLIENT_KEY",
                key.toString()));
        CommandRun models = CommandRun.with(environment, "models");
        assertThat(models.exitCode()).as(models.err()).isZero();
        assertThat(models.out()).contains("echo");
        CommandRun refused = CommandRun.with(environment, "users", "list");
        assertThat(refused.err())
                .as("by its own rights, not the administrator's")
                .contains("users:read", "ci");
        environment.put("GANTRY_CLIENT_KEY", certificate.toString());
        CommandRun unusable = CommandRun.with(environment, "models");
        assertThat(unusable.exitCode()).isEqualTo(1);
        assertThat(unusable.err()).contains("BEGIN PRIVATE KEY", "openssl pkcs8");
        environment.remove("GANTRY_CLIENT_KEY");
        assertThat(CommandRun.with(environment, "models").err()).contains("GANTRY_CLIENT_KEY is not set");
    }

    @Test
    void shouldLetItAskModelsWithinItsRights() {
        HttpRequest.Builder chat = request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Requests.chat("echo", "hello", false)));

        assertThat(send(client(CI), chat).statusCode()).isEqualTo(200);
        HttpResponse<String> refused = send(client(PINNED), chat);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
    }

    @Test
    void shouldWriteTheFingerprintIntoTheAuditLog() {
        whoami(STRANGERS.issue(Wish.client("uri:spiffe://example.com/ci")));
        send(
                client(CI),
                request("/v1/chat/completions")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(Requests.chat("echo", "audited", false))));

        String print = "sha256:" + fingerprint(CI).replace(":", "").toLowerCase(Locale.ROOT);
        JsonNode events = Json.read(admin("GET", "/api/v1/audit/events?limit=200&actor=ci", "")
                        .body())
                .path("items");
        assertThat(events.valueStream()
                        .map(event ->
                                event.path("details").path("client_certificate").asText()))
                .isNotEmpty()
                .allMatch(print::equals);
        JsonNode failed = Json.read(admin("GET", "/api/v1/audit/events?limit=200&event_type=auth.failed", "")
                        .body())
                .path("items");
        assertThat(failed.valueStream().map(event -> event.path("reason").asText()))
                .anyMatch(reason -> reason.contains("is not vouched for by an authority"));
    }

    @Test
    void shouldSayToWhomItRefusesWhatIsWrongWithTheCertificate() {
        Instant now = Instant.now();

        assertThat(refusal(whoami(STRANGERS.issue(Wish.client("uri:spiffe://example.com/ci")))))
                .isEqualTo("The client certificate is not vouched for by an authority of ca_files");
        assertThat(refusal(whoami(AUTHORITY.issue(Wish.client("uri:spiffe://example.com/ci")
                        .between(now.minusSeconds(100), now.minusSeconds(10))))))
                .startsWith("The client certificate has expired on ");
        assertThat(refusal(whoami(AUTHORITY.issue(Wish.server("uri:spiffe://example.com/ci")))))
                .contains("lacks clientAuth");
        Issued unknown = AUTHORITY.issue(Wish.client("dns:unknown.example.com"));
        assertThat(refusal(whoami(unknown)))
                .contains("is that of no service account")
                .contains(fingerprint(unknown).replace(":", "").toLowerCase(Locale.ROOT));
        assertThat(refusal(whoami(AUTHORITY.issue(Wish.client("dns:lost.example.com")))))
                .contains("service account 'lost', which does not exist in organization 'default'");
        assertThat(refusal(whoami(AUTHORITY.issue(Wish.client("dns:person.example.com")))))
                .as("a certificate never is a person's")
                .contains("which does not exist");
        assertThat(refusal(
                        whoami(AUTHORITY.issue(Wish.client("uri:spiffe://example.com/ci", "email:ops@example.com")))))
                .contains("is that of 2 service accounts by its names, so it counts for none");
    }

    @Test
    void shouldLetAKeyCountBeforeTheCertificateWhichMustBeGoodAllTheSame() {
        assertThat(principal(whoami(CI, "X-API-Key", server.key()))).isEqualTo("admin@localhost");
        assertThat(refusal(whoami(CI, "X-API-Key", "gk_wrongwrong_key"))).contains("The API key is unknown");
        assertThat(principal(
                        whoami(AUTHORITY.issue(Wish.client("dns:unknown.example.com")), "X-API-Key", server.key())))
                .isEqualTo("admin@localhost");
        assertThat(refusal(whoami(STRANGERS.issue(Wish.client()), "X-API-Key", server.key())))
                .contains("is not vouched for");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Client-Cert",
                "X-SSL-Client-Cert",
                "X-Forwarded-Client-Cert",
                "Client-Cert",
                "X-SSL-Client-S-DN"
            })
    void shouldNotBelieveHeaders(String header) throws GeneralSecurityException {
        String base64 = Base64.getEncoder().encodeToString(CI.certificate().getEncoded());

        HttpResponse<String> answer = send(
                presenting(null),
                request("/api/v1/whoami")
                        .header(header, header.equals("Client-Cert") ? ":" + base64 + ":" : base64)
                        .header("X-SSL-Client-Verify", "SUCCESS"));

        assertThat(refusal(answer)).contains("An API key is needed");
    }

    @Test
    void shouldServeWhoHasNoCertificate() {
        HttpClient bare = presenting(null);

        assertThat(send(bare, request("/health")).statusCode()).isEqualTo(200);
        assertThat(principal(send(bare, request("/api/v1/whoami").header("X-API-Key", server.key()))))
                .isEqualTo("admin@localhost");
    }

    @Test
    void shouldNotGiveKeysThatOutlastTheCertificate() {
        Issued minter = AUTHORITY.issue(Wish.client("dns:minter.example.com"));

        HttpResponse<String> refused = send(
                client(minter),
                request("/api/v1/keys")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"name\": \"for ever\"}")));

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
        assertThat(refused.body()).contains("would outlast the token, certificate or short-lived key you use");
    }

    @Test
    void shouldNotLetAPageOfAnotherSiteSpeakForTheOwnerOfABrowser() {
        HttpResponse<String> answer = whoami(CI, "Origin", "https://evil.example.com");

        assertThat(refusal(answer)).contains("does not count for a page of another site");
        assertThat(principal(whoami(CI, "Origin", "https://" + server.url().getRawAuthority())))
                .isEqualTo("ci");
    }

    @Test
    void shouldRefuseABadCertificateFromWhateverPage() {
        String[] key = {"Origin", "https://evil.example.com", "X-API-Key", server.key()};

        assertThat(principal(whoami(CI, key))).isEqualTo("admin@localhost");
        assertThat(refusal(whoami(STRANGERS.issue(Wish.client()), key))).contains("is not vouched for");
    }

    @Test
    void shouldRefuseADeactivatedServiceAccountOnItsOpenConnection() {
        Issued leaver = AUTHORITY.issue(Wish.client("dns:leaver.example.com"));
        assertThat(principal(whoami(leaver))).isEqualTo("leaver");

        assertThat(admin("DELETE", "/api/v1/service-accounts/leaver", "").statusCode())
                .isEqualTo(200);

        assertThat(refusal(whoami(leaver))).contains("service account 'leaver', which is deactivated");
    }

    @Test
    void shouldCutTheAnswerOfAServiceAccountThatIsDeactivatedMeanwhile() {
        Issued streamer = AUTHORITY.issue(Wish.client("dns:streamer.example.com"));
        HttpRequest.Builder chat = request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Requests.chat("endless", "hello", true)));
        Thread leaving = Thread.startVirtualThread(() -> {
            Eventually.holds(
                    "the answer is under way",
                    () -> admin("GET", "/metrics", "").body().contains("gantry_active_requests 1"));
            admin("DELETE", "/api/v1/service-accounts/streamer", "");
        });

        String answer = send(client(streamer), chat).body();

        assertThat(answer).contains("was deactivated, while the answer was under way");
        assertThat(leaving.isVirtual()).isTrue();
    }

    @Test
    void shouldFollowTheRevocationListOnOpenConnections() throws IOException {
        assertThat(principal(whoami(REVOKED_LATER))).isEqualTo("ci");

        Path fresh =
                Files.writeString(folder.resolve("fresh.crl"), AUTHORITY.revocationList(REVOKED_LATER.certificate()));
        Files.move(fresh, folder.resolve("config/revoked.crl"), StandardCopyOption.ATOMIC_MOVE);

        Eventually.holds(
                "the certificate is refused",
                () -> whoami(REVOKED_LATER).body().contains("The client certificate was revoked"));
        assertThat(principal(whoami(CI))).isEqualTo("ci");
    }
}
