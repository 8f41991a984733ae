package dev.gantry.gateway;

import static dev.gantry.gateway.TestingRoutes.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.crypto.KeyRing;
import dev.gantry.gateway.CacheOutcome.Kind;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import dev.gantry.provider.testing.Simulator;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerCacheTest {
    private static final Wishes USE = wishes(null);

    @TempDir
    private static Path directory;

    private static TestingDatabase testing;
    private static KeyRing keyRing;

    private final TestingRoutes routes = TestingRoutes.of("");
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-31T12:00:00Z"));
    private final AtomicLong skippedNanos = new AtomicLong();
    private AnswerCache cache = cache("{}");

    @BeforeAll
    static void open() {
        testing = TestingDatabase.open("crypto");
        keyRing = TestingCache.keyRing(testing, directory);
    }

    @AfterAll
    static void close() {
        testing.close();
    }

    AnswerCacheTest() {
        routes.wishes = USE;
    }

    private AnswerCache cache(String settings) {
        return cache(settings, routes);
    }

    private AnswerCache cache(String settings, TestingRoutes routes) {
        return AnswerCache.open(
                TestingCache.settings(settings),
                keyRing,
                null,
                AnswerCacheTest::vector,
                routes.router,
                clock(),
                () -> System.nanoTime() + skippedNanos.get());
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
    }

    private static Wishes wishes(@Nullable String control) {
        return new Wishes(null, null, null, null, control, "use");
    }

    /** Questions that begin with the same letter mean the same. */
    private static float[] vector(String text) {
        float[] vector = new float[128];
        vector[text.charAt(0)] = 1;
        return vector;
    }

    private static Prompt prompt(String model, String... turns) {
        List<Message> messages = new ArrayList<>();
        for (String turn : turns) {
            messages.add(Message.text(messages.isEmpty() && turns.length > 1 ? Role.SYSTEM : Role.USER, turn));
        }
        return new Prompt.Composed(
                ChatRequest.of(model, messages), Prompt.Subject.of(ClientSchema.OPENAI_CHAT), List.of());
    }

    private Answered ask(String model, String... turns) {
        return ask(routes.guarded(prompt(model, turns)));
    }

    private Answered ask(Guarded guarded) {
        return ask(cache, routes, guarded);
    }

    private static Answered ask(AnswerCache cache, TestingRoutes routes, Guarded guarded) {
        try (Recall recall = cache.recall(guarded)) {
            Answered answered = recall.answer(routes.failover, guarded);
            recall.keep(answered);
            return answered;
        }
    }

    private static Kind kind(Answered answered) {
        return answered.route().guarded().cache().kind();
    }

    private static Caller member(@Nullable String team) {
        return TestingRoutes.caller(team == null ? List.of() : List.of(team), "*");
    }

    @Test
    void shouldGiveAnAnswerAgain() {
        routes.one.then(() -> TestingProvider.says("the first"));
        assertThat(kind(ask("lonely", "Hello"))).isEqualTo(Kind.MISS);
        now.set(now.get().plusSeconds(90));

        Answered again = ask("lonely", "Hello");

        assertThat(text(again)).isEqualTo("the first");
        assertThat(kind(again)).isEqualTo(Kind.HIT);
        assertThat(again.route().guarded().cache().age()).isEqualTo(Duration.ofSeconds(90));
        assertThat(routes.one.asked).hasSize(1);
    }

    @Test
    void shouldCostNothingAndStillTellWhatTheAnswerTook() {
        ask("lonely", "Hello");
        Settled settled = Settlement.settle(routes.router.catalog(), ask("lonely", "Hello"));

        assertThat(settled.cost().value()).isZero();
        assertThat(settled.usage()).isEqualTo(TokenUsage.NONE);
        assertThat(settled.told().output()).isEqualTo(5);
        assertThat(Settlement.settle(routes.router.catalog(), ask("lonely", "Bye"))
                        .cost()
                        .value())
                .isPositive();
    }

    @Test
    void shouldAskAgainForAnythingElse() {
        ask("lonely", "Hello");
        assertThat(kind(ask("lonely", "Hello!"))).isEqualTo(Kind.MISS);
        assertThat(kind(ask("lonely", "Be brief.", "Hello"))).isEqualTo(Kind.MISS);
        assertThat(kind(ask("beta", "Hello"))).isEqualTo(Kind.MISS);
    }

    @Test
    void shouldNotGiveWhatIsTooOld() {
        ask("lonely", "Hello");
        now.set(now.get().plus(Duration.ofHours(24)));
        assertThat(kind(ask("lonely", "Hello"))).isEqualTo(Kind.MISS);
        now.set(now.get().plusSeconds(61));
        routes.wishes = wishes("max-age=60");
        assertThat(kind(ask("lonely", "Hello"))).isEqualTo(Kind.MISS);
        routes.wishes = wishes("max-age=3600");
        assertThat(kind(ask("lonely", "Hello"))).isEqualTo(Kind.HIT);
    }

    @Test
    void shouldReplaceAnAnswerWhenANewOneIsWanted() {
        routes.one.then(() -> TestingProvider.says("old")).then(() -> TestingProvider.says("new"));
        ask("lonely", "Hello");
        routes.wishes = wishes("no-cache");
        assertThat(text(ask("lonely", "Hello"))).isEqualTo("new");
        routes.wishes = USE;
        assertThat(text(ask("lonely", "Hello"))).isEqualTo("new");
        assertThat(routes.one.asked).hasSize(2);
    }

    @Test
    void shouldKeepNothingThatBrokeOffWasRefusedOrCameFromAStandIn() {
        routes.one.dies();
        ask("lonely", "broken");
        assertThat(kind(ask("lonely", "broken"))).isEqualTo(Kind.MISS);

        routes.one.fails(1, Failure.UNAVAILABLE);
        assertThat(text(ask("alpha", "stand-in"))).isEqualTo("answer of two");
        assertThat(text(ask("alpha", "stand-in"))).isEqualTo("answer of one");
    }

    @Test
    void shouldNotGiveTheAnswerOfAModelThatWouldNotBeAskedFirst() {
        TestingRoutes choosing = TestingRoutes.of("model_selection: {small: alpha, large: gamma}\n");
        AnswerCache choosingCache = cache("{}", choosing);
        choosing.wishes = new Wishes(null, "small", null, null, null, "use");
        assertThat(text(ask(choosingCache, choosing, "auto"))).isEqualTo("answer of one");
        choosing.wishes = new Wishes(null, "large", null, null, null, "use");
        assertThat(text(ask(choosingCache, choosing, "auto"))).isEqualTo("answer of three");
        assertThat(kind(ask(choosingCache, choosing, "auto"))).isEqualTo(Kind.HIT);
    }

    @Test
    void shouldNotGiveTheAnswerOfAnotherRegionsModelWhereNoRegionIsAsked() {
        TestingRoutes placed = new TestingRoutes("", Map.of("one", "us-east-1", "two", "eu-west-1"));
        AnswerCache placedCache = cache("{}", placed);
        placed.wishes = new Wishes("eu", null, null, null, null, "use");
        assertThat(text(ask(placedCache, placed, "alpha"))).isEqualTo("answer of two");
        placed.wishes = USE;
        assertThat(text(ask(placedCache, placed, "alpha"))).isEqualTo("answer of one");
    }

    private static Answered ask(AnswerCache cache, TestingRoutes routes, String model) {
        return ask(cache, routes, routes.guarded(prompt(model, "Hello")));
    }

    @Test
    void shouldNotBeAskedWhenItIsOff() {
        cache = cache("{enabled: false}");
        ask("lonely", "Hello");
        assertThat(kind(ask("lonely", "Hello"))).isEqualTo(Kind.NONE);
        assertThat(routes.one.asked).hasSize(2);
    }

    @Nested
    class Sharing {
        private final Caller ada = member("red");
        private final Caller bob = member("red");
        private final Caller eve = member("blue");

        private Kind second(String visibility, Caller first, Caller second) {
            cache = cache("{visibility: " + visibility + "}");
            routes.caller = first;
            ask("lonely", "Hello");
            routes.caller = second;
            return kind(ask("lonely", "Hello"));
        }

        @Test
        void shouldEndWhereTheOperatorSays() {
            assertThat(second("organization", ada, eve)).isEqualTo(Kind.HIT);
            assertThat(second("team", ada, bob)).isEqualTo(Kind.HIT);
            assertThat(second("team", ada, eve)).isEqualTo(Kind.MISS);
            assertThat(second("user", ada, bob)).isEqualTo(Kind.MISS);
            assertThat(second("user", ada, ada)).isEqualTo(Kind.HIT);
        }

        @Test
        void shouldNotJoinThoseWhoAreInNoTeam() {
            assertThat(second("team", member(null), member(null))).isEqualTo(Kind.MISS);
        }

        @Test
        void shouldNeverCrossOrganizations() {
            Caller stranger = new Caller(
                    UUID.fromString("00000000-0000-7000-8000-000000000002"),
                    ada.principalId(),
                    ada.principal(),
                    ada.kind(),
                    null,
                    ada.teams(),
                    ada.team(),
                    null,
                    ada.rights());
            assertThat(second("organization", ada, stranger)).isEqualTo(Kind.MISS);
        }
    }

    @Nested
    class Together {
        private final ConcurrentLinkedQueue<Answered> answers = new ConcurrentLinkedQueue<>();
        private final CountDownLatch release = new CountDownLatch(1);

        private Thread start() {
            Guarded guarded = routes.guarded(prompt("lonely", "Hello"));
            return Thread.ofPlatform().daemon().start(() -> answers.add(ask(guarded)));
        }

        private List<Thread> followers(int count) {
            List<Thread> followers = new ArrayList<>();
            for (int number = 0; number < count; number++) {
                followers.add(start());
            }
            followers.forEach(follower ->
                    Simulator.awaitUntil("a follower waits", () -> follower.getState() == Thread.State.TIMED_WAITING));
            return followers;
        }

        private void holdTheFirst() {
            routes.one.then(() -> {
                try {
                    release.await();
                } catch (InterruptedException cancelled) {
                    throw new IllegalStateException(cancelled);
                }
                return TestingProvider.says("shared");
            });
        }

        private void join(List<Thread> threads) throws InterruptedException {
            for (Thread thread : threads) {
                assertThat(thread.join(Eventually.PATIENCE)).isTrue();
            }
        }

        @Test
        void shouldAskOnceForIdenticalRequests() throws InterruptedException {
            holdTheFirst();
            Thread leader = start();
            Simulator.awaitUntil("the first asks", () -> routes.one.asked.size() == 1);
            List<Thread> all = new ArrayList<>(followers(4));
            release.countDown();
            all.add(leader);
            join(all);

            assertThat(answers)
                    .hasSize(5)
                    .allSatisfy(answered -> assertThat(text(answered)).isEqualTo("shared"));
            assertThat(answers.stream().filter(answered -> kind(answered) == Kind.SHARED_HIT))
                    .hasSize(4);
            assertThat(routes.one.asked).hasSize(1);
        }

        @Test
        void shouldLetOneOfThemAskWhenTheFirstLeaves() throws InterruptedException {
            CountDownLatch began = new CountDownLatch(1);
            routes.one.hangs(began);
            Thread leader = start();
            TestingExchange connection = routes.exchange;
            began.await();
            List<Thread> all = new ArrayList<>(followers(3));
            connection.client.leave();
            all.add(leader);
            join(all);

            assertThat(answers.stream().filter(answered -> answered.failure() == null))
                    .hasSize(3)
                    .allSatisfy(answered -> assertThat(text(answered)).isEqualTo("answer of one"));
            assertThat(routes.one.asked).hasSize(2);
        }

        @Test
        void shouldNotWaitAnewForEachThatLeaves() throws InterruptedException {
            cache = cache("{follow_timeout: 1m}");
            CountDownLatch began = new CountDownLatch(1);
            routes.one.hangs(began);
            Thread leader = start();
            TestingExchange connection = routes.exchange;
            began.await();
            holdTheFirst();
            List<Thread> all = new ArrayList<>(followers(2));
            skippedNanos.addAndGet(Duration.ofMinutes(1).toNanos());
            connection.client.leave();

            Simulator.awaitUntil("nobody waits for another", () -> routes.one.asked.size() == 3);
            release.countDown();
            all.add(leader);
            join(all);

            assertThat(answers.stream().filter(answered -> answered.failure() == null))
                    .extracting(TestingRoutes::text)
                    .containsExactlyInAnyOrder("shared", "answer of one");
        }

        @Test
        void shouldNotShareAFailure() throws InterruptedException {
            routes.one.then(() -> {
                try {
                    release.await();
                } catch (InterruptedException cancelled) {
                    throw new IllegalStateException(cancelled);
                }
                throw new ProviderException(Failure.REJECTED, "no", null);
            });
            Thread leader = start();
            Simulator.awaitUntil("the first asks", () -> routes.one.asked.size() == 1);
            List<Thread> all = new ArrayList<>(followers(2));
            release.countDown();
            all.add(leader);
            join(all);

            assertThat(answers.stream().filter(answered -> answered.failure() == null))
                    .hasSize(2);
            assertThat(routes.one.asked).hasSize(3);
        }

        @Test
        void shouldNotWaitForLongerThanTheOperatorSays() throws InterruptedException {
            cache = cache("{follow_timeout: 1ms}");
            holdTheFirst();
            Thread leader = start();
            Simulator.awaitUntil("the first asks", () -> routes.one.asked.size() == 1);
            join(List.of(start()));
            assertThat(answers)
                    .singleElement()
                    .satisfies(answered -> assertThat(text(answered)).isEqualTo("answer of one"));
            release.countDown();
            join(List.of(leader));
        }
    }

    @Nested
    class Semantic {
        Semantic() {
            cache = cache("{semantic: {enabled: true}}");
        }

        @Test
        void shouldGiveTheAnswerToAQuestionThatMeansTheSame() {
            ask("lonely", "Be brief.", "What is the capital of France?");
            Answered similar = ask("lonely", "Be brief.", "Which town is the capital of France?");
            assertThat(kind(similar)).isEqualTo(Kind.SEMANTIC_HIT);
            assertThat(similar.route().guarded().cache().detail()).isEqualTo("semantic 1.000");
            assertThat(kind(ask("lonely", "Be brief.", "How are you?"))).isEqualTo(Kind.MISS);
        }

        @Test
        void shouldCompareNothingButTheLastMessage() {
            ask("lonely", "Be brief.", "What is the capital of France?");
            assertThat(kind(ask("lonely", "Be verbose.", "Which town is it?"))).isEqualTo(Kind.MISS);
            assertThat(kind(ask("beta", "Be brief.", "Which town is it?"))).isEqualTo(Kind.MISS);
        }

        @Test
        void shouldTellNumbersAndOppositesApart() {
            ask("lonely", "What is 17 and 25?");
            assertThat(kind(ask("lonely", "What is 17 and 26?"))).isEqualTo(Kind.MISS);
            ask("lonely", "Do birds fly?");
            assertThat(kind(ask("lonely", "Do birds not fly?"))).isEqualTo(Kind.MISS);
        }

        @Test
        void shouldShareNoMoreThanExactAnswers() {
            routes.caller = member("red");
            ask("lonely", "Which town?");
            routes.caller = member("blue");
            assertThat(kind(ask("lonely", "What town?"))).isEqualTo(Kind.MISS);
        }
    }
}
