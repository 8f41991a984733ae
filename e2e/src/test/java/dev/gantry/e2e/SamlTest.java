package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingCertificate;
import dev.gantry.testing.TestingIdp;
import java.io.ByteArrayInputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/** People sign in, and out, by a provider of SAML; their browser is a plain HTTP client. */
class SamlTest {
    private static final String ENTITY = "https://gantry.example";
    private static final TestingIdp IDP = new TestingIdp(TestingCertificate.rsa("idp", 2_048));

    private static GantryProcess server;

    @BeforeAll
    static void open(@TempDir Path directory) throws Exception {
        TestingCertificate own = TestingCertificate.rsa("gantry", 2_048);
        Path config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("idp.pem"), IDP.own().certificatePem());
        Files.writeString(config.resolve("own.pem"), own.certificatePem());
        Files.writeString(config.resolve("own.key"), own.keyPem());
        Files.writeString(
                config.resolve("idp.xml"), IDP.metadata("https://idp.example/sso", "https://idp.example/slo"));
        // The section of the FixOps overlay as it is printed, but for where the file is.
        Files.writeString(config.resolve("gantry.yaml"), """
                authentication:
                  provider: saml
                  saml:
                    entity_id: https://fixops.yourcompany.com
                    sso_url: https://sso.yourcompany.com/saml
                    certificate_path: %1$s/idp.pem
                  providers:
                    - type: saml
                      provider: company
                      label: Company
                      entity_id: https://gantry.example
                      metadata_path: %1$s/idp.xml
                      own_key: file:%1$s/own.key
                      own_certificate_path: %1$s/own.pem
                      users:
                        mapping:
                          group_names: {eng: engineering}
                    - type: saml
                      provider: portal
                      entity_id: https://gantry.example
                      metadata_path: %1$s/idp.xml
                      idp_initiated: true
                    - type: saml
                      provider: strict
                      entity_id: https://gantry.example
                      metadata_path: %1$s/idp.xml
                      required_contexts: [https://refeds.org/profile/mfa]
                role_assignments:
                  - group: engineering
                    role: developer
                """.formatted(config));
        server = GantryProcess.start(directory.resolve("data"), config, TestingConfiguration.ENVIRONMENT);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static Answer get(String path, String cookie) {
        return server.client()
                .withKey(null)
                .send(server.client()
                        .withKey(null)
                        .request(path)
                        .header("Cookie", cookie)
                        .GET()
                        .build());
    }

    private static Answer post(String path, Map<String, String> form, String cookie) {
        StringBuilder body = new StringBuilder();
        form.forEach((name, value) -> body.append(body.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        Client client = server.client().withKey(null);
        return client.send(client.request(path)
                .header("Cookie", cookie)
                .header("Origin", "https://idp.example")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
    }

    private static String cookie(Answer answer) {
        String cookie = answer.header("Set-Cookie");
        assertThat(cookie).as("%d %s", answer.status(), answer.body()).isNotEmpty();
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private static String consumer(String provider) {
        return server.url() + "/auth/saml/" + provider + "/acs";
    }

    /** A browser that has been sent to the provider. */
    private record Trip(String cookie, String request) {
        static Trip begin(String provider) throws Exception {
            return begin(provider, "a=b");
        }

        static Trip begin(String provider, String kept) throws Exception {
            Answer answer = get("/auth/saml/" + provider + "/start?return_to=/console/keys", kept);
            assertThat(answer.status()).as(answer.body()).isEqualTo(302);
            String location = answer.header("Location");
            String message = java.net.URLDecoder.decode(
                    location.replaceAll(".*SAMLRequest=([^&]*).*", "$1"), StandardCharsets.UTF_8);
            try (InflaterInputStream in = new InflaterInputStream(
                    new ByteArrayInputStream(Base64.getDecoder().decode(message)), new Inflater(true))) {
                Document request = TestingIdp.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                return new Trip(
                        SamlTest.cookie(answer), request.getDocumentElement().getAttribute("ID"));
            }
        }
    }

    private static String response(String consumer, String entity, String request) {
        Document response = TestingIdp.response(TestingIdp.values(consumer, entity, request, Instant.now()));
        IDP.sign(TestingIdp.element(response, "Assertion"));
        return TestingIdp.field(response);
    }

    private static Answer signIn(String provider, String entity) throws Exception {
        Trip trip = Trip.begin(provider);
        return post(
                "/auth/saml/" + provider + "/acs",
                Map.of("SAMLResponse", response(consumer(provider), entity, trip.request())),
                trip.cookie());
    }

    private static int sessionStatus(String cookie) {
        return get("/api/v1/auth/session", cookie).status();
    }

    @Test
    void shouldSignInWithTheRightsOfTheGroups() throws Exception {
        Answer answer = signIn("company", ENTITY);
        assertThat(answer.status()).as(answer.body()).isEqualTo(302);
        assertThat(answer.header("Location")).isEqualTo("/console/keys");
        assertThat(answer.header("Set-Cookie")).contains("HttpOnly", "SameSite=Lax");
        JsonNode session = get("/api/v1/auth/session", cookie(answer)).json();
        assertThat(session.path("user").path("name").asText()).isEqualTo("alice@example.com");
        assertThat(session.path("provider").asText()).isEqualTo("company");
        assertThat(session.path("roles").toString()).contains("developer");
        assertThat(server.client().auditEvents("event_type=auth.login").toString())
                .contains("\"provider\":\"company\"", "alice@example.com");
    }

    @Test
    void shouldSignInByTheOverlayOfFixOps() throws Exception {
        Answer begin = get("/auth/saml/saml/start", "a=b");
        assertThat(begin.header("Location")).startsWith("https://sso.yourcompany.com/saml?SAMLRequest=");
        assertThat(begin.header("Set-Cookie")).contains("gantry_saml=", "HttpOnly", "SameSite=None", "Secure");
        Trip trip = Trip.begin("saml");
        Map<String, String> values =
                TestingIdp.values(consumer("saml"), "https://fixops.yourcompany.com", trip.request(), Instant.now());
        values.put("name", "bob-1");
        values.put("attributes", TestingIdp.attribute("mail", "bob@example.com"));
        Document response = TestingIdp.response(values);
        IDP.sign(response.getDocumentElement());
        Answer answer = post("/auth/saml/saml/acs", Map.of("SAMLResponse", TestingIdp.field(response)), trip.cookie());
        assertThat(answer.status()).as(answer.body()).isEqualTo(302);
        assertThat(sessionStatus(cookie(answer))).isEqualTo(200);
    }

    @Test
    void shouldNameItsProvidersAndDescribeItself() {
        JsonNode providers = server.client()
                .withKey(null)
                .get("/api/v1/auth/providers")
                .json()
                .path("providers");
        assertThat(providers.toString())
                .contains(
                        "{\"id\":\"company\",\"kind\":\"saml\",\"label\":\"Company\",\"start_url\":\"/auth/saml/company/start\"}");
        Answer metadata = server.client().withKey(null).get("/auth/saml/company/metadata");
        assertThat(metadata.header("Content-Type")).startsWith("application/samlmetadata+xml");
        assertThat(TestingIdp.element(TestingIdp.parse(metadata.body()), "AssertionConsumerService")
                        .getAttribute("Location"))
                .isEqualTo(consumer("company"));
    }

    @Test
    void shouldAskWhoComesFromAnotherSiteBeforeAProviderCanSignThemIn() {
        Client client = server.client().withKey(null);
        String start = "/auth/saml/company/start?fresh=true&return_to=";
        for (String site : List.of("cross-site", "same-site")) {
            Answer refused = client.send(client.request(start + "//evil.example")
                    .header("Sec-Fetch-Site", site)
                    .GET()
                    .build());
            assertThat(refused.status()).as(refused.body()).isEqualTo(400);
        }
        Answer page = client.send(client.request(start + "/console/keys?a=%26b")
                .header("Sec-Fetch-Site", "cross-site")
                .GET()
                .build());
        assertThat(page.status()).as(page.body()).isEqualTo(200);
        assertThat(page.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(page.header("Content-Security-Policy")).contains("default-src 'none'", "frame-ancestors 'none'");
        String link = page.body()
                .replaceAll("(?s).*?<a href=\"(/auth/[^\"]*)\".*", "$1")
                .replace("&amp;", "&");
        assertThat(link).isEqualTo("/auth/saml/company/start?fresh=true&return_to=%2Fconsole%2Fkeys%3Fa%3D%26b");
        for (String site : List.of("same-origin", "none")) {
            Answer begun = client.send(
                    client.request(link).header("Sec-Fetch-Site", site).GET().build());
            assertThat(begun.status()).as(begun.body()).isEqualTo(302);
            assertThat(begun.header("Location")).startsWith("https://idp.example/sso?SAMLRequest=");
        }
    }

    @Test
    void shouldTakeAnAnswerOnce() throws Exception {
        Trip trip = Trip.begin("company");
        Map<String, String> form = Map.of("SAMLResponse", response(consumer("company"), ENTITY, trip.request()));
        assertThat(post("/auth/saml/company/acs", form, trip.cookie()).status()).isEqualTo(302);
        Answer again = post("/auth/saml/company/acs", form, trip.cookie());
        assertThat(again.status()).isEqualTo(401);
        assertThat(again.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void shouldEndTheSessionThatTheBrowserHadBefore() throws Exception {
        String former = cookie(signIn("company", ENTITY));
        Trip trip = Trip.begin("company", former);
        Map<String, String> values = TestingIdp.values(consumer("company"), ENTITY, trip.request(), Instant.now());
        values.put("name", "somebody-else");
        values.put("attributes", TestingIdp.attribute("mail", "somebody.else@example.com"));
        Document response = TestingIdp.response(values);
        IDP.sign(TestingIdp.element(response, "Assertion"));
        Answer answer =
                post("/auth/saml/company/acs", Map.of("SAMLResponse", TestingIdp.field(response)), trip.cookie());
        assertThat(answer.status()).as(answer.body()).isEqualTo(302);
        assertThat(sessionStatus(former)).isEqualTo(401);
        assertThat(sessionStatus(cookie(answer))).isEqualTo(200);
    }

    private static Answer signInStrictly(String context) throws Exception {
        Trip trip = Trip.begin("strict");
        Map<String, String> values = TestingIdp.values(consumer("strict"), ENTITY, trip.request(), Instant.now());
        values.put("context", context);
        Document response = TestingIdp.response(values);
        IDP.sign(TestingIdp.element(response, "Assertion"));
        return post("/auth/saml/strict/acs", Map.of("SAMLResponse", TestingIdp.field(response)), trip.cookie());
    }

    @Test
    void shouldTakeNobodyWithoutTheSecondFactorThatIsRequiredAndSayWhatWasGiven() throws Exception {
        Answer refused = signInStrictly("urn:oasis:names:tc:SAML:2.0:ac:classes:Password");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.body()).contains("stronger proof", "https://refeds.org/profile/mfa");
        assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();

        String cookie = cookie(signInStrictly("https://refeds.org/profile/mfa"));
        JsonNode session = get("/api/v1/auth/session", cookie).json();
        assertThat(session.path("acr").asText()).isEqualTo("https://refeds.org/profile/mfa");
        assertThat(session.path("amr").isArray()).isTrue();
        assertThat(server.client().auditEvents("event_type=auth.login").toString())
                .contains("\"acr\":\"https://refeds.org/profile/mfa\"");
    }

    @Test
    void shouldSayHowLongAgoSomebodyProvedWhoTheyAre() throws Exception {
        Trip trip = Trip.begin("company");
        Map<String, String> values = TestingIdp.values(consumer("company"), ENTITY, trip.request(), Instant.now());
        values.put("proven", "2026-01-02T03:04:05Z");
        Document response = TestingIdp.response(values);
        IDP.sign(TestingIdp.element(response, "Assertion"));
        String cookie = cookie(
                post("/auth/saml/company/acs", Map.of("SAMLResponse", TestingIdp.field(response)), trip.cookie()));
        JsonNode session = get("/api/v1/auth/session", cookie).json();
        assertThat(session.path("proven_at").asText()).isEqualTo("2026-01-02T03:04:05Z");
        Client client = server.client().withKey(null);
        Answer refused = client.send(client.request("/api/v1/keys")
                .header("Cookie", cookie)
                .header("X-CSRF-Token", session.path("csrf_token").asText())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"for ever\"}"))
                .build());
        assertThat(refused.status()).as(refused.body()).isEqualTo(403);
        assertThat(refused.json().path("code").asText()).isIn("recent_sign_in_required", "permission_denied");
    }

    @Test
    void shouldLetNobodyInWhoWasNotAsked() throws Exception {
        Trip trip = Trip.begin("company");
        String right = response(consumer("company"), ENTITY, trip.request());
        Answer elsewhere = post("/auth/saml/company/acs", Map.of("SAMLResponse", right), "a=b");
        assertThat(elsewhere.status()).isEqualTo(401);
        Document unsigned =
                TestingIdp.response(TestingIdp.values(consumer("company"), ENTITY, trip.request(), Instant.now()));
        Answer refused =
                post("/auth/saml/company/acs", Map.of("SAMLResponse", TestingIdp.field(unsigned)), trip.cookie());
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.body()).doesNotContain("signed", "alice");
        assertThat(post("/auth/saml/company/acs", Map.of("x", "y"), trip.cookie())
                        .status())
                .isEqualTo(400);
        assertThat(server.client().auditEvents("event_type=auth.failed").toString())
                .contains("\"provider\":\"company\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"})
    void shouldSendNobodyElsewhere(String elsewhere) {
        String encoded = URLEncoder.encode(elsewhere, StandardCharsets.UTF_8);
        assertThat(get("/auth/saml/company/start?return_to=" + encoded, "a=b").status())
                .isEqualTo(400);
        Answer answer = post(
                "/auth/saml/portal/acs",
                Map.of("SAMLResponse", response(consumer("portal"), ENTITY, ""), "RelayState", elsewhere),
                "a=b");
        assertThat(answer.status()).as(answer.body()).isEqualTo(302);
        assertThat(answer.header("Location")).isEqualTo("/console/");
    }

    /** Its cookie would cross the network in the clear. */
    @Test
    void shouldNotGiveASessionToABrowserThatComesByHttpFromElsewhere() {
        Client client = server.client().withKey(null);
        Answer answer = client.send(client.request("/auth/saml/portal/acs")
                .header("X-Forwarded-For", "203.0.113.7")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("SAMLResponse=x"))
                .build());

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("by https only", "server.public_url");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void shouldEndTheSessionThatTheProviderEnds() throws Exception {
        String cookie = cookie(signIn("company", ENTITY));
        assertThat(sessionStatus(cookie)).isEqualTo(200);
        String path = "/auth/saml/company/logout";
        Answer forged = get(path + "?" + IDP.logoutQuery(server.url() + path, "session-1", Instant.now()) + "x", "a=b");
        assertThat(forged.status()).isEqualTo(401);
        assertThat(sessionStatus(cookie)).isEqualTo(200);
        Answer answer = get(path + "?" + IDP.logoutQuery(server.url() + path, "session-1", Instant.now()), "a=b");
        assertThat(answer.status()).as(answer.body()).isEqualTo(302);
        assertThat(answer.header("Location")).startsWith("https://idp.example/slo?SAMLResponse=");
        Eventually.within(Duration.ofSeconds(5), "the session has ended", () -> sessionStatus(cookie) == 401);
    }

    @Test
    void shouldSignOutAtTheProviderToo() throws Exception {
        String cookie = cookie(signIn("company", ENTITY));
        Answer answer = get("/auth/logout", cookie);
        assertThat(answer.header("Location")).startsWith("https://idp.example/slo?SAMLRequest=");
        assertThat(sessionStatus(cookie)).isEqualTo(401);
        assertThat(answer.header("Set-Cookie")).contains("Max-Age=0");
    }
}
