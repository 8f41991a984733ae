package dev.gantry.provider.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.Secret;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.UpstreamHttp;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every provider behind a network does, above all when the network or the other side fails. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
public abstract class RemoteProviderContract extends ChatProviderContract {
    private static final Secret FIRST_KEY = Secret.of("key-one");
    private static final Secret SECOND_KEY = Secret.of("key-two");

    /** The other side. */
    protected final Simulator simulator = Simulator.start();

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));

    /** The client that is used. */
    protected final UpstreamHttp http = new UpstreamHttp(vertx);

    private @Nullable ChatProvider opened;

    /** Returns what makes providers. */
    protected abstract ProviderFactory factory();

    /** Returns settings for the simulator. */
    protected abstract ProviderSettings settings(URI simulatorAddress, Optional<Secret> key);

    @BeforeAll
    final void open() {
        opened = factory().create("under-test", settings(simulator.address(), Optional.of(FIRST_KEY)), http);
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
        provider().close();
        Simulator.awaitUntil("all connections are closed", () -> simulator.connections() == 0);
        http.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        simulator.close();
    }

    @Override
    protected final ChatProvider provider() {
        return Objects.requireNonNull(opened);
    }

    @Override
    protected String model() {
        return "sim-small";
    }

    /** A schema is obeyed in the way in which text is written, unless a provider goes another way. */
    @Override
    protected boolean expectJson(String json) {
        simulator.next(Scenario.text(json));
        return true;
    }

    @Override
    protected boolean expectToolCall(String arguments) {
        simulator.next(Scenario.toolCall(null, arguments));
        return true;
    }

    /** Returns the surroundings of a call that gives up early. */
    protected static CallContext impatient() {
        return new CallContext(Duration.ofSeconds(20), Duration.ofMillis(400), null, "request-1", null);
    }

    private ProviderException failure(boolean stream, CallContext context) {
        return catchThrowableOfType(ProviderException.class, () -> Transcript.of(provider(), request(stream), context));
    }

    @ParameterizedTest
    @CsvSource({
        "400, REJECTED, false",
        "413, REJECTED, false",
        "422, REJECTED, false",
        "401, AUTHENTICATION, false",
        "403, DENIED, false",
        "404, UNKNOWN_MODEL, false",
        "408, TIMEOUT, true",
        "429, RATE_LIMITED, true",
        "500, UNAVAILABLE, true",
        "503, UNAVAILABLE, true",
        "529, UNAVAILABLE, true"
    })
    void shouldTellWhyItWasRefused(int status, Failure expected, boolean retriable) {
        for (boolean stream : new boolean[] {false, true}) {
            simulator.next(Scenario.status(status, "some_type", "the model is simulated"));
            ProviderException failure = failure(stream, context());
            assertThat(failure.failure()).isEqualTo(expected);
            assertThat(failure.failure().retriable()).isEqualTo(retriable);
            assertThat(failure.status()).isEqualTo(status);
            assertThat(failure.getMessage()).contains("'under-test'").doesNotContain(FIRST_KEY.reveal());
            if (expected != Failure.AUTHENTICATION && expected != Failure.DENIED) {
                assertThat(failure.upstreamMessage()).contains("the model is simulated");
            }
        }
    }

    @Test
    void shouldTellWhenToComeBack() {
        simulator.next(
                Scenario.ECHO.with(new Fault.Status(429, "rate_limit_error", "slow down", Map.of("Retry-After", "7"))));
        assertThat(failure(false, context()).retryAfter()).contains(Duration.ofSeconds(7));
    }

    @Test
    void shouldNotAskAgainForTheModelBeforeThat() throws ProviderException {
        simulator.next(
                Scenario.ECHO.with(new Fault.Status(429, "rate_limit_error", "slow down", Map.of("Retry-After", "7"))));
        CallContext context = context();
        assertThat(failure(false, context).isUnseen()).isFalse();
        int asked = simulator.requests().size();
        ProviderException second = failure(true, context);
        assertThat(second.failure()).isEqualTo(Failure.RATE_LIMITED);
        assertThat(second.isUnseen()).isTrue();
        assertThat(simulator.requests()).hasSize(asked);
        assertThat(Transcript.of(provider(), request(false), context()).text()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveUpOnSilenceBeforeTheAnswer(boolean stream) {
        simulator.next(Scenario.ECHO.delayed(Duration.ofSeconds(30)));
        assertThat(failure(stream, impatient()).failure()).isEqualTo(Failure.TIMEOUT);
        Simulator.awaitUntil("the call was cancelled", () -> simulator.cancelled() == 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveUpOnSilenceWithinTheAnswer(boolean stream) {
        simulator.next(Scenario.chunks(20).with(new Fault.StallAfter(3)));
        assertThat(failure(stream, impatient()).failure()).isEqualTo(Failure.TIMEOUT);
        Simulator.awaitUntil("the call was cancelled", () -> simulator.cancelled() == 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveUpOnAnswersThatTakeTooLong(boolean stream) {
        simulator.next(Scenario.chunks(200).with(new Fault.SlowDrip(8, Duration.ofMillis(50))));
        CallContext hurried = new CallContext(Duration.ofMillis(300), Duration.ofSeconds(20), null, "request-1", null);
        assertThat(failure(stream, hurried).failure()).isEqualTo(Failure.TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReadAnswersThatDrip(boolean stream) throws ProviderException {
        simulator.next(Scenario.text("drop ", "by ", "drop").with(new Fault.SlowDrip(97, Duration.ofMillis(1))));
        assertThat(Transcript.of(provider(), request(stream), context()).text()).isEqualTo("drop by drop");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellThatTheConnectionBroke(boolean stream) {
        simulator.next(Scenario.chunks(20).with(new Fault.DieAfter(3)));
        assertThat(failure(stream, context()).failure()).isEqualTo(Failure.UNAVAILABLE);
    }

    @Test
    void shouldDeliverWhatCameBeforeTheConnectionBroke() throws ProviderException {
        simulator.next(Scenario.chunks(20).with(new Fault.DieAfter(3)));
        StringBuilder text = new StringBuilder();
        ProviderException failure = null;
        try (ChatReply reply = provider().chat(request(true), context())) {
            for (ChatEvent event = reply.next(); event != null; event = reply.next()) {
                if (event instanceof ChatEvent.TextDelta delta) {
                    text.append(delta.text());
                }
            }
        } catch (ProviderException broken) {
            failure = broken;
        }
        assertThat(failure).isNotNull();
        assertThat(text).asString().isEqualTo("word0 word1 word2 ");
    }

    @Test
    void shouldNotTakeHalfAnAnswerForAWholeOne() {
        simulator.next(Scenario.chunks(20).with(new Fault.EndAfter(3)));
        assertThat(failure(true, context()).failure()).isEqualTo(Failure.UNAVAILABLE);
    }

    @Test
    void shouldTellOfErrorsWithinTheStream() {
        simulator.next(Scenario.chunks(20).with(new Fault.ErrorAfter(3, "overloaded_error", "too much to do")));
        ProviderException failure = failure(true, context());
        assertThat(failure.failure()).isEqualTo(Failure.UNAVAILABLE);
        assertThat(failure.upstreamMessage()).contains("too much to do");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellOfRubbish(boolean stream) {
        simulator.next(Scenario.ECHO.with(new Fault.Rubbish()));
        assertThat(failure(stream, context()).failure()).isEqualTo(Failure.BAD_REPLY);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellOfRepliesOfAnotherKind(boolean stream) {
        simulator.next(Scenario.ECHO.with(new Fault.WrongContentType()));
        assertThat(failure(stream, context()).failure()).isEqualTo(Failure.BAD_REPLY);
    }

    @Test
    void shouldRefuseRepliesWithoutEnd() {
        simulator.next(Scenario.ECHO.with(new Fault.HugeBody(200L * 1024 * 1024)));
        assertThat(failure(false, context()).failure()).isEqualTo(Failure.BAD_REPLY);
        Simulator.awaitUntil("the call was cancelled", () -> simulator.cancelled() == 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTryAgainOnceWhenAKeptConnectionHasGone(boolean stream) throws ProviderException {
        Transcript.of(provider(), request(false), context());
        simulator.next(Scenario.ECHO.with(new Fault.CloseWithoutReply()), Scenario.text("again"));
        assertThat(Transcript.of(provider(), request(stream), context()).text()).isEqualTo("again");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotTryForEver(boolean stream) throws ProviderException {
        Transcript.of(provider(), request(false), context());
        int before = simulator.requests().size();
        simulator.always(Scenario.ECHO.with(new Fault.CloseWithoutReply()));
        assertThat(failure(stream, context()).failure()).isEqualTo(Failure.UNAVAILABLE);
        assertThat(simulator.requests().size() - before).isLessThanOrEqualTo(2);
    }

    @Test
    void shouldTellThatNobodyListens() {
        Simulator gone = Simulator.start();
        URI address = gone.address();
        gone.close();
        try (ChatProvider lonely = factory().create("lonely", settings(address, Optional.empty()), http)) {
            ProviderException failure = catchThrowableOfType(
                    ProviderException.class, () -> Transcript.of(lonely, request(false), context()));
            assertThat(failure.failure()).isEqualTo(Failure.UNAVAILABLE);
            assertThat(failure.getMessage()).contains("'lonely'").contains("cannot be reached");
        }
    }

    @Test
    void shouldUseTheSecondKeyAtOnceWhenTheFirstIsRefused() throws ProviderException {
        ProviderSettings both =
                settings(simulator.address(), Optional.of(FIRST_KEY)).withSecondaryKey(SECOND_KEY);
        try (ChatProvider rotating = factory().create("rotating", both, http)) {
            simulator.refuseKey(FIRST_KEY.reveal());
            assertThat(Transcript.of(rotating, request(false), context()).text())
                    .isNotBlank();
            assertThat(simulator.requests()).hasSize(2);
            assertThat(Transcript.of(rotating, request(true), context()).text()).isNotBlank();
            assertThat(simulator.requests())
                    .as("the refused key is not tried each time")
                    .hasSize(3);
        }
    }

    @Test
    void shouldTellThatEveryKeyIsRefused() {
        ProviderSettings both =
                settings(simulator.address(), Optional.of(FIRST_KEY)).withSecondaryKey(SECOND_KEY);
        try (ChatProvider rotating = factory().create("rotating", both, http)) {
            simulator.refuseKey(FIRST_KEY.reveal());
            simulator.refuseKey(SECOND_KEY.reveal());
            ProviderException failure = catchThrowableOfType(
                    ProviderException.class, () -> Transcript.of(rotating, request(false), context()));
            assertThat(failure.failure()).isEqualTo(Failure.AUTHENTICATION);
            assertThat(failure.getMessage() + failure.upstreamMessage())
                    .doesNotContain(FIRST_KEY.reveal())
                    .doesNotContain(SECOND_KEY.reveal());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCancelTheCallWhenItsThreadIsInterrupted(boolean stream) throws Exception {
        simulator.next(Scenario.chunks(20).with(new Fault.StallAfter(3)));
        AtomicReference<ProviderException> failure = new AtomicReference<>();
        CompletableFuture<Boolean> interruptKept = new CompletableFuture<>();
        Thread caller = Thread.startVirtualThread(() -> {
            failure.set(failure(stream, context()));
            interruptKept.complete(Thread.currentThread().isInterrupted());
        });
        Simulator.awaitUntil("the call has arrived", () -> simulator.underWay() == 1);
        caller.interrupt();
        caller.join();
        assertThat(failure.get()).isNotNull();
        assertThat(failure.get().failure()).isEqualTo(Failure.UNAVAILABLE);
        assertThat(interruptKept.get()).isTrue();
        Simulator.awaitUntil("the call was cancelled", () -> simulator.cancelled() == 1);
    }

    @Test
    void shouldCancelTheCallWhenTheReplyIsClosed() throws ProviderException {
        simulator.next(Scenario.chunks(20).with(new Fault.StallAfter(3)));
        ChatReply reply = provider().chat(request(true), context());
        assertThat(reply.next()).isInstanceOf(ChatEvent.Started.class);
        reply.close();
        Simulator.awaitUntil("the call was cancelled", () -> simulator.cancelled() == 1);
    }

    @Test
    void shouldMakeTheProviderWaitForASlowReader() throws ProviderException {
        long length = 24L * 1024 * 1024;
        simulator.next(Scenario.ECHO.with(new Fault.HugeBody(length)));
        long read = 0;
        try (ChatReply reply = provider().chat(request(true), context())) {
            assertThat(reply.next()).isInstanceOf(ChatEvent.Started.class);
            Simulator.awaitUntil("the provider waits", () -> simulator.heldBack() > 0);
            for (ChatEvent event = reply.next(); event != null; event = reply.next()) {
                read += event instanceof ChatEvent.TextDelta delta
                        ? delta.text().length()
                        : 0;
            }
        }
        assertThat(read).isEqualTo(length);
    }

    @Test
    void shouldReuseConnections() throws ProviderException {
        for (int round = 0; round < 4; round++) {
            Transcript.of(provider(), request(round % 2 == 0), context());
        }
        int made = simulator.connectionsMade();
        for (int round = 0; round < 20; round++) {
            Transcript.of(provider(), request(round % 2 == 0), context());
        }
        assertThat(simulator.connectionsMade()).isEqualTo(made);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellThatNothingWasCounted(boolean stream) throws ProviderException {
        simulator.next(Scenario.text("uncounted").uncounted());
        TokenUsage usage =
                Transcript.of(provider(), request(stream), context()).finished().usage();
        assertThat(usage).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHandUnicodeThroughUnharmed(boolean stream) throws ProviderException {
        simulator.next(Scenario.text("Grüße, ", "世界 ", "👩‍👩‍👧 ", "\u2028\u0000\"\\\n")
                .with(new Fault.SlowDrip(5, Duration.ZERO)));
        assertThat(Transcript.of(provider(), request(stream), context()).text())
                .isEqualTo("Grüße, 世界 👩‍👩‍👧 \u2028\u0000\"\\\n");
    }
}
