package dev.gantry.provider.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.NativeEndpoint;
import dev.gantry.provider.NativeReply;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.UpstreamHttp;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every provider does that forwards a client's own schema. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
public abstract class NativeEndpointContract {
    /** The other side. */
    protected final Simulator simulator = Simulator.start();

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final UpstreamHttp http = new UpstreamHttp(vertx);
    private @Nullable ChatProvider provider;

    /** Returns what makes providers. */
    protected abstract ProviderFactory factory();

    /** Returns settings for the simulator, without a key. */
    protected abstract ProviderSettings settings(URI simulatorAddress);

    /** Returns the schema. */
    protected abstract ClientSchema schema();

    /** Returns a request for {@code sim-small} with the user's text {@code one two three} and an unknown field. */
    protected abstract String body(boolean stream);

    /** Returns what the last event of a stream holds. */
    protected abstract String endOfStream();

    @BeforeAll
    final void open() {
        provider = factory().create("under-test", settings(simulator.address()), http);
    }

    @BeforeEach
    final void reset() {
        simulator.reset();
    }

    @AfterEach
    final void leaveNothingUnderWay() {
        Simulator.awaitUntil("all answers are over", () -> simulator.underWay() == 0);
    }

    @AfterAll
    final void close() {
        Objects.requireNonNull(provider).close();
        Simulator.awaitUntil("all connections are closed", () -> simulator.connections() == 0);
        http.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        simulator.close();
    }

    /** Returns what is tested. */
    protected final NativeEndpoint nativeEndpoint() {
        return Objects.requireNonNull(provider).nativeEndpoint(schema()).orElseThrow();
    }

    private static CallContext context(Duration idleTimeout) {
        return new CallContext(Duration.ofSeconds(20), idleTimeout, null, "request-1", null);
    }

    /** Sends a request that is not a stream. */
    protected final NativeReply send(String body, Map<String, String> headers) throws ProviderException {
        return nativeEndpoint().send(Buffer.buffer(body), false, headers, context(Duration.ofSeconds(20)));
    }

    /** Sends a request for a stream and pipes the answer to a client; returns the usage. */
    protected final @Nullable TokenUsage pipe(String body, TestingClient client) throws ProviderException {
        return pipe(body, client, Duration.ofSeconds(20)).usage();
    }

    private NativeReply pipe(String body, TestingClient client, Duration idleTimeout) throws ProviderException {
        try (NativeReply reply = nativeEndpoint().send(Buffer.buffer(body), true, Map.of(), context(idleTimeout))) {
            reply.pipeTo(client);
            return reply;
        }
    }

    @Test
    void shouldForwardTheRequestByteForByte() throws ProviderException {
        send(body(false), Map.of());
        assertThat(simulator.lastRequest().body()).hasToString(body(false));
    }

    @Test
    void shouldForwardTheReplyAndReadItsUsage() throws ProviderException {
        simulator.next(Scenario.text("four ", "five").counted(20, 8, 0, 0));
        try (NativeReply reply = send(body(false), Map.of())) {
            assertThat(Json.read(reply.body().getBytes()).toString()).contains("four five");
            assertThat(reply.usage()).isEqualTo(new TokenUsage(12, 2, 8, 0, 0, false));
            assertThat(reply.producedText()).isEqualTo("four five");
        }
    }

    @Test
    void shouldStreamAndReadTheUsage() throws ProviderException {
        simulator.next(Scenario.text("four ", "fi\"ve").counted(20, 8, 0, 0));
        TestingClient client = new TestingClient();
        NativeReply reply = pipe(body(true), client, Duration.ofSeconds(20));
        assertThat(client.text()).contains("four ").contains("fi\\\"ve").contains(endOfStream());
        assertThat(reply.usage()).isEqualTo(new TokenUsage(12, 2, 8, 0, 0, false));
        assertThat(reply.producedText()).isEqualTo("four fi\"ve");
    }

    @Test
    void shouldSendChunksOnAsTheyCome() throws Exception {
        simulator.next(Scenario.chunks(3).with(new Fault.StallAfter(2)));
        TestingClient client = new TestingClient();
        CompletableFuture<Failure> outcome = new CompletableFuture<>();
        Thread.startVirtualThread(() -> outcome.complete(
                catchThrowableOfType(ProviderException.class, () -> pipe(body(true), client, Duration.ofMillis(700)))
                        .failure()));
        Simulator.awaitUntil("the beginning has come", () -> client.text().contains("word1"));
        assertThat(outcome.get(Simulator.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(Failure.TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64})
    void shouldStreamTheSameHoweverItIsCut(int bytes) throws ProviderException {
        Scenario scenario = Scenario.text("Grüße ", "世界 ", "three").counted(20, 8, 0, 0);
        simulator.next(scenario, scenario.with(new Fault.SlowDrip(bytes, Duration.ZERO)));
        TestingClient whole = new TestingClient();
        TestingClient cut = new TestingClient();
        TokenUsage expected = pipe(body(true), whole);
        TokenUsage found = pipe(body(true), cut);
        assertThat(withoutIds(cut.text())).isEqualTo(withoutIds(whole.text()));
        assertThat(found).isEqualTo(expected).isNotNull();
    }

    private static String withoutIds(String stream) {
        return stream.replaceAll("(chatcmpl-|msg_|resp_)[0-9]+", "$1N");
    }

    @Test
    void shouldTellOfErrorsAndNotForwardThem() {
        simulator.next(Scenario.chunks(5).with(new Fault.ErrorAfter(3, "overloaded_error", "too much to do")));
        TestingClient client = new TestingClient();
        ProviderException failure = catchThrowableOfType(ProviderException.class, () -> pipe(body(true), client));
        assertThat(failure.failure()).isEqualTo(Failure.UNAVAILABLE);
        assertThat(client.text()).contains("word2").doesNotContain("too much to do");
    }

    @Test
    void shouldTellThatTheConnectionBrokeAndWhatHadCome() throws ProviderException {
        simulator.next(Scenario.chunks(5).with(new Fault.DieAfter(3)));
        TestingClient client = new TestingClient();
        try (NativeReply reply =
                nativeEndpoint().send(Buffer.buffer(body(true)), true, Map.of(), context(Duration.ofSeconds(20)))) {
            assertThatThrownBy(() -> reply.pipeTo(client)).isInstanceOf(ProviderException.class);
            assertThat(reply.producedText()).isEqualTo("word0 word1 word2 ");
        }
        assertThat(client.text()).contains("word2").doesNotContain(endOfStream());
    }

    @Test
    void shouldNotTakeHalfAnAnswerForAWholeOne() {
        simulator.next(Scenario.chunks(5).with(new Fault.EndAfter(3)));
        ProviderException failure =
                catchThrowableOfType(ProviderException.class, () -> pipe(body(true), new TestingClient()));
        assertThat(failure.failure()).isEqualTo(Failure.UNAVAILABLE);
    }

    @Test
    void shouldRefuseRubbish() {
        simulator.always(Scenario.ECHO.with(new Fault.Rubbish()));
        assertThat(catchThrowableOfType(ProviderException.class, () -> send(body(false), Map.of()))
                        .failure())
                .isEqualTo(Failure.BAD_REPLY);
        assertThat(catchThrowableOfType(ProviderException.class, () -> pipe(body(true), new TestingClient()))
                        .failure())
                .isEqualTo(Failure.BAD_REPLY);
    }

    @Test
    void shouldMakeTheProviderWaitForASlowClient() throws Exception {
        long length = 32L * 1024 * 1024;
        simulator.next(Scenario.ECHO.with(new Fault.HugeBody(length)));
        TestingClient client = new TestingClient();
        client.stopReadingAfter(100_000);
        CompletableFuture<@Nullable TokenUsage> outcome = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                outcome.complete(pipe(body(true), client));
            } catch (ProviderException failure) {
                outcome.completeExceptionally(failure);
            }
        });
        Simulator.awaitUntil("the provider waits", () -> simulator.heldBack() > 0);
        assertThat(client.bytes()).isLessThan(length / 4);
        client.readOn();
        assertThat(outcome.get(Simulator.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isNotNull();
        assertThat(client.bytes()).isGreaterThan(length);
    }

    @Test
    void shouldCloseOnAClientThatNeverReads() throws ProviderException {
        simulator.next(Scenario.ECHO.with(new Fault.HugeBody(32L * 1024 * 1024)));
        TestingClient client = new TestingClient();
        client.stopReadingAfter(100_000);
        pipe(body(true), client, Duration.ofSeconds(5));
        assertThat(client.isAborted()).isTrue();
        Simulator.awaitUntil("the call was cancelled", () -> simulator.cancelled() == 1);
    }

    @Test
    void shouldCancelWhenTheClientLeavesAndTellWhatWasProduced() throws ProviderException {
        simulator.next(Scenario.chunks(50).with(new Fault.StallAfter(10)));
        TestingClient client = new TestingClient();
        client.goAfter(1);
        NativeReply reply = pipe(body(true), client, Duration.ofSeconds(20));
        Simulator.awaitUntil("the call was cancelled", () -> simulator.cancelled() == 1);
        assertThat(reply.producedText()).contains("word9 ");
    }

    @Test
    void shouldStillCountForAClientThatLeavesShortlyBeforeTheEnd() throws ProviderException {
        simulator.next(Scenario.chunks(5).paced(Duration.ofMillis(5)).counted(20, 0, 0, 0));
        TestingClient client = new TestingClient();
        client.goAfter(1);
        NativeReply reply = pipe(body(true), client, Duration.ofSeconds(20));
        assertThat(reply.usage()).isEqualTo(new TokenUsage(20, 5, 0, 0, 0, false));
    }

    @Test
    void shouldSayThatNothingWasCounted() throws ProviderException {
        simulator.next(
                Scenario.text("a ", "b").uncounted(), Scenario.text("a ", "b").uncounted());
        try (NativeReply reply = send(body(false), Map.of())) {
            assertThat(reply.usage()).isNull();
            assertThat(reply.producedText()).isEqualTo("a b");
        }
        assertThat(pipe(body(true), new TestingClient())).isNull();
    }
}
