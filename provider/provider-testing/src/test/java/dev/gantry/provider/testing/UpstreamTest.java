package dev.gantry.provider.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.provider.CallContext;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import dev.gantry.provider.Upstream;
import dev.gantry.provider.UpstreamHeaders;
import dev.gantry.provider.UpstreamHttp;
import dev.gantry.provider.UpstreamLimits;
import dev.gantry.provider.UpstreamReply;
import dev.gantry.provider.UpstreamRequest;
import dev.gantry.provider.UpstreamStream;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class UpstreamTest {
    private static final CallContext CONTEXT =
            new CallContext(Duration.ofSeconds(30), Duration.ofSeconds(20), null, "request-1", null);

    private final Simulator simulator = Simulator.start();
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final UpstreamHttp http = new UpstreamHttp(vertx);

    @AfterEach
    void close() {
        http.close();
        Simulator.awaitUntil("all connections are closed", () -> simulator.connections() == 0);
        vertx.close().toCompletionStage().toCompletableFuture().join();
        simulator.close();
    }

    private static UpstreamRequest chat(boolean stream) {
        return new UpstreamRequest(
                "/v1/chat/completions",
                UpstreamHeaders.NONE.with("Content-Type", "application/json"),
                Buffer.buffer("{\"model\":\"m\",\"stream\":" + stream + ",\"messages\":[]}"));
    }

    private Upstream upstream(int connectionsMax, long replyBytesMax) {
        return http.open(
                "test",
                simulator.address(),
                new UpstreamLimits(Duration.ofSeconds(5), null, null, connectionsMax, replyBytesMax));
    }

    @Test
    void shouldNeverOpenMoreConnectionsThanAllowed() throws Exception {
        Upstream upstream = upstream(1, 1_000_000);
        simulator.always(Scenario.text("x").delayed(Duration.ofMillis(5)));
        int connectionsMax = Runtime.getRuntime().availableProcessors();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<UpstreamReply>> replies = new ArrayList<>();
            for (int index = 0; index < 50; index++) {
                replies.add(threads.submit(() -> upstream.exchange(chat(false), CONTEXT)));
            }
            for (Future<UpstreamReply> reply : replies) {
                assertThat(reply.get().status()).isEqualTo(200);
            }
        }
        assertThat(simulator.connectionsMade()).isLessThanOrEqualTo(connectionsMax);
        assertThat(upstream.connections()).isLessThanOrEqualTo(connectionsMax);
    }

    @Test
    void shouldNotAskAgainWhatAProviderMayHaveWorkedOn() throws Exception {
        Upstream upstream = upstream(1, 1_000_000);
        // As many as there are pools, so that each has a connection that it kept.
        for (int call = 0; call < 2 * Runtime.getRuntime().availableProcessors(); call++) {
            upstream.exchange(chat(false), CONTEXT);
        }
        int before = simulator.requests().size();
        simulator.next(
                Scenario.ECHO.delayed(Duration.ofMillis(2_500)).with(new Fault.CloseWithoutReply()), Scenario.ECHO);

        assertThatThrownBy(() -> upstream.exchange(chat(false), CONTEXT))
                .isInstanceOfSatisfying(
                        ProviderException.class,
                        lost -> assertThat(lost.failure()).isEqualTo(ProviderException.Failure.UNAVAILABLE));

        assertThat(simulator.requests()).hasSize(before + 1);
    }

    @Test
    void shouldGiveUpWaitingForAConnection() throws Exception {
        Upstream upstream = upstream(1, 1_000_000);
        Context loop = vertx.getOrCreateContext();
        simulator.always(Scenario.chunks(5).with(new Fault.StallAfter(1)));
        CallContext hurried = new CallContext(Duration.ofMillis(200), Duration.ofSeconds(20), null, "request-1", null);
        ScopedValue.where(UpstreamHttp.CLIENT_CONTEXT, loop).call(() -> {
            try (UpstreamStream first = upstream.stream(chat(true), CONTEXT)) {
                assertThat(first.read()).isNotNull();
                ProviderException failure =
                        catchThrowableOfType(ProviderException.class, () -> upstream.exchange(chat(false), hurried));
                assertThat(failure.failure()).isEqualTo(Failure.TIMEOUT);
            }
            simulator.always(Scenario.ECHO);
            return assertThat(upstream.exchange(chat(false), CONTEXT).status()).isEqualTo(200);
        });
    }

    @Test
    void shouldRefuseRepliesBeyondTheBound() {
        Upstream upstream = upstream(4, 10_000);
        simulator.next(Scenario.ECHO.with(new Fault.HugeBody(1_000_000)));
        ProviderException failure =
                catchThrowableOfType(ProviderException.class, () -> upstream.exchange(chat(false), CONTEXT));
        assertThat(failure.failure()).isEqualTo(Failure.BAD_REPLY);
        assertThat(failure).hasMessageContaining("more than 10000 bytes");
    }

    /** What a client gets is written by the thread that serves the client's connection. */
    @Test
    void shouldStayOnTheClientsEventLoop() throws Exception {
        Upstream upstream = upstream(4, 10_000);
        List<Context> loops = List.of(vertx.getOrCreateContext(), newContext());
        for (Context loop : loops) {
            CompletableFuture<Thread> loopThread = new CompletableFuture<>();
            loop.runOnContext(running -> loopThread.complete(Thread.currentThread()));
            AtomicReference<@Nullable Thread> writer = new AtomicReference<>();
            ScopedValue.where(UpstreamHttp.CLIENT_CONTEXT, loop).call(() -> {
                try (UpstreamStream stream = upstream.stream(chat(true), CONTEXT)) {
                    stream.pipe(noting(writer), new TestingClient());
                }
                return null;
            });
            assertThat(writer.get()).isSameAs(loopThread.get(Simulator.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
    }

    private Context newContext() throws Exception {
        CompletableFuture<Context> found = new CompletableFuture<>();
        Thread other = Thread.ofPlatform().start(() -> found.complete(vertx.getOrCreateContext()));
        other.join();
        return found.get();
    }

    private static UpstreamStream.Filter noting(AtomicReference<@Nullable Thread> writer) {
        return new UpstreamStream.Filter() {
            @Override
            public Buffer filter(Buffer chunk) {
                writer.set(Thread.currentThread());
                return chunk;
            }

            @Override
            public @Nullable ProviderException refusal() {
                return null;
            }

            @Override
            public Buffer end() {
                return Buffer.buffer();
            }
        };
    }

    @Test
    void shouldNotBlockAnEventLoop() throws Exception {
        Upstream upstream = upstream(4, 10_000);
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        vertx.runOnContext(running -> {
            try {
                upstream.exchange(chat(false), CONTEXT);
                outcome.complete(new AssertionError("it was sent"));
            } catch (ProviderException | IllegalStateException refused) {
                outcome.complete(refused);
            }
        });
        assertThat(outcome.get(Simulator.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldEndCallsWhenItIsClosed() throws Exception {
        Upstream upstream = upstream(4, 10_000);
        simulator.next(Scenario.ECHO.delayed(Duration.ofSeconds(60)));
        CompletableFuture<ProviderException> outcome = new CompletableFuture<>();
        Thread.startVirtualThread(() -> outcome.complete(
                catchThrowableOfType(ProviderException.class, () -> upstream.exchange(chat(false), CONTEXT))));
        Simulator.awaitUntil("the call has arrived", () -> simulator.underWay() == 1);
        http.close();
        assertThat(outcome.get(Simulator.PATIENCE.toSeconds(), TimeUnit.SECONDS).failure())
                .isEqualTo(Failure.UNAVAILABLE);
        assertThat(catchThrowableOfType(ProviderException.class, () -> upstream.exchange(chat(false), CONTEXT))
                        .failure())
                .isEqualTo(Failure.UNAVAILABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host",
                "host:80",
                "http:///path",
                "http://user:word@host",
                "http://host?query",
                "https:host",
                "http://host#f"
            })
    void shouldRefuseAddressesThatCannotBeUsed(String address) {
        assertThatThrownBy(() -> http.open("test", URI.create(address), UpstreamLimits.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("A provider's address");
    }

    @Test
    void shouldPutItsPathBeforeThatOfTheRequest() throws ProviderException {
        Upstream upstream = http.open("test", URI.create(simulator.address() + "/proxy/"), UpstreamLimits.DEFAULT);
        upstream.exchange(chat(false), CONTEXT);
        assertThat(simulator.lastRequest().uri()).isEqualTo("/proxy/v1/chat/completions");
    }

    @Test
    void shouldTellThatAHostIsUnknown() {
        Upstream upstream = http.open("test", URI.create("http://no-such-host.invalid"), UpstreamLimits.DEFAULT);
        ProviderException failure =
                catchThrowableOfType(ProviderException.class, () -> upstream.exchange(chat(false), CONTEXT));
        assertThat(failure.failure()).isEqualTo(Failure.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("cannot be reached");
    }

    @Test
    void shouldTellThatTlsFailed() {
        Upstream upstream =
                http.open("test", URI.create("https://127.0.0.1:" + simulator.port()), UpstreamLimits.DEFAULT);
        ProviderException failure =
                catchThrowableOfType(ProviderException.class, () -> upstream.exchange(chat(false), CONTEXT));
        assertThat(failure.failure()).isEqualTo(Failure.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("TLS");
    }

    /** A listener whose queue is full does not answer any more, as a host behind a firewall does not. */
    @Test
    void shouldGiveUpConnecting() throws Exception {
        List<Socket> queue = new ArrayList<>();
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Assumptions.assumeTrue(fill(deaf, queue), "this system queues connections without end");
            Upstream upstream = http.open(
                    "test",
                    URI.create("http://127.0.0.1:" + deaf.getLocalPort()),
                    new UpstreamLimits(Duration.ofMillis(200), null, null, 4, 10_000));
            ProviderException failure =
                    catchThrowableOfType(ProviderException.class, () -> upstream.exchange(chat(false), CONTEXT));
            assertThat(failure.failure()).isEqualTo(Failure.TIMEOUT);
            assertThat(failure).hasMessageContaining("could not be reached in time");
        } finally {
            for (Socket socket : queue) {
                socket.close();
            }
        }
    }

    private static boolean fill(ServerSocket deaf, List<Socket> queue) throws IOException {
        for (int index = 0; index < 16; index++) {
            Socket socket = new Socket();
            queue.add(socket);
            try {
                socket.connect(deaf.getLocalSocketAddress(), 200);
            } catch (SocketTimeoutException full) {
                return true;
            }
        }
        return false;
    }

    @Test
    void shouldNotTrustACertificateThatNobodyVouchesFor(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "password")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(
                                new PfxOptions().setPath(store.toString()).setPassword("password")))
                .requestHandler(request -> request.response().end("{}"))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(Simulator.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        Upstream upstream =
                http.open("test", URI.create("https://127.0.0.1:" + server.actualPort()), UpstreamLimits.DEFAULT);
        ProviderException failure =
                catchThrowableOfType(ProviderException.class, () -> upstream.exchange(chat(false), CONTEXT));
        assertThat(failure.failure()).isEqualTo(Failure.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("TLS failed");
    }
}
