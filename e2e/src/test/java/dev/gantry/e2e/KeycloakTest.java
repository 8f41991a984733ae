package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.PlainBrowser.Page;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** People sign in, and out, by a real Keycloak: alice by OpenID Connect, bob by SAML. */
@EnabledIfSystemProperty(
        named = "gantry.test.all",
        matches = "true",
        disabledReason = "fetches and starts Keycloak; run it with: ./gantry test --all")
class KeycloakTest {
    private static final String SECRET = "secret-of-the-client";

    private static GantryProcess server;
    private static Keycloak keycloak;

    @BeforeAll
    static void open(@TempDir Path directory) throws Exception {
        TestingCertificate own = TestingCertificate.rsa("gantry", 2_048);
        int port = Keycloak.freePort();
        Path config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("own.pem"), own.certificatePem());
        Files.writeString(config.resolve("own.key"), own.keyPem());
        Files.writeString(config.resolve("gantry.yaml"), """
                authentication:
                  providers:
                    - type: oauth2
                      provider: keycloak
                      client_id: gantry
                      client_secret: ${KEYCLOAK_SECRET}
                      issuer: %2$s
                      users: {mapping: {group_names: {eng: engineering}}}
                    - type: oauth2
                      provider: silver
                      client_id: gantry
                      client_secret: ${KEYCLOAK_SECRET}
                      issuer: %2$s
                      required_acr: [silver, gold]
                    - type: oauth2
                      provider: gold
                      client_id: gantry
                      client_secret: ${KEYCLOAK_SECRET}
                      issuer: %2$s
                      required_acr: [gold]
                    - type: saml
                      provider: company
                      entity_id: https://gantry.example
                      metadata_url: %2$s/protocol/saml/descriptor
                      own_key: file:%1$s/own.key
                      own_certificate_path: %1$s/own.pem
                      users: {mapping: {group_names: {eng: engineering}}}
                role_assignments:
                  - group: engineering
                    role: developer
                """.formatted(config, Keycloak.realm(port)));
        Map<String, String> environment = new HashMap<>(TestingConfiguration.ENVIRONMENT);
        environment.put("KEYCLOAK_SECRET", SECRET);
        // No provider is asked before somebody signs in, so that it may start last, and know where the server is.
        server = GantryProcess.start(directory.resolve("data"), config, environment);
        String realm = Files.readString(Path.of("src/test/resources/keycloak-realm.json"))
                .replace("@GANTRY@", server.url().toString())
                .replace("@SECRET@", SECRET)
                .replace(
                        "@CERTIFICATE@",
                        Base64.getEncoder().encodeToString(own.certificate().getEncoded()));
        keycloak = Keycloak.start(home(), port, realm, directory.resolve("keycloak.log"));
    }

    private static Path home() throws Exception {
        try (Stream<Path> unpacked =
                Files.list(Path.of(System.getProperty("gantry.test.keycloak", "target/keycloak")))) {
            return unpacked.filter(folder -> Files.exists(folder.resolve("bin/kc.sh")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @AfterAll
    static void close() {
        if (keycloak != null) {
            keycloak.close();
        }
        if (server != null) {
            server.close();
        }
    }

    /** Signs in as a person does: from our page to Keycloak's, and back. */
    private static PlainBrowser signIn(String start, String user) {
        PlainBrowser browser = new PlainBrowser();
        Page login = browser.get(server.url().resolve(start + "?return_to=/api/v1/auth/session"));
        assertThat(login.body()).as(login.address().toString()).contains("kc-form-login");
        Page next = browser.send(login.form().with("username", user).with("password", user + "-password"));
        if (next.body().contains("SAMLResponse")) {
            next = browser.send(next.form());
        }
        assertThat(next.address()).as(next.body()).isEqualTo(server.url().resolve("/api/v1/auth/session"));
        return browser;
    }

    private static Page session(PlainBrowser browser) {
        return browser.get(server.url().resolve("/api/v1/auth/session"));
    }

    private static PlainBrowser signInWithRights(String start, String user) {
        PlainBrowser browser = signIn(start, user);
        Page page = session(browser);
        assertThat(page.status()).as(page.body()).isEqualTo(200);
        JsonNode session = Json.read(page.body());
        assertThat(session.path("user").path("name").asText()).isEqualTo(user + "@example.com");
        assertThat(session.path("roles").toString()).contains("developer");
        return browser;
    }

    @ParameterizedTest
    @CsvSource({"/auth/oidc/keycloak/start, alice", "/auth/saml/company/start, bob"})
    void shouldSignInWithTheRightsOfTheGroupsUntilTheProviderEndsTheSession(String start, String user)
            throws Exception {
        PlainBrowser browser = signInWithRights(start, user);
        keycloak.signOut(user);
        Eventually.holds("the session has ended", () -> session(browser).status() == 401);
    }

    /** A password alone is silver there, and no second factor is set up that would be gold. */
    @Test
    void shouldLetNobodyInWhoProvedLessThanIsRequired() {
        PlainBrowser browser = signIn("/auth/oidc/silver/start", "alice");
        assertThat(Json.read(session(browser).body()).path("acr").asText()).isEqualTo("silver");

        PlainBrowser another = new PlainBrowser();
        Page login = another.get(server.url().resolve("/auth/oidc/gold/start"));
        Page refused = another.send(login.form().with("username", "alice").with("password", "alice-password"));
        assertThat(refused.status()).as(refused.body()).isEqualTo(401);
        assertThat(refused.body()).contains("stronger proof", "acr gold, and it says silver");
        assertThat(session(another).status()).isEqualTo(401);
    }

    @Test
    void shouldSignOutOfBothByOpenIdConnect() {
        PlainBrowser browser = signInWithRights("/auth/oidc/keycloak/start", "alice");
        Page asked = browser.get(server.url().resolve("/auth/logout"));
        assertThat(session(browser).status()).isEqualTo(401);
        if (asked.body().contains("kc-logout") || asked.body().contains("logout-confirm")) {
            browser.send(asked.form());
        }
        assertIsAskedAgain(browser, "/auth/oidc/keycloak/start");
    }

    @Test
    void shouldSignOutOfBothBySaml() {
        PlainBrowser browser = signInWithRights("/auth/saml/company/start", "bob");
        Page there = browser.get(server.url().resolve("/auth/logout"));
        assertThat(session(browser).status()).isEqualTo(401);
        if (there.body().contains("SAMLResponse")) {
            Page back = browser.send(there.form());
            assertThat(back.address().getPath()).isEqualTo("/console/");
        }
        assertIsAskedAgain(browser, "/auth/saml/company/start");
    }

    private static void assertIsAskedAgain(PlainBrowser browser, String start) {
        assertThat(browser.get(server.url().resolve(start)).body()).contains("kc-form-login");
    }
}
