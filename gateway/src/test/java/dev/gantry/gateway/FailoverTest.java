package dev.gantry.gateway;

import static dev.gantry.gateway.TestingRoutes.text;
import static dev.gantry.gateway.TestingRoutes.tried;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.metering.Model;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailoverTest {
    private static final String AT_ONCE = "routing: {retry: {backoff: 1ms, backoff_max: 1ms}}\n";

    private final TestingRoutes routes = TestingRoutes.of(AT_ONCE);

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {
                "UNSUPPORTED",
                "UNKNOWN_MODEL",
                "AUTHENTICATION",
                "DENIED",
                "RATE_LIMITED",
                "UNAVAILABLE",
                "TIMEOUT",
                "BAD_REPLY"
            })
    void shouldAskTheNextModelWhenOneFails(Failure failure) {
        routes.one.fails(1, failure);
        Answered answered = routes.ask("alpha");
        assertThat(text(answered)).isEqualTo("answer of two");
        assertThat(answered.route().model().name()).isEqualTo("beta");
        assertThat(tried(answered)).hasSize(2).last().isEqualTo("beta success");
        assertThat(answered.route().reason()).isEqualTo("instead of alpha, which did not answer");
        assertThat(routes.three.asked).isEmpty();
    }

    @Test
    void shouldNotAskOthersWhatTheProviderRejects() {
        routes.one.fails(1, Failure.REJECTED);
        Answered answered = routes.ask("alpha");
        assertThat(answered.failure()).extracting(GantryException::code).isEqualTo(ErrorCode.PROVIDER_REJECTED);
        assertThat(routes.two.asked).isEmpty();
    }

    @Test
    void shouldTellTheFailureOfTheModelThatWasNamedWhenAllFail() {
        routes.one.fails(1, Failure.BAD_REPLY);
        routes.two.fails(1, Failure.UNAVAILABLE);
        routes.three.fails(1, Failure.UNAVAILABLE);
        Answered answered = routes.ask("alpha");
        assertThat(answered.failure()).extracting(GantryException::code).isEqualTo(ErrorCode.PROVIDER_BAD_REPLY);
        assertThat(tried(answered))
                .containsExactly("alpha provider_bad_reply", "beta provider_unavailable", "gamma provider_unavailable");
    }

    @Test
    void shouldEndAStreamThatBreaksOffAfterBytesWentOut() {
        routes.one.dies();
        Answered answered = routes.ask(routes.prompt("alpha", true));
        assertThat(answered.failure()).extracting(GantryException::code).isEqualTo(ErrorCode.PROVIDER_UNAVAILABLE);
        assertThat(routes.exchange.client.text()).contains("word");
        assertThat(routes.exchange.headers()).containsEntry("X-Gantry-Model", "alpha");
        assertThat(routes.two.asked).isEmpty();
    }

    @Test
    void shouldFallBackWithAStreamOfWhichNothingWentOut() {
        routes.one.fails(1, Failure.UNAVAILABLE);
        Answered answered = routes.ask(routes.prompt("alpha", true));
        assertThat(answered.failure()).isNull();
        assertThat(routes.exchange.client.text()).contains("answer of two");
        assertThat(routes.exchange.headers())
                .containsEntry("X-Gantry-Model", "beta")
                .containsEntry("X-Gantry-Provider", "two");
    }

    @Test
    void shouldPayForAnAttemptThatTimedOutAtWorkAndForNoOther() {
        routes.one.fails(1, Failure.TIMEOUT);
        routes.two.fails(1, Failure.UNAVAILABLE);
        Answered answered = routes.ask("alpha");
        assertThat(answered.attempts().get(0).usage().input()).isPositive();
        assertThat(answered.attempts().get(0).usage().estimated()).isTrue();
        assertThat(answered.attempts().get(1).hasConsumed()).isFalse();
        assertThat(answered.others()).hasSize(2);
        Settled settled = Settlement.settle(routes.router.catalog(), answered);
        assertThat(settled.others()).hasSize(1);
        assertThat(settled.model().name()).isEqualTo("gamma");
        assertThat(settled.answerCost().value())
                .as("the prices of the model that answered")
                .isEqualTo(10 * 100 + 5 * 200);
        assertThat(settled.cost())
                .isEqualTo(settled.answerCost().plus(settled.others().getFirst().cost()));
        assertThat(settled.usage().total())
                .isEqualTo(15 + answered.attempts().get(0).usage().total());
    }

    @Test
    void shouldMakeNoFurtherAttemptForWhichTheBudgetHasNoRoom() {
        routes.hold = new Hold() {
            @Override
            public void settle(Settled settled) {}

            @Override
            public void release() {}

            @Override
            public boolean again() {
                return false;
            }
        };
        routes.one.fails(1, Failure.TIMEOUT);
        Answered answered = routes.ask("alpha");
        assertThat(answered.failure()).extracting(GantryException::code).isEqualTo(ErrorCode.PROVIDER_TIMEOUT);
        assertThat(routes.two.asked).isEmpty();
        routes.one.fails(1, Failure.UNAVAILABLE);
        assertThat(text(routes.ask("alpha")))
                .as("an attempt that cost nothing leaves the reservation")
                .isEqualTo("answer of two");
    }

    /** Lets only some models be asked beside the one that was admitted, and notes which were asked for. */
    private static final class Gate implements Hold {
        private final Set<String> open;
        private final List<String> entered = new ArrayList<>();

        Gate(String... open) {
            this.open = Set.of(open);
        }

        @Override
        public void settle(Settled settled) {}

        @Override
        public void release() {}

        @Override
        public boolean enter(Model model) {
            entered.add(model.name());
            return open.contains(model.name());
        }
    }

    @Test
    void shouldAskAFurtherModelOnlyWithinTheLimitsOfThatModel() {
        routes.hold = new Gate("alpha", "gamma");
        routes.one.fails(1, Failure.UNAVAILABLE);

        Answered answered = routes.ask("alpha");

        assertThat(text(answered)).isEqualTo("answer of three");
        assertThat(tried(answered))
                .containsExactly("alpha provider_unavailable", "beta limit_reached", "gamma success");
        assertThat(routes.two.asked).isEmpty();
    }

    @Test
    void shouldTakeTheLimitsOfTheNextModelWhenTheFirstIsLeftAlone() {
        routes.one.fails(5, Failure.UNAVAILABLE);
        for (int call = 0; call < 5; call++) {
            routes.ask("alpha");
        }
        Gate gate = new Gate("alpha", "beta");
        routes.hold = gate;

        assertThat(text(routes.ask("alpha"))).isEqualTo("answer of two");
        assertThat(gate.entered).contains("beta");

        routes.hold = new Gate("alpha");
        GantryException refusal = catchThrowableOfType(GantryException.class, () -> routes.ask("alpha"));
        assertThat(refusal.code()).isEqualTo(ErrorCode.PROVIDER_UNAVAILABLE);
        assertThat(refusal).hasMessageContaining("a limit of the model").hasMessageContaining("beta");
    }

    @Test
    void shouldTryAgainOnlyWhereItIsSafe() {
        routes.one.cannotBeReached().cannotBeReached();
        assertThat(text(routes.ask("lonely"))).isEqualTo("answer of one");
        assertThat(routes.one.asked).hasSize(3);

        routes.one.fails(1, Failure.UNAVAILABLE);
        assertThat(routes.ask("lonely").failure()).isNotNull();
        assertThat(routes.one.asked).hasSize(4);

        routes.idempotencyKey = "the same work";
        routes.one.fails(1, Failure.UNAVAILABLE);
        assertThat(text(routes.ask("lonely"))).isEqualTo("answer of one");
        assertThat(routes.one.asked).hasSize(6);
        assertThat(routes.one.asked.get(4).idempotencyKey())
                .isNotNull()
                .isEqualTo(routes.one.asked.get(5).idempotencyKey());
    }

    @Test
    void shouldObeyAShortRetryAfterAndHandALongOneOn() {
        routes.one.limits(Duration.ofMillis(20));
        assertThat(text(routes.ask("lonely"))).isEqualTo("answer of one");
        routes.one.limits(Duration.ofMinutes(2));
        Answered answered = routes.ask("lonely");
        assertThat(answered.failure())
                .extracting(GantryException::retryAfter)
                .isEqualTo(Optional.of(Duration.ofMinutes(2)));
    }

    @Test
    void shouldGiveUpAfterTheConfiguredRounds() {
        for (int call = 0; call < 10; call++) {
            routes.one.cannotBeReached();
        }
        Answered answered = routes.ask("lonely");
        assertThat(answered.failure()).isNotNull();
        assertThat(routes.one.asked).hasSize(3);
    }

    @Test
    void shouldPassOnWhatIsLeftOfTheCallersTimeAndStopWithIt() {
        routes.wishes = new Wishes(null, null, null, "30");
        routes.one.fails(1, Failure.UNAVAILABLE);
        assertThat(text(routes.ask("alpha"))).isEqualTo("answer of two");
        Duration first = routes.one.asked.getFirst().timeout();
        Duration second = routes.two.asked.getFirst().timeout();
        assertThat(first).isLessThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(second).isLessThan(first);

        routes.wishes = new Wishes(null, null, null, "1ms");
        routes.one.then(() -> {
            long until = System.nanoTime() + 2_000_000;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            throw new ProviderException(Failure.TIMEOUT, "late", null);
        });
        Answered late = routes.ask("alpha");
        assertThat(late.failure()).extracting(GantryException::code).isEqualTo(ErrorCode.PROVIDER_TIMEOUT);
        assertThat(routes.two.asked).hasSize(1);
    }

    @Test
    void shouldStopAskingAfterFiveFailuresAndProbeOnceAMinuteLater() {
        routes.one.fails(5, Failure.UNAVAILABLE);
        for (int call = 0; call < 5; call++) {
            assertThat(routes.ask("lonely").failure()).isNotNull();
        }
        assertThat(routes.changes).containsExactly("lonely open");
        assertThat(routes.circuits.stateOf("one")).isEqualTo(0);
        GantryException refusal = catchThrowableOfType(GantryException.class, () -> routes.ask("lonely"));
        assertThat(refusal.code()).isEqualTo(ErrorCode.PROVIDER_UNAVAILABLE);
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(60));
        assertThat(refusal).hasMessageContaining("lonely");
        assertThat(routes.one.asked).hasSize(5);

        routes.now.addAndGet(Duration.ofSeconds(60).toNanos());
        routes.one.fails(1, Failure.UNAVAILABLE);
        assertThat(routes.ask("lonely").failure()).isNotNull();
        assertThat(routes.changes).containsExactly("lonely open", "lonely half_open", "lonely open");
        assertThat(routes.one.asked).hasSize(6);

        routes.now.addAndGet(Duration.ofSeconds(60).toNanos());
        assertThat(text(routes.ask("lonely"))).isEqualTo("answer of one");
        assertThat(routes.changes).endsWith("lonely half_open", "lonely closed");
        assertThat(routes.circuits.stateOf("one")).isEqualTo(1);
    }

    @Test
    void shouldGoPastAnOpenCircuitWithoutAsking() {
        routes.one.fails(5, Failure.UNAVAILABLE);
        for (int call = 0; call < 5; call++) {
            routes.ask("alpha");
        }
        Answered answered = routes.ask("alpha");
        assertThat(tried(answered)).containsExactly("alpha circuit_open", "beta success");
        assertThat(routes.one.asked).hasSize(5);
    }

    @Test
    void shouldNotLetACallersImpatienceOpenTheCircuit() {
        routes.wishes = new Wishes(null, null, null, "1ms");
        for (int call = 0; call < 10; call++) {
            routes.one.fails(1, Failure.TIMEOUT);
            routes.ask("lonely");
        }
        assertThat(routes.changes).isEmpty();
    }

    @Test
    void shouldRefuseWhatCannotBeReadAsATime() {
        routes.wishes = new Wishes(null, null, null, "soon");
        GantryException refusal = catchThrowableOfType(GantryException.class, () -> routes.ask("alpha"));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal).hasMessageContaining("X-Request-Timeout").hasMessageContaining("'soon'");
    }

    @Test
    void shouldTakeTheFasterOfTwoWhenHedgingAndPayForBoth() {
        TestingRoutes hedged = TestingRoutes.of("routing: {hedging: {delay: 10ms}}\n");
        CountDownLatch began = new CountDownLatch(1);
        hedged.one.hangs(began);
        Answered answered = hedged.ask("alpha");
        assertThat(text(answered)).isEqualTo("answer of two");
        assertThat(tried(answered)).containsExactly("alpha provider_unavailable", "beta success");
        assertThat(answered.others()).hasSize(1);
        assertThat(answered.others().getFirst().hasConsumed())
                .as("the one that was cancelled was at work")
                .isTrue();
        assertThat(hedged.changes).isEmpty();
        assertThat(hedged.router.loads().underWay(answered.others().getFirst().model()))
                .isZero();
    }

    @Test
    void shouldNotHedgeStreams() {
        TestingRoutes hedged = TestingRoutes.of("routing: {hedging: {delay: 10ms}}\n");
        hedged.one.then(() -> {
            long until = System.nanoTime() + 30_000_000;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            return TestingProvider.says("slow but steady");
        });
        assertThat(hedged.ask(hedged.prompt("alpha", true)).failure()).isNull();
        assertThat(hedged.two.asked).isEmpty();
    }
}
