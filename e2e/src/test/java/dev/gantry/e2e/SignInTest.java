package dev.gantry.e2e;

import static dev.gantry.e2e.Refusals.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Browsers sign in by a cookie that no other site's page can use; the server stands behind a proxy that speaks TLS. */
class SignInTest {
    private static final String OWN = "https://gantry.example";
    private static final String ALLOWED = "https://app.example";

    private static GantryProcess server;

    @BeforeAll
    static void open(@TempDir Path directory) throws Exception {
        Path config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("gantry.yaml"), """
                server:
                  public_url: https://gantry.example
                  allowed_origins: [https://app.example]
                  trusted_proxies: [127.0.0.1, 10.0.0.0/8]
                """);
        server = GantryProcess.start(directory.resolve("data"), config, TestingConfiguration.ENVIRONMENT);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    /** A browser that has signed in. */
    private record Browser(String cookie, String csrf, JsonNode session) {
        Answer send(String method, String path, String body, Map<String, String> headers) {
            return SignInTest.send(method, path, body, headers, cookie);
        }
    }

    private static Answer send(String method, String path, String body, Map<String, String> headers, String cookie) {
        Client client = server.client().withKey(null);
        HttpRequest.Builder request = client.request(path)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .setHeader("Content-Type", "application/json");
        if (!cookie.isEmpty()) {
            request.setHeader("Cookie", cookie);
        }
        headers.forEach(request::setHeader);
        return client.send(request.build());
    }

    private static Answer signIn(Map<String, String> headers, String cookie) {
        String body = Requests.text(Json.object().put("api_key", server.key()));
        return send("POST", "/api/v1/auth/sessions", body, headers, cookie);
    }

    private static Browser browser() {
        Answer answer = signIn(Map.of("Origin", OWN), "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        String cookie = answer.header("Set-Cookie");
        return new Browser(
                cookie.substring(0, cookie.indexOf(';')),
                answer.json().path("csrf_token").asText(),
                answer.json());
    }

    @Test
    void shouldGiveACookieThatStaysWithItsBrowser() {
        String cookie = signIn(Map.of(), "").header("Set-Cookie");
        assertThat(cookie)
                .startsWith("__Host-gantry_session=gs_")
                .contains("; Path=/; HttpOnly; SameSite=Lax; Secure")
                .doesNotContain("Domain");
        Browser browser = browser();
        assertThat(browser.session().path("user").path("name").asText()).isEqualTo("admin@localhost");
        assertThat(browser.session().has("token")).isFalse();
        Answer session = browser.send("GET", "/api/v1/auth/session", "", Map.of());
        assertThat(session.json()).isEqualTo(browser.session());
    }

    @Test
    void shouldChangeNothingWithoutTheTokenOfThePage() {
        Browser browser = browser();
        Browser other = browser();
        String team = "{\"name\":\"forged\"}";
        for (Map<String, String> headers : java.util.List.of(
                Map.<String, String>of(),
                Map.of("X-CSRF-Token", ""),
                Map.of("X-CSRF-Token", other.csrf()),
                Map.of("X-CSRF-Token", browser.csrf(), "Origin", "https://evil.example"),
                Map.of("X-CSRF-Token", browser.csrf(), "Origin", "null"),
                Map.of("X-CSRF-Token", browser.csrf(), "Origin", OWN + ".evil.example"))) {
            assertProblem(browser.send("POST", "/api/v1/teams", team, headers), 403, "cross_site_request");
            assertProblem(
                    browser.send("POST", "/api/v1/execute", "{\"pattern\":\"summarize\",\"input\":\"x\"}", headers),
                    403,
                    "cross_site_request");
        }
        assertThat(browser.send(
                                "POST",
                                "/api/v1/teams",
                                "{\"name\":\"meant\"}",
                                Map.of("X-CSRF-Token", browser.csrf(), "Origin", OWN))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void shouldNotSignInForAPageOfAnotherSite() {
        assertProblem(signIn(Map.of("Origin", "https://evil.example"), ""), 403, "cross_site_request");
    }

    @Test
    void shouldNotTakeTheCookieOfABrowserForAnSdk() {
        Browser browser = browser();
        assertThat(browser.send("GET", "/v1/models", "", Map.of()).status()).isEqualTo(401);
        assertThat(browser.send(
                                "POST",
                                "/v1/chat/completions",
                                "{\"model\":\"openai-echo\",\"messages\":[]}",
                                Map.of("X-CSRF-Token", browser.csrf()))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void shouldEndTheFormerSessionWhenSomebodySignsInAgain() {
        Browser former = browser();
        assertThat(signIn(Map.of(), former.cookie()).status()).isEqualTo(201);
        assertProblem(former.send("GET", "/api/v1/auth/session", "", Map.of()), 401, "unauthenticated");
    }

    @Test
    void shouldNotChooseBetweenTwoCookies() {
        Browser browser = browser();
        Answer answer = send(
                "GET",
                "/api/v1/auth/session",
                "",
                Map.of(),
                browser.cookie() + "; " + browser().cookie());
        assertProblem(answer, 401, "unauthenticated");
    }

    @Test
    void shouldReplaceTheTokenWhenAskedAndTakeItBackInTheEnd() {
        Browser browser = browser();
        Map<String, String> proof = Map.of("X-CSRF-Token", browser.csrf());
        Answer refreshed = browser.send("POST", "/api/v1/auth/session/refresh", "", proof);
        assertThat(refreshed.header("Set-Cookie"))
                .startsWith("__Host-gantry_session=gs_")
                .doesNotContain(browser.cookie());
        assertThat(refreshed.json().has("token")).as("scripts must not see it").isFalse();
        Answer out = browser.send("DELETE", "/api/v1/auth/session", "", proof);
        assertThat(out.status()).isEqualTo(204);
        assertThat(out.header("Set-Cookie"))
                .startsWith("__Host-gantry_session=;")
                .contains("Max-Age=0");
        assertProblem(browser.send("GET", "/api/v1/auth/session", "", Map.of()), 401, "unauthenticated");
        assertThat(server.client().auditEvents("event_type=auth.logout")).isNotEmpty();
        assertThat(server.client().auditEvents("event_type=auth.login").toString())
                .doesNotContain(server.key())
                .doesNotContain("gs_");
    }

    @Test
    void shouldTellEverybodyHowToSignIn() {
        assertThat(send("GET", "/api/v1/auth/providers", "", Map.of(), "").body())
                .contains("\"api_key\"");
        assertProblem(
                send("POST", "/api/v1/auth/sessions", "{\"api_key\":\"gk_wrong\"}", Map.of(), ""),
                401,
                "unauthenticated");
    }

    /** The proxy adds the address that it saw at the end; what stands before it a client may have made up. */
    @Test
    void shouldCountFailuresOfClientsBehindProxiesApart() {
        String wrong = "{\"api_key\":\"gk_wrong\"}";
        for (int attempt = 0; attempt < 50; attempt++) {
            String made = "198.51.100." + attempt + ", 203.0.113.9, 10.1.2.3";
            assertThat(send("POST", "/api/v1/auth/sessions", wrong, Map.of("X-Forwarded-For", made), "")
                            .status())
                    .isEqualTo(401);
        }
        assertProblem(
                send("POST", "/api/v1/auth/sessions", wrong, Map.of("X-Forwarded-For", "1.1.1.1, 203.0.113.9"), ""),
                429,
                "rate_limited");
        assertThat(signIn(Map.of("X-Forwarded-For", "203.0.113.9, [2001:db8::7]:4711"), "")
                        .status())
                .isEqualTo(201);
        Eventually.holds(
                "the audit log has the clients' addresses",
                () -> server.client().auditEvents("event_type=auth.login").stream()
                        .anyMatch(event ->
                                event.path("actor").path("address").asText().equals("2001:db8:0:0:0:0:0:7")));
        assertThat(server.client().auditEvents("event_type=auth.failed").stream()
                        .map(event -> event.path("actor").path("address").asText()))
                .contains("203.0.113.9")
                .noneMatch(address -> address.startsWith("198.51.100.") || address.equals("10.1.2.3"));
    }

    @Test
    void shouldLetListedOriginsCallAndNoOthers() {
        Answer listed = server.client()
                .send(server.client()
                        .request("/api/v1/whoami")
                        .header("Origin", ALLOWED)
                        .build());
        assertThat(listed.header("Access-Control-Allow-Origin")).isEqualTo(ALLOWED);
        assertThat(listed.header("Vary")).contains("Origin");
        Answer asked = send(
                "OPTIONS", "/api/v1/teams", "", Map.of("Origin", ALLOWED, "Access-Control-Request-Method", "POST"), "");
        assertThat(asked.status()).isEqualTo(204);
        assertThat(asked.header("Access-Control-Allow-Methods")).contains("POST");
        assertThat(asked.header("Access-Control-Allow-Headers")).contains("X-CSRF-Token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://app.example",
                "https://app.example.evil.example",
                "https://app.example:8443",
                "https://APP.example",
                "null",
                "https://app.example/"
            })
    void shouldTellOtherOriginsNothing(String origin) {
        Answer answer = server.client()
                .send(server.client()
                        .request("/api/v1/whoami")
                        .header("Origin", origin)
                        .build());
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(answer.header("Vary")).contains("Origin");
        Answer asked = send(
                "OPTIONS", "/api/v1/teams", "", Map.of("Origin", origin, "Access-Control-Request-Method", "POST"), "");
        assertThat(asked.headers().firstValue("Access-Control-Allow-Methods")).isEmpty();
    }

    @Test
    void shouldTellPeopleWhatFailedAndLeadThemBackAndProgramsInText() {
        Map<String, String> elsewhere = Map.of("Sec-Fetch-Site", "cross-site", "Accept", "text/html,*/*;q=0.8");
        Answer page = send("GET", "/auth/logout", "", elsewhere, "");

        assertThat(page.status()).as(page.body()).isEqualTo(403);
        assertThat(page.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(page.header("Content-Security-Policy"))
                .contains("default-src 'none'")
                .doesNotContain("script");
        assertThat(page.body())
                .contains("A page of another site sent this", "href=\"/console/\"", page.header("X-Request-Id"));
        Answer text = send("GET", "/auth/logout", "", Map.of("Sec-Fetch-Site", "cross-site"), "");
        assertThat(text.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
    }

    /** A browser's page can have its own name lead to this machine, and a proxy here can forget to say for whom it asks. */
    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "127.0.0.1:7420, 200",
        "[::1]:7420, 200",
        "evil.example:7420, 401",
        "gantry.example, 401",
        "127.0.0.1.evil.example, 401",
        "localhost.evil.example:7420, 401"
    })
    void shouldShowMetricsWithoutAKeyToThisMachineAlone(String host, int status) throws Exception {
        try (Wire wire = new Wire(server.url())) {
            String answer = wire.send("GET /metrics HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .readAll();
            assertThat(answer).startsWith("HTTP/1.1 " + status);
        }
    }
}
