package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.testing.TestingDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The law: whatever several nodes do at the same time, crashes and paused nodes that come back included, no budget is ever
 * exceeded, not even by what crashed requests may have cost unseen; nothing stays reserved; and what budgets say was spent is
 * what the ledger says.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BudgetsLawTest {
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    private static final int NODES = 3;
    private static final int WORKERS = 8;
    private static final int STEPS = 80;

    private TestingBudgets testing;

    @BeforeAll
    void open() {
        testing = new TestingBudgets(START);
    }

    @AfterAll
    void close() {
        testing.close();
    }

    /** A request that is under way. */
    private record Request(
            Budgets node, BudgetPayer payer, Instant at, BudgetAmounts most, BudgetReservation reservation) {}

    /** One history: nodes, who pays, what is under way, and what was lost with crashed nodes. */
    private final class World {
        private final UUID organization = TestingDatabase.newOrganization();
        private final List<BudgetPayer> payers = new ArrayList<>();
        private final BudgetSettings settings;
        private final BudgetTokenSettings tokens;
        private final AtomicReferenceArray<Budgets> nodes = new AtomicReferenceArray<>(NODES);
        private final List<Request> flying = Collections.synchronizedList(new ArrayList<>());
        private final Map<BudgetKey, Long> unseen = new ConcurrentHashMap<>();

        World(Random random) {
            settings = TestingBudgets.settings(
                    TestingBudgets.dollars(null, "0." + (3 + random.nextInt(6))),
                    Map.of("red", TestingBudgets.dollars(null, "0.2"), "blue", TestingBudgets.dollars("0.15", "0.3")),
                    TestingBudgets.users("0.06", "0.25"));
            tokens = new BudgetTokenSettings(Map.of("red", new BudgetTokenSettings.Team(90_000L, null, null)));
            for (int index = 0; index < 6; index++) {
                payers.add(new BudgetPayer(
                        organization,
                        index % 3 == 0 ? null : index % 2 == 0 ? "red" : "blue",
                        null,
                        Ids.next(),
                        "user" + index));
            }
            for (int index = 0; index < NODES; index++) {
                nodes.set(index, testing.node(settings, tokens));
            }
        }

        void step(Random random) {
            int dice = random.nextInt(100);
            if (dice < 55) {
                reserve(random);
            } else if (dice < 85) {
                finish(random);
            } else if (dice < 96) {
                nodes.get(random.nextInt(NODES)).upkeep().tick();
            } else if (dice < 98) {
                testing.advance(Duration.ofSeconds(random.nextInt(40)));
            } else {
                crash(random);
            }
        }

        private void reserve(Random random) {
            Budgets node = nodes.get(random.nextInt(NODES));
            BudgetPayer payer = payers.get(random.nextInt(payers.size()));
            BudgetAmounts most = new BudgetAmounts(1 + random.nextInt(9_000), 1 + random.nextInt(4_000));
            Instant at = testing.now.get();
            try {
                flying.add(new Request(node, payer, at, most, node.reserve(payer, at, () -> most, () -> most)));
            } catch (GantryException refusal) {
                assertThat(refusal.code()).isEqualTo(ErrorCode.BUDGET_EXCEEDED);
            }
        }

        private @Nullable Request takeOne(Random random) {
            synchronized (flying) {
                return flying.isEmpty() ? null : flying.remove(random.nextInt(flying.size()));
            }
        }

        /** A request ends; also one of a node that was taken for dead and only slept. */
        private void finish(Random random) {
            Request request = takeOne(random);
            if (request == null) {
                return;
            }
            if (random.nextInt(10) == 0) {
                request.reservation().release();
                return;
            }
            BudgetAmounts spent = new BudgetAmounts(
                    random.nextLong(request.most().microUsd() + 1),
                    random.nextLong(request.most().tokens() + 1));
            request.reservation().settle(spent);
            testing.spend(request.node(), request.payer(), request.at(), spent);
        }

        /** A node vanishes; half of what it had under way cost money that no ledger shows. */
        private void crash(Random random) {
            int index = random.nextInt(NODES);
            Budgets dead = nodes.getAndSet(index, testing.node(settings, tokens));
            List<Request> lost = new ArrayList<>();
            synchronized (flying) {
                flying.removeIf(request -> request.node() == dead && random.nextBoolean() && lost.add(request));
            }
            lost.forEach(request -> keys(request.payer())
                    .forEach(key -> unseen.merge(key, request.most().of(key.unit()), Long::sum)));
        }

        private List<BudgetKey> keys(BudgetPayer payer) {
            List<BudgetKey> keys = new ArrayList<>();
            for (BudgetPeriod period : BudgetPeriod.values()) {
                for (BudgetUnit unit : BudgetUnit.values()) {
                    for (BudgetLevel level : BudgetLevel.values()) {
                        String subject = BudgetKey.subject(level, payer.team(), payer.project(), payer.principalId());
                        if (subject != null) {
                            keys.add(new BudgetKey(level, subject, period, unit));
                        }
                    }
                }
            }
            return keys;
        }

        void assertLaw() {
            BudgetRules rules = new BudgetRules(settings, tokens);
            int bounded = 0;
            for (BudgetPayer payer : payers) {
                for (BudgetKey key : keys(payer)) {
                    Long limit = rules.find(key).map(BudgetRule::limit).orElse(null);
                    if (limit != null) {
                        bounded++;
                        BudgetWindow window = key.period().window(testing.now.get(), settings.zone());
                        long ledger = testing.ledger(organization, key, window);
                        assertThat(ledger + unseen.getOrDefault(key, 0L))
                                .as("spent, seen and unseen, of %s", key)
                                .isLessThanOrEqualTo(limit);
                    }
                }
            }
            assertThat(bounded).isPositive();
            for (BudgetState state : book().show(organization, null, null)) {
                assertThat(state.spent())
                        .as("spent of %s", state.key())
                        .isEqualTo(testing.ledger(organization, state.key(), state.window()));
                assertThat(state.spent() + state.reserved() + state.held())
                        .as("committed of %s", state.key())
                        .isLessThanOrEqualTo(state.limit());
            }
        }

        BudgetBook book() {
            return nodes.get(0).book();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldNeverExceedABudgetWhateverHappens(long seed) throws InterruptedException, ExecutionException {
        World world = new World(new Random(seed));
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> runs = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                Random random = new Random(seed * 1_000 + worker);
                runs.add(workers.submit(() -> {
                    for (int step = 0; step < STEPS; step++) {
                        world.step(random);
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        }
        world.assertLaw();

        Random random = new Random(seed);
        while (!world.flying.isEmpty()) {
            world.finish(random);
        }
        testing.advance(Duration.ofMinutes(1));
        for (int index = 0; index < NODES; index++) {
            world.nodes.get(index).upkeep().tick();
        }
        world.assertLaw();
        assertThat(world.book().show(world.organization, null, null))
                .isNotEmpty()
                .allSatisfy(state ->
                        assertThat(state.reserved()).as("%s", state.key()).isZero());

        testing.advance(Duration.ofDays(40));
        assertThat(world.book().show(world.organization, null, null))
                .allSatisfy(state -> assertThat(state.remaining()).isEqualTo(state.limit()));
        BudgetPayer payer = world.payers.getFirst();
        BudgetAmounts whole = new BudgetAmounts(60_000, 1);
        world.nodes
                .get(0)
                .reserve(payer, testing.now.get(), () -> whole, () -> whole)
                .release();
        testing.now.set(START);
    }
}
