package dev.gantry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gantry.client.ClientException.Kind;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransportTest {
    private static final Transport.Call QUESTION = Transport.Call.get("/thing", Map.of());
    private static final Transport.Call CHANGE = Transport.Call.of("POST", "/thing", Json.object());

    /** What is answered, in turn; the last one again and again. */
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

    private final List<String> keys = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;
    private Transport transport;

    private interface Answer {
        void write(HttpExchange exchange) throws IOException, InterruptedException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        transport = new Transport(settings(server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        over.countDown();
        transport.close();
        server.stop(0);
    }

    private static ClientSettings settings(int port) {
        return ClientSettings.of(URI.create("http://127.0.0.1:" + port), Secret.of("key"));
    }

    private void serve(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        keys.add(key == null ? "" : key);
        exchange.getRequestBody().readAllBytes();
        Answer answer = answers.size() > 1 ? answers.poll() : answers.peek();
        try (exchange) {
            answer.write(exchange);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static Answer reply(int status, String body, String... headers) {
        return exchange -> {
            for (int index = 0; index < headers.length; index += 2) {
                exchange.getResponseHeaders().set(headers[index], headers[index + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    private static Answer hangUp() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            throw new IOException("hung up on purpose");
        };
    }

    private Answer endless(String beginning) {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write(beginning.getBytes(StandardCharsets.UTF_8));
            out.flush();
            over.await();
        };
    }

    @Test
    void shouldAskAgainWhereAnAnswerWasCutOff() {
        answers.add(hangUp());
        answers.add(reply(200, "{\"a\":1}"));
        assertThat(transport.send(QUESTION).body().path("a").asInt()).isEqualTo(1);
        assertThat(requests).hasValue(2);
    }

    @Test
    void shouldNotSendAChangeTwiceThatMayHaveBeenMade() {
        answers.add(hangUp());
        assertThatThrownBy(() -> transport.send(CHANGE))
                .isInstanceOfSatisfying(
                        ClientException.class,
                        failed -> assertThat(failed.kind()).isEqualTo(Kind.BROKEN_OFF));
        assertThat(requests).hasValue(1);
    }

    @Test
    void shouldSendAChangeAgainUnderTheSameKey() {
        answers.add(hangUp());
        answers.add(reply(503, "{\"code\":\"database_unavailable\"}"));
        answers.add(reply(200, "{}"));
        transport.send(Transport.Call.once("/thing", Json.object()));
        assertThat(keys).hasSize(3).doesNotContain("").containsOnly(keys.getFirst());
    }

    @Test
    void shouldSendAgainWhatWasRefusedBeforeItWasDone() {
        answers.add(reply(429, "{\"code\":\"rate_limited\"}"));
        answers.add(reply(503, "{\"code\":\"overloaded\"}"));
        answers.add(reply(200, "{}"));
        transport.send(CHANGE);
        assertThat(requests).hasValue(3);
    }

    @Test
    void shouldNotWaitLongerThanItsDeadlineAllows() {
        answers.add(reply(429, "{\"code\":\"rate_limited\",\"detail\":\"Slow down\"}", "Retry-After", "3600"));
        assertThatThrownBy(() -> transport.send(QUESTION)).isInstanceOfSatisfying(ClientException.class, refused -> {
            assertThat(refused.retryAfter()).contains(Duration.ofHours(1));
            assertThat(refused.detail()).isEqualTo("Slow down");
            assertThat(refused).hasMessage("Slow down (rate_limited, HTTP 429)");
        });
        assertThat(requests).hasValue(1);
    }

    @Test
    void shouldEndAnAnswerThatDoesNotEndAtItsDeadline() {
        answers.add(endless("{"));
        assertThatThrownBy(() -> transport.send(QUESTION.within(Duration.ofMillis(300))))
                .isInstanceOfSatisfying(
                        ClientException.class, late -> assertThat(late.kind()).isEqualTo(Kind.TIMEOUT));
    }

    @Test
    void shouldEndAStreamInWhichNothingComes() throws IOException {
        answers.add(endless("event: a\nid: 7\ndata: {\"b\":1}\n\n"));
        try (EventStream events = transport.events(QUESTION, Duration.ofMillis(300))) {
            EventStream.Event event = events.next();
            assertThat(event).isNotNull();
            assertThat(event.id()).isEqualTo("7");
            assertThat(event.name()).isEqualTo("a");
            assertThatThrownBy(events::next).isInstanceOf(IOException.class).hasMessageContaining("nothing came");
        }
    }

    @Test
    void shouldSayThatNothingAnswers() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (Transport nobody = new Transport(settings(free).withAttempts(2))) {
            assertThatThrownBy(() -> nobody.send(CHANGE))
                    .isInstanceOfSatisfying(
                            ClientException.class,
                            failed -> assertThat(failed.kind()).isEqualTo(Kind.UNREACHABLE))
                    .hasMessageContaining("127.0.0.1:" + free);
        }
    }

    @Test
    void shouldTellWhatIsNoGantry() {
        answers.add(reply(200, "<html>"));
        assertThatThrownBy(() -> transport.send(QUESTION))
                .isInstanceOfSatisfying(
                        ClientException.class,
                        failed -> assertThat(failed.kind()).isEqualTo(Kind.NOT_GANTRY));
    }

    @Test
    void shouldNotSendAgainWhatAProviderRefused() {
        answers.add(reply(429, "{\"code\":\"provider_rate_limited\"}"));
        assertThatThrownBy(() -> transport.send(CHANGE)).isInstanceOf(ClientException.class);
        assertThat(requests).hasValue(1);
    }

    @Test
    void shouldWaitForTheSameCallThatIsUnderWay() {
        answers.add(reply(409, "{\"code\":\"conflict\"}", "Retry-After", "0"));
        answers.add(reply(200, "{}"));
        transport.send(Transport.Call.once("/thing", Json.object()));
        assertThat(requests).hasValue(2);
    }

    @Test
    void shouldTakeNoOtherConflictForACallThatIsUnderWay() {
        answers.add(reply(409, "{\"code\":\"conflict\"}"));
        assertThatThrownBy(() -> transport.send(Transport.Call.once("/thing", Json.object())))
                .isInstanceOf(ClientException.class);
        assertThat(requests).hasValue(1);
    }

    @Test
    void shouldSayWhereARedirectLeads() {
        answers.add(reply(302, "", "Location", "https://login.example.com/"));
        assertThatThrownBy(() -> transport.send(QUESTION))
                .isInstanceOfSatisfying(
                        ClientException.class,
                        failed -> assertThat(failed.kind()).isEqualTo(Kind.NOT_GANTRY))
                .hasMessageContaining("https://login.example.com/");
        assertThatThrownBy(() -> transport.stream(QUESTION, "text/plain")).hasMessageContaining("302");
    }

    @Test
    void shouldReadWhyAStreamWasRefusedWithinItsTime() {
        answers.add(exchange -> {
            exchange.sendResponseHeaders(400, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            over.await();
        });
        assertThatThrownBy(() -> transport.stream(QUESTION.within(Duration.ofMillis(300)), "text/plain"))
                .isInstanceOfSatisfying(
                        ClientException.class, late -> assertThat(late.kind()).isEqualTo(Kind.TIMEOUT));
    }

    @Test
    void shouldGoOnWatchingARunWhileTheProxyFindsNobody() {
        answers.add(exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody()
                    .write("event: started\ndata: {\"sequence\":1,\"kind\":\"started\"}\n\n"
                            .getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("hung up on purpose");
        });
        for (int index = 0; index < 5; index++) {
            answers.add(reply(502, "<html>", "Retry-After", "0"));
        }
        answers.add(reply(200, "event: ended\ndata: {\"sequence\":2,\"kind\":\"ended\"}\n\n"));
        try (RunWatch watch = new RunWatch(transport, "/runs", 0)) {
            assertThat(watch).extracting(RunWatch.RunEvent::kind).containsExactly("started", "ended");
        }
    }

    @Test
    void shouldWatchARunAcrossABrokenConnection() {
        answers.add(exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody()
                    .write("event: started\ndata: {\"sequence\":1,\"kind\":\"started\"}\n\n"
                            .getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("hung up on purpose");
        });
        answers.add(exchange -> {
            String after = exchange.getRequestHeaders().getFirst("Last-Event-ID");
            reply(200, "event: ended\ndata: {\"sequence\":2,\"kind\":\"after " + after + "\"}\n\n")
                    .write(exchange);
        });
        try (RunWatch watch = new RunWatch(transport, "/runs", 0)) {
            assertThat(watch).extracting(RunWatch.RunEvent::kind).containsExactly("started", "after 1");
        }
    }
}
