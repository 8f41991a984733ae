package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import dev.gantry.redis.RedisLink;
import dev.gantry.redis.RedisSession;
import dev.gantry.redis.RedisSettings;
import dev.gantry.redis.RedisUnavailableException;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingRedis;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes and a real Redis. */
class SharedLimitsTest {
    private static final int NODES = 3;
    private static final Holder ALICE =
            new Holder(new UUID(1, 1), "acme", new UUID(2, 2), "alice@example.com", null, "core", null, null);

    @TempDir
    private Path directory;

    private TestingRedis redis;
    private final List<Node> nodes = new ArrayList<>();

    private record Node(RedisLink link, RateLimits limits, SharedMeters meters) implements AutoCloseable {
        @Override
        public void close() {
            limits.close();
            link.close();
        }

        boolean admits() {
            try {
                limits.admit(ALICE, () -> 1).settle(1);
                return true;
            } catch (GantryException refused) {
                return false;
            }
        }
    }

    @BeforeEach
    void startRedis() {
        redis = TestingRedis.start(directory);
    }

    @AfterEach
    void stop() {
        nodes.forEach(Node::close);
        redis.close();
    }

    private void start(String yaml) {
        for (int rank = 0; rank < NODES; rank++) {
            nodes.add(node(rank, yaml));
        }
    }

    private Node node(int rank, String yaml) {
        RedisSettings redisSettings = new RedisSettings(
                Optional.of(Secret.of(redis.url())),
                Optional.empty(),
                6379,
                Optional.empty(),
                Optional.empty(),
                0,
                false,
                Optional.empty(),
                50,
                Duration.ofMillis(500));
        RedisLink link = RedisLink.open(redisSettings, Eventually.PATIENCE);
        assertThat(link.session()).isPresent();
        RateLimitSettings settings =
                RateLimitSettingsTest.load(directory, "rate_limiting:\n" + yaml.indent(2), Map.of());
        long leaseNanos = Duration.ofMinutes(1).toNanos();
        LocalMeters local = new LocalMeters(() -> new Nodes.Place(rank, NODES), settings.withoutRedis(), leaseNanos);
        SharedMeters meters =
                new SharedMeters(link, local, System::nanoTime, leaseNanos, Duration.ofSeconds(1), "test:limit");
        RateLimits limits = new RateLimits(settings, meters, Clock.systemUTC(), System::nanoTime, _ -> {});
        limits.start();
        return new Node(link, limits, meters);
    }

    /** Everything that is admitted while the nodes are asked by several threads each, with the time of each admission. */
    private final class Load {
        private final ConcurrentLinkedQueue<Long> admitted = new ConcurrentLinkedQueue<>();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();

        Load(int threadsPerNode) {
            for (Node node : nodes) {
                for (int thread = 0; thread < threadsPerNode; thread++) {
                    threads.add(Thread.startVirtualThread(() -> run(node)));
                }
            }
        }

        private void run(Node node) {
            while (!stopped.get()) {
                if (node.admits()) {
                    admitted.add(System.nanoTime());
                } else {
                    refused.incrementAndGet();
                    LockSupport.parkNanos(500_000);
                }
            }
        }

        void stop() throws InterruptedException {
            stopped.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }

        /** Returns the most that was admitted in any stretch of time. */
        int mostWithin(Duration window) {
            long[] times = admitted.stream().mapToLong(Long::longValue).sorted().toArray();
            int most = 0;
            for (int first = 0, last = 0; last < times.length; last++) {
                while (times[last] - times[first] >= window.toNanos()) {
                    first++;
                }
                most = Math.max(most, last - first + 1);
            }
            return most;
        }
    }

    private static void await(BooleanSupplier condition) {
        Eventually.holds("what was waited for", condition::getAsBoolean);
    }

    private static void run(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        await(() -> System.nanoTime() >= end);
    }

    @Test
    void shouldHoldOverThreeNodesUnderParallelLoad() throws InterruptedException {
        start("teams: {core: {requests: 3000/minute}}");

        Load load = new Load(8);
        await(() -> load.admitted.size() >= 2_970);
        int refused = load.refused.get();
        await(() -> load.refused.get() > refused + 500);
        load.stop();

        assertThat(load.admitted).hasSizeBetween(2_970, 3_000);
    }

    @Test
    void shouldHoldExactlyWhereALimitIsSmall() throws InterruptedException {
        start("default_tier: free");

        Load load = new Load(8);
        await(() -> load.refused.get() > 500);
        load.stop();

        assertThat(load.admitted).hasSize(10);
    }

    @Test
    void shouldHoldInEveryWindowAsTimeGoesOn() throws InterruptedException {
        start("teams: {core: {requests: 600/1s}}");

        Load load = new Load(4);
        run(Duration.ofMillis(2_500));
        load.stop();

        assertThat(load.mostWithin(Duration.ofSeconds(1))).isBetween(594, 606);
        assertThat(load.admitted).hasSizeGreaterThan(1_200);
    }

    @Test
    void shouldHoldWhileRedisIsKilledAndRestarted() throws InterruptedException {
        start("teams: {core: {requests: 600/1s}}");

        Load load = new Load(4);
        run(Duration.ofMillis(600));
        redis.kill();
        int before = load.admitted.size();
        run(Duration.ofMillis(1_500));
        int without = load.admitted.size();
        redis.restart();
        await(() -> nodes.stream().allMatch(node -> node.link().session().isPresent()));
        await(() -> nodes.stream()
                .allMatch(
                        node -> node.meters().reliable(Duration.ofMillis(1_100)).isPresent()));
        int warm = load.admitted.size();
        run(Duration.ofMillis(1_500));
        load.stop();

        assertThat(load.mostWithin(Duration.ofSeconds(1))).isLessThanOrEqualTo(606);
        assertThat(without - before).as("admitted without Redis").isPositive();
        assertThat(load.admitted.size() - warm).as("admitted again by Redis").isPositive();
    }

    @Test
    void shouldGoOnByShareWhileRedisHangs() {
        start("teams: {core: {requests: 30/minute}}");
        assertThat(nodes.getFirst().admits()).isTrue();
        redis.freeze();
        try {
            int admitted = 0;
            for (Node node : nodes) {
                for (int attempt = 0; attempt < 30; attempt++) {
                    admitted += node.admits() ? 1 : 0;
                }
            }

            assertThat(admitted).isBetween(27, 30);
        } finally {
            redis.thaw();
        }
    }

    @Test
    void shouldGiveBackOnAnyNodeWhatWasNotUsed() {
        start("teams: {core: {requests: 10/minute, tokens: 1000/minute}}");
        for (int round = 0; round < 30; round++) {
            Node node = nodes.get(round % NODES);
            await(() -> {
                try {
                    node.limits().admit(ALICE, () -> 1_000).release();
                    return true;
                } catch (GantryException notYet) {
                    return false;
                }
            });
        }
        await(() -> nodes.get(1).limits().standings(ALICE).stream()
                .allMatch(standing -> standing.remaining() == standing.limit()));

        Admittance first = nodes.get(0).limits().admit(ALICE, () -> 600);
        assertThat(admits(nodes.get(1), 700)).isFalse();
        first.settle(300);
        await(() -> admits(nodes.get(1), 700));

        assertThat(nodes.get(2).admits()).isFalse();
    }

    private static boolean admits(Node node, long tokens) {
        try {
            node.limits().admit(ALICE, () -> tokens).settle(tokens);
            return true;
        } catch (GantryException refused) {
            return false;
        }
    }

    @Test
    void shouldLimitWhatIsParallelOverNodes() {
        start("teams: {core: {parallel: 5}}");
        List<Admittance> running = new ArrayList<>();
        for (int attempt = 0; attempt < 12; attempt++) {
            try {
                running.add(nodes.get(attempt % NODES).limits().admit(ALICE, () -> 0));
            } catch (GantryException full) {
                assertThat(full).hasMessageContaining("5 requests at the same time");
            }
        }
        assertThat(running).hasSize(5);

        running.getFirst().release();

        await(() -> nodes.getLast().admits());
    }

    @Test
    void shouldFreeTheSlotsOfANodeThatDied() {
        start("teams: {core: {parallel: 2}}");
        Node dying = nodes.getFirst();
        dying.limits().admit(ALICE, () -> 0);
        dying.limits().admit(ALICE, () -> 0);
        assertThat(nodes.getLast().admits()).isFalse();

        dying.link().close();

        await(() -> nodes.getLast().admits());
    }

    @Test
    void shouldNoticeThatTheClockOfRedisWasSet() throws RedisUnavailableException {
        start("teams: {core: {requests: 30/minute}}");
        RedisSession session = nodes.getFirst().link().session().orElseThrow();
        long hour = Duration.ofHours(1).toMillis();
        byte[] key = "test:clock".getBytes(StandardCharsets.US_ASCII);

        for (long set : new long[] {hour, -hour}) {
            List<Long> reply = session.run(
                    SharedMeters.TAKE, key, 10, 60_000, 1, 1, 0, session.expectedMillis() + set, 2_000, 120);
            assertThat(reply.getFirst()).isEqualTo(-1);
        }
        session.distrust("clock was set");
        await(() -> nodes.getFirst().link().session().isPresent());

        assertThat(nodes.getFirst().meters().reliable(Duration.ofMinutes(1))).isEmpty();
        Node other = node(1, "teams: {core: {requests: 30/minute}}");
        nodes.add(other);
        assertThat(other.meters().reliable(Duration.ofMinutes(1))).isEmpty();
        assertThat(Arrays.asList(other.admits(), nodes.getFirst().admits())).containsOnly(true);
    }
}
