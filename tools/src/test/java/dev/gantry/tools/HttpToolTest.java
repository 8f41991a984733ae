package dev.gantry.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gantry.kernel.Json;
import dev.gantry.outbound.OutboundHttp;
import dev.gantry.tools.ToolException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpToolTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final List<String> RECEIVED = new CopyOnWriteArrayList<>();

    private static HttpServer peer;
    private static int port;
    private static Tools tools;

    @BeforeAll
    static void open() throws IOException {
        peer = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 50);
        port = peer.getAddress().getPort();
        peer.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        peer.createContext("/", HttpToolTest::answer);
        peer.start();
        // Every name leads to this machine, as names of attackers do.
        OutboundHttp outbound = new OutboundHttp(_ -> new InetAddress[] {LOOPBACK});
        tools = Tools.open(
                TestingTools.settings(
                        List.of("friend.test:" + port, "public.test:" + port, "*.below.test:" + port),
                        List.of("friend.test:" + port),
                        Map.of(
                                "key", TestingTools.secret("s3cr3t-value", "friend.test:" + port),
                                "other", TestingTools.secret("0ther-value", "api.test", "public.test:" + port)),
                        Map.of(),
                        Map.of()),
                Path.of("unused"),
                outbound);
    }

    @AfterAll
    static void close() {
        tools.close();
        peer.stop(0);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        RECEIVED.add(exchange.getRequestMethod() + " " + path + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        switch (path) {
            case "/metadata" -> redirect(exchange, 302, "http://169.254.169.254/latest/meta-data");
            case "/inwards" -> redirect(exchange, 307, "http://public.test:" + port + "/private");
            case "/around" -> redirect(exchange, 302, "/around");
            case "/file" -> redirect(exchange, 302, "file:///etc/passwd");
            case "/see-other" -> redirect(exchange, 303, "/echo");
            case "/large" -> reply(exchange, "text/plain", "x".repeat(20_000), true);
            case "/endless" -> endless(exchange, 0);
            case "/drip" -> endless(exchange, 50);
            case "/rubbish" -> reply(exchange, "application/json", "{not json", false);
            case "/echo" ->
                reply(
                        exchange,
                        "application/json",
                        Json.object()
                                .put("method", exchange.getRequestMethod())
                                .put("key", exchange.getRequestHeaders().getFirst("Idempotency-Key"))
                                .put(
                                        "authorization",
                                        exchange.getRequestHeaders().getFirst("Authorization"))
                                .put("type", exchange.getRequestHeaders().getFirst("Content-Type"))
                                .put(
                                        "body",
                                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
                                .toString(),
                        false);
            default -> reply(exchange, "text/plain", "hello", false);
        }
    }

    private static void redirect(HttpExchange exchange, int status, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private static void reply(HttpExchange exchange, String type, String text, boolean chunked) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Set-Cookie", "session=1");
        exchange.sendResponseHeaders(200, chunked ? 0 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void endless(HttpExchange exchange, int paceMs) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        byte[] piece = new byte[paceMs == 0 ? 1_000 : 1];
        try (exchange) {
            while (true) {
                exchange.getResponseBody().write(piece);
                exchange.getResponseBody().flush();
                LockSupport.parkNanos(paceMs * 1_000_000L);
            }
        }
    }

    private static HttpCall call(String method, String host, String path, Map<String, String> secrets) {
        return new HttpCall(
                method,
                "http://" + host + ":" + port + path,
                Map.of(),
                secrets,
                method.equals("POST") ? Json.object().put("a", 1) : null,
                "acme",
                "run/step");
    }

    private static HttpResult get(String host, String path) throws ToolException {
        return tools.call(call("GET", host, path, Map.of()), TestingTools.LONG);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(
            HttpCall call, Duration most, Reason reason) {
        return assertThatThrownBy(() -> tools.call(call, most))
                .isInstanceOfSatisfying(
                        ToolException.class,
                        failure -> assertThat(failure.reason())
                                .as(failure.getMessage())
                                .isEqualTo(reason));
    }

    @Test
    void shouldCallAnAllowedAddressWithItsSecretAndKeepThatToItself() throws ToolException {
        HttpResult result =
                tools.call(call("POST", "friend.test", "/echo", Map.of("Authorization", "key")), TestingTools.LONG);

        assertThat(result.status()).isEqualTo(200);
        assertThat(result.body())
                .isEqualTo(Json.object()
                        .put("method", "POST")
                        .put("key", "run/step")
                        .put("authorization", "Bearer ******")
                        .put("type", "application/json")
                        .put("body", "{\"a\":1}"));
        assertThat(result.headers())
                .containsEntry("content-type", "application/json")
                .doesNotContainKey("set-cookie");
        assertThat(RECEIVED).contains("POST /echo Bearer s3cr3t-value");
    }

    @Test
    void shouldFollowRedirectsAsBrowsersDo() throws ToolException {
        HttpResult result = tools.call(call("POST", "friend.test", "/see-other", Map.of()), TestingTools.LONG);
        assertThat(result.body().path("method").asText()).isEqualTo("GET");
        assertThat(result.body().path("body").asText()).isEmpty();
        assertThat(get("friend.test", "/plain").body()).isEqualTo(TextNode.valueOf("hello"));
    }

    @Test
    void shouldRefuseWhatIsNotAllowed() {
        refused(call("GET", "stranger.test", "/x", Map.of()), TestingTools.LONG, Reason.NOT_ALLOWED)
                .hasMessageContaining("tools.http.allowed_hosts");
        refused(call("GET", "below.test", "/x", Map.of()), TestingTools.LONG, Reason.NOT_ALLOWED);
        refused(call("GET", "friend.test.evil", "/x", Map.of()), TestingTools.LONG, Reason.NOT_ALLOWED);
        assertThat(RECEIVED).noneMatch(received -> received.contains(" /x "));
    }

    @Test
    void shouldReachNoPrivateAddressThroughANameThatIsAllowed() {
        for (String host : List.of("public.test", "a.below.test")) {
            refused(call("GET", host, "/inside", Map.of()), TestingTools.LONG, Reason.NOT_ALLOWED)
                    .hasMessageContaining("not public");
        }
        assertThat(RECEIVED).noneMatch(received -> received.contains("/inside"));
    }

    @Test
    void shouldFollowNoRedirectToWhereItMayNotCall() {
        refused(call("GET", "friend.test", "/metadata", Map.of()), TestingTools.LONG, Reason.NOT_ALLOWED)
                .hasMessageContaining("169.254.169.254");
        refused(call("GET", "friend.test", "/inwards", Map.of()), TestingTools.LONG, Reason.NOT_ALLOWED)
                .hasMessageContaining("not public");
        refused(call("GET", "friend.test", "/file", Map.of()), TestingTools.LONG, Reason.BAD_ANSWER);
        refused(call("GET", "friend.test", "/around", Map.of()), TestingTools.LONG, Reason.BAD_ANSWER);
        assertThat(RECEIVED).noneMatch(received -> received.contains("/private"));
    }

    @Test
    void shouldReadNoMoreThanItsBoundAndWaitNoLongerThanItsTime() {
        refused(call("GET", "friend.test", "/large", Map.of()), TestingTools.LONG, Reason.BAD_ANSWER)
                .hasMessageContaining("answer_size_max");
        refused(call("GET", "friend.test", "/endless", Map.of()), TestingTools.LONG, Reason.BAD_ANSWER);
        refused(call("GET", "friend.test", "/drip", Map.of()), Duration.ofMillis(300), Reason.TIMEOUT);
        refused(call("GET", "friend.test", "/rubbish", Map.of()), TestingTools.LONG, Reason.BAD_ANSWER);
    }

    @Test
    void shouldSendASecretToItsOwnHostsOnly() {
        refused(
                        call("GET", "friend.test", "/y", Map.of("Authorization", "other")),
                        TestingTools.LONG,
                        Reason.NOT_ALLOWED)
                .hasMessageContaining("tools.secrets.other.hosts");
        refused(
                        call("GET", "public.test", "/y", Map.of("Authorization", "other")),
                        TestingTools.LONG,
                        Reason.NOT_ALLOWED)
                .hasMessageContaining("https only");
        refused(
                call("GET", "friend.test", "/y", Map.of("Authorization", "unknown")),
                TestingTools.LONG,
                Reason.NOT_ALLOWED);
        HttpCall ofOthers = new HttpCall(
                "GET",
                "http://friend.test:" + port + "/y",
                Map.of(),
                Map.of("Authorization", "key"),
                null,
                "another organization",
                "k");
        refused(ofOthers, TestingTools.LONG, Reason.NOT_ALLOWED).hasMessageContaining("no secret 'key'");
        assertThat(RECEIVED).noneMatch(received -> received.contains(" /y "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nHost: evil", "Ä", "a\0b"})
    void shouldSendNoHeaderThatEndsEarly(String value) {
        HttpCall call = new HttpCall(
                "GET", "http://friend.test:" + port + "/z", Map.of("X-A", value), Map.of(), null, "acme", "k");
        refused(call, TestingTools.LONG, Reason.INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://friend.test/x",
                "//friend.test/x",
                "http://user@friend.test/x",
                "file:///etc/passwd",
                "",
                "http://",
                "gopher://friend.test:70/"
            })
    void shouldTakeNoOtherKindOfAddress(String url) {
        HttpCall call = new HttpCall("GET", url, Map.of(), Map.of(), null, "acme", "k");
        refused(call, TestingTools.LONG, Reason.INVALID);
    }

    @Test
    void shouldLeaveHostAndFramingToTheClient() {
        for (String header : List.of("Host", "content-length", "Transfer-Encoding")) {
            HttpCall call = new HttpCall(
                    "GET", "http://friend.test:" + port + "/z", Map.of(header, "1"), Map.of(), null, "acme", "k");
            refused(call, TestingTools.LONG, Reason.INVALID);
        }
    }

    private static @Nullable String refusal(String url) {
        return tools.addressRefusal(url);
    }

    @Test
    void shouldTellBeforeACallWhatIsAllowed() {
        assertThat(refusal("http://friend.test:" + port + "/a")).isNull();
        assertThat(refusal("http://friend.test/a")).contains("allowed_hosts");
        assertThat(tools.secretRefusal("key", "acme")).isNull();
        assertThat(tools.secretRefusal("kye", "acme")).contains("did you mean 'key'");
    }
}
