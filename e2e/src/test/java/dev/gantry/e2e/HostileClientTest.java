package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.e2e.Client.Answer;
import dev.gantry.testing.Eventually;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send too much, too slowly, or something that is not HTTP. */
@ExtendWith(SharedWorld.class)
class HostileClientTest {
    private static final int BODY_MAX = 1024 * 1024;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] \\d{3} ");

    private final World world;
    private final Client client;

    HostileClientTest(World world) {
        this.world = world;
        this.client = world.client();
    }

    @AfterEach
    void shouldGoOn() {
        assertThat(client.chat("openai-echo", "hello").status()).isEqualTo(200);
    }

    private String ask(String... parts) throws Exception {
        try (Wire wire = new Wire(client.url())) {
            for (String part : parts) {
                wire.send(part);
            }
            return wire.readAll();
        }
    }

    private String head(String path, String headers) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + client.key() + "\r\n" + headers
                + "\r\n";
    }

    @Test
    void shouldRefuseABodyThatIsTooLarge() {
        String text = "x".repeat(BODY_MAX);
        Refusals.assertProblem(client.execute("summarize", text), 413, "request_too_large");
        Refusals.assertOpenAiError(client.chat("openai-echo", text), 413, "invalid_request_error");
        Refusals.assertAnthropicError(
                client.post("/v1/messages", Requests.message("anthropic-echo", text, false)), 413, "request_too_large");
    }

    @Test
    void shouldAcceptABodyOfAlmostTheLargestSize() {
        Answer answer = client.chat("openai-echo", "x".repeat(BODY_MAX - 1_000));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/choices/0/message/content").textValue()).hasSize(BODY_MAX - 1_000);
    }

    @Test
    void shouldRefuseADeclaredLengthWithoutReadingTheBody() throws Exception {
        assertThat(ask(head("/v1/chat/completions", "Content-Length: 999999999999\r\n")))
                .startsWith("HTTP/1.1 413")
                .contains("\"invalid_request_error\"");
    }

    @Test
    void shouldRefuseChunksWithoutEnd() throws Exception {
        List<String> parts = new ArrayList<>();
        parts.add(head("/api/v1/execute", "Transfer-Encoding: chunked\r\n"));
        for (int index = 0; index < 20; index++) {
            parts.add("10000\r\n" + "x".repeat(0x10000) + "\r\n");
        }
        assertThat(ask(parts.toArray(String[]::new))).startsWith("HTTP/1.1 413").contains("request_too_large");
    }

    @Test
    void shouldRefuseHeadersThatAreTooLarge() throws Exception {
        assertThat(ask(head("/v1/models", "X-Long: " + "x".repeat(40_000) + "\r\n")))
                .startsWith("HTTP/1.1 431 ");
        assertThat(ask(head("/v1/models", "X-Many: yes\r\n".repeat(3_000)))).startsWith("HTTP/1.1 431 ");
        assertThat(ask("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void shouldRefuseWhatIsNotHttp() throws Exception {
        assertThat(ask("HELLO\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n")).doesNotContain("HTTP/1.1 200");
        assertThat(ask(head("/v1/chat/completions", "Content-Length: -5\r\n"))).startsWith("HTTP/1.1 400 ");
        assertThat(ask(head("/v1/chat/completions", "Content-Length: five\r\n")))
                .startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: identity\r\n",
                "Content-Length: 4\r\nContent-Length: 5\r\n",
            })
    void shouldRefuseALengthThatCouldBeReadInTwoWaysAndCloseTheConnection(String headers) throws Exception {
        String smuggled = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

        String replies = ask(head("/v1/chat/completions", headers) + "0\r\n\r\n" + smuggled);

        assertThat(replies)
                .startsWith("HTTP/1.1 400 Bad Request")
                .containsIgnoringCase("\r\nconnection: close\r\n")
                .contains("\"invalid_request\"")
                .satisfies(
                        text -> assertThat(STATUS_LINE.matcher(text).results()).hasSize(1));
    }

    @Test
    void shouldRefuseChunksInHttp10() throws Exception {
        assertThat(ask("POST /v1/chat/completions HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                .matches("(?s)HTTP/1\\.[01] 400 .*")
                .contains("The only Transfer-Encoding that is read is chunked, in HTTP/1.1");
    }

    @Test
    void shouldSayWhichTwoHeadersContradictEachOther() throws Exception {
        assertThat(ask(head("/api/v1/execute", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n")))
                .contains("Content-Length or Transfer-Encoding, not both");
    }

    @Test
    void shouldNotWaitForABodyForEver() throws Exception {
        assertThat(ask(head("/v1/chat/completions", "Content-Length: 500\r\n"), "{\"model\":"))
                .startsWith("HTTP/1.1 408")
                .contains("\"error\"");
        assertThat(ask(head("/api/v1/execute", "Content-Length: 500\r\n"), "{"))
                .startsWith("HTTP/1.1 408")
                .contains("request_timeout");
    }

    @Test
    void shouldNotWaitForAHeadForEver() throws Exception {
        assertThat(ask("POST /v1/chat/completions HTTP/1.1\r\nHost: loc")).doesNotContain("200");
        assertThat(ask()).isEmpty();
    }

    @Test
    void shouldRefuseOtherMediaTypes() {
        for (String type : List.of("text/plain", "application/xml", "multipart/form-data; boundary=x", "image/png")) {
            String body = Requests.execute("summarize", "hello");
            Refusals.assertProblem(
                    client.send(client.request("/api/v1/execute")
                            .header("Content-Type", type)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build()),
                    415,
                    "unsupported_media_type");
        }
        Refusals.assertOpenAiError(
                client.send(client.request("/v1/chat/completions")
                        .header("Content-Type", "application/json")
                        .header("Content-Encoding", "gzip")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build()),
                415,
                "invalid_request_error");
    }

    @Test
    void shouldRefuseUnknownPathsAndMethods() {
        Refusals.assertProblem(client.get("/api/v1/no-such-thing"), 404, "unknown_endpoint");
        Refusals.assertProblem(client.get("/nothing"), 404, "unknown_endpoint");
        Refusals.assertOpenAiError(client.get("/v1/nothing"), 404, "invalid_request_error");
        Refusals.assertProblem(client.delete("/api/v1/execute"), 405, "method_not_allowed");
        Refusals.assertOpenAiError(client.delete("/v1/chat/completions"), 405, "invalid_request_error");
        for (String path : List.of(
                "/api/v1/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//", "/%00", "/%", "/api/v1/patterns/%zz")) {
            assertThat(rawStatus(path)).as(path).isBetween(400, 499);
        }
    }

    private int rawStatus(String path) {
        try {
            String reply = ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-API-Key: "
                    + client.key() + "\r\n\r\n");
            return Integer.parseInt(reply.substring(9, 12));
        } catch (Exception failure) {
            throw new AssertionError(path, failure);
        }
    }

    @Test
    void shouldRefuseKeysThatAreNone() {
        for (String key :
                List.of("x", "gk_", "gk__", "gk_a_b_c_d", "Bearer", "null", "gk_" + "x".repeat(5_000), "' OR 1=1")) {
            Refusals.assertProblem(client.withKey(key).get("/api/v1/whoami"), 401, "unauthenticated");
            Refusals.assertOpenAiError(client.withKey(key).chat("openai-echo", "hello"), 401, "authentication_error");
        }
        Answer keyless = client.withKey(null).get("/api/v1/whoami");
        Refusals.assertProblem(keyless, 401, "unauthenticated");
        assertThat(keyless.header("WWW-Authenticate")).startsWith("Bearer");
    }

    @Test
    void shouldSendItsHeadersOfSafetyWithEveryReply() {
        for (Answer answer : List.of(client.get("/health"), client.get("/nothing"), client.get("/v1/models"))) {
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Content-Security-Policy")).contains("default-src 'none'");
        }
    }

    @Test
    void shouldHoldNothingForClientsThatLeft() throws Exception {
        for (int index = 0; index < 30; index++) {
            String body = Requests.chat("openai-endless", "hello", index % 2 == 0);
            try (Wire wire = new Wire(client.url())) {
                wire.send(head(
                                "/v1/chat/completions",
                                "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n")
                        + body);
            }
        }
        Eventually.holds("no request is active", () -> client.metric("gantry_active_requests") == 0);
        Eventually.holds("no provider works on", () -> world.simulator().underWay() == 0);
    }
}
