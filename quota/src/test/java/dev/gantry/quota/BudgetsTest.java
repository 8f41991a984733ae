package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.testing.TestingDatabase;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BudgetsTest {
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    private static final BudgetSettings DAILY_DOLLAR = TestingBudgets.settings(
            "Europe/Berlin", BudgetLimitSettings.NONE, Map.of(), TestingBudgets.users("1", null));

    private final UUID organization = TestingDatabase.newOrganization();
    private final BudgetPayer ada = new BudgetPayer(organization, "red", "apollo", Ids.next(), "ada@example.com");
    private final BudgetKey adasDay =
            new BudgetKey(BudgetLevel.USER, ada.principalId().toString(), BudgetPeriod.DAY, BudgetUnit.MICRO_USD);
    private TestingBudgets testing;

    @BeforeEach
    void open() {
        testing = new TestingBudgets(START);
    }

    @AfterEach
    void close() {
        testing.close();
    }

    private BudgetReservation reserve(Budgets node, long microUsd) {
        BudgetAmounts most = new BudgetAmounts(microUsd, 1);
        return node.reserve(ada, testing.now.get(), () -> most, () -> most);
    }

    private void spend(Budgets node, long microUsd) {
        BudgetReservation reservation = reserve(node, microUsd);
        reservation.settle(new BudgetAmounts(microUsd, 1));
        testing.spend(node, ada, testing.now.get(), new BudgetAmounts(microUsd, 1));
    }

    private void assertRefused(ThrowingCallable call, CharSequence... words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(GantryException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.BUDGET_EXCEEDED);
            assertThat(refusal.code().retriable()).isFalse();
            assertThat(refusal.getMessage()).contains("it begins anew at");
            for (CharSequence word : words) {
                assertThat(refusal.getMessage()).contains(word);
            }
        });
    }

    private BudgetState state(Budgets node, BudgetKey key) {
        return node.book().show(organization, key.level(), key.subject()).stream()
                .filter(state -> state.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldSayWhichBudgetIsSpentHowFarAndWhenItBeginsAnew() {
        Budgets node = testing.node(DAILY_DOLLAR);
        spend(node, 1_000_000);

        assertThatThrownBy(() -> reserve(node, 1)).isInstanceOfSatisfying(GantryException.class, refusal -> {
            assertThat(refusal.getMessage())
                    .isEqualTo("The daily budget of ada@example.com is spent: $1.00 of $1.00 are spent; it begins anew"
                            + " at 2026-11-21T23:00:00Z");
            assertThat(refusal.headers())
                    .containsEntry("X-Gantry-Budget-Level", "user")
                    .containsEntry("X-Gantry-Budget-Limit", "1000000")
                    .containsEntry("X-Gantry-Budget-Spent", "1000000")
                    .containsEntry("X-Gantry-Budget-Reset", "2026-11-21T23:00:00Z");
        });
    }

    @Test
    void shouldBeginAnewInTheNextWindowOfTheDeclaredZone() {
        Budgets node = testing.node(DAILY_DOLLAR);
        spend(node, 1_000_000);

        testing.now.set(Instant.parse("2026-11-21T22:59:59Z"));
        assertRefused(() -> reserve(node, 1_000));
        testing.now.set(Instant.parse("2026-11-21T23:00:00Z"));

        reserve(node, 1_000_000).release();
        assertThat(state(node, adasDay).spent()).isZero();
    }

    @Test
    void shouldCountARequestInTheWindowInWhichItArrived() {
        Budgets node = testing.node(DAILY_DOLLAR);
        Instant arrival = Instant.parse("2026-11-21T22:59:59Z");
        testing.now.set(arrival);
        BudgetReservation late = reserve(node, 900_000);

        testing.now.set(arrival.plusSeconds(60));
        late.settle(new BudgetAmounts(900_000, 1));
        testing.spend(node, ada, arrival, new BudgetAmounts(900_000, 1));

        assertThat(state(node, adasDay).spent()).isZero();
        reserve(node, 1_000_000).release();
    }

    @Test
    void shouldLetTheLastCentBeSpentFromAnyNode() {
        Budgets first = testing.node(DAILY_DOLLAR);
        Budgets second = testing.node(DAILY_DOLLAR);
        spend(first, 300_000);
        spend(second, 300_000);
        testing.advance(Duration.ofSeconds(10));
        first.upkeep().tick();
        second.upkeep().tick();

        spend(second, 400_000);

        assertRefused(() -> reserve(first, 1));
        assertThat(state(first, adasDay).remaining()).isZero();
    }

    @Test
    void shouldCountWhatARequestCostsThatBeganBeforeThereWasTheBudget() {
        Budgets node = testing.node(DAILY_DOLLAR);
        reserve(node, 1_000).release();

        testing.spend(node, ada, testing.now.get(), new BudgetAmounts(950_000, 1));

        assertRefused(() -> reserve(node, 100_000));
        reserve(node, 1_000).release();
    }

    @Test
    void shouldForgetOldWindowsWithAllThatBelongsToThem() {
        Budgets node = testing.node(DAILY_DOLLAR);
        spend(node, 300_000);
        node.book().grant(organization, adasDay, "ada@example.com", 5, START.plusSeconds(3_600), "a demo", "admin");
        testing.advance(Duration.ofDays(70));
        spend(node, 100_000);

        testing.advance(Duration.ofMinutes(6));
        node.upkeep().tick();

        assertThat(rows("budget_accounts")).isEqualTo(1);
        assertThat(rows("budget_leases")).isEqualTo(1);
        assertThat(rows("budget_grants")).isZero();
    }

    private int rows(String table) {
        return testing.database()
                .inOrganization(
                        organization,
                        handle -> handle.createQuery("SELECT count(*) FROM " + table)
                                .mapTo(Integer.class)
                                .one());
    }

    @Test
    void shouldNotDrawAgainForEveryRequest() {
        Budgets node = testing.node(TestingBudgets.settings(
                TestingBudgets.dollars(null, "10000"), Map.of(), TestingBudgets.users(null, null)));
        for (int request = 0; request < 2_000; request++) {
            reserve(node, 5_000).settle(new BudgetAmounts(500, 1));
        }

        assertThat(node.draws()).isLessThan(100);
    }

    @Test
    void shouldReserveAtAllLevelsOrAtNone() {
        Budgets node = testing.node(TestingBudgets.settings(
                TestingBudgets.dollars(null, "10"),
                Map.of("red", TestingBudgets.dollars("0.1", null)),
                TestingBudgets.users("5", null)));

        assertRefused(() -> reserve(node, 200_000), "daily budget of team 'red'", "may cost up to $0.20");
        testing.advance(Duration.ofSeconds(10));
        node.upkeep().tick();

        assertThat(node.book().show(organization, null, null))
                .hasSize(3)
                .allSatisfy(state -> assertThat(state.remaining()).isEqualTo(state.limit()));
    }

    @Test
    void shouldAskForACloserBoundOnlyWhenTheCheapOneDoesNotFit() {
        Budgets node = testing.node(DAILY_DOLLAR);
        BudgetAmounts cheap = new BudgetAmounts(600_000, 1);
        BudgetAmounts closer = new BudgetAmounts(100_000, 1);
        node.reserve(ada, START, () -> cheap, () -> {
            throw new AssertionError("nobody needs it yet");
        });

        node.reserve(ada, START, () -> cheap, () -> closer).release();
    }

    @Test
    void shouldNotAddUpSpendingAgainWhenNodesStartAnew() {
        Budgets first = testing.node(DAILY_DOLLAR);
        spend(first, 250_000);
        first.close();
        for (int restart = 0; restart < 4; restart++) {
            Budgets next = testing.node(DAILY_DOLLAR);
            reserve(next, 1_000).release();
            testing.advance(Duration.ofSeconds(61));
            next.upkeep().tick();
            next.close();
        }

        BudgetState state = state(testing.node(DAILY_DOLLAR), adasDay);
        assertThat(state.spent()).isEqualTo(250_000);
        assertThat(state.remaining()).isEqualTo(750_000);
    }

    @Test
    void shouldCountWhatWasSpentBeforeABudgetWasSet() {
        Budgets node = testing.node(
                TestingBudgets.settings(BudgetLimitSettings.NONE, Map.of(), TestingBudgets.users(null, null)));
        spend(node, 700_000);

        node.book().set(organization, adasDay, "ada@example.com", 1_000_000L, null, "admin");

        assertRefused(() -> reserve(node, 400_000), "$0.70 of $1.00 are spent");
        assertThat(state(node, adasDay).spent()).isEqualTo(700_000);
    }

    @Test
    void shouldFindWhatANodeWroteThatDidNotKnowOfTheBudgetYet() {
        Budgets node = testing.node(DAILY_DOLLAR);
        reserve(node, 1_000).release();
        testing.spendUncounted(ada, START, new BudgetAmounts(800_000, 1));

        testing.advance(Duration.ofSeconds(5));
        node.upkeep().tick();
        testing.advance(Duration.ofSeconds(60));
        node.upkeep().tick();

        assertThat(state(node, adasDay).spent()).isEqualTo(800_000);
        assertRefused(() -> reserve(node, 300_000));
    }

    @Test
    void shouldTakeALimitOfTheApiOnAllNodesAndGiveItBack() {
        Budgets node = testing.node(DAILY_DOLLAR);
        Budgets other = testing.node(DAILY_DOLLAR);
        reserve(other, 1).release();

        node.book().set(organization, adasDay, "ada@example.com", 2_000_000L, new BigDecimal("0.5"), "admin");
        other.upkeep().hear(organization.toString());
        reserve(other, 1_900_000).release();
        assertThat(state(node, adasDay))
                .returns(2_000_000L, BudgetState::limit)
                .returns(true, BudgetState::own)
                .returns(new BigDecimal("0.5000"), BudgetState::threshold);

        assertThat(node.book().unset(organization, adasDay)).isTrue();
        assertThat(node.book().unset(organization, adasDay)).isFalse();
        assertThat(state(node, adasDay).limit()).isEqualTo(1_000_000);
        assertRefused(() -> reserve(node, 1_900_000));
    }

    @Test
    void shouldRaiseALimitUntilTheGrantEnds() {
        Budgets node = testing.node(DAILY_DOLLAR);
        spend(node, 1_000_000);
        node.book()
                .grant(organization, adasDay, "ada@example.com", 500_000, START.plusSeconds(3_600), "a demo", "admin");

        spend(node, 100_000);
        reserve(node, 50_000).release();
        testing.now.set(START.plusSeconds(3_600));

        assertRefused(() -> reserve(node, 50_000), "$1.10 of $1.00 are spent");
        assertThat(node.book().grants(organization)).singleElement().returns("a demo", BudgetGrant::reason);
    }

    @Test
    void shouldEndAGrantThatIsRevoked() {
        Budgets node = testing.node(DAILY_DOLLAR);
        BudgetGrant grant = node.book()
                .grant(organization, adasDay, "ada@example.com", 500_000, START.plusSeconds(3_600), "a demo", "admin");
        reserve(node, 1_400_000).release();

        assertThat(node.book().revoke(organization, grant.id())).isTrue();

        assertRefused(() -> reserve(node, 1_400_000));
    }

    @Test
    void shouldRefuseImpossibleGrantsAndLimits() {
        BudgetBook book = testing.node(DAILY_DOLLAR).book();
        BudgetKey unbounded = new BudgetKey(BudgetLevel.TEAM, "blue", BudgetPeriod.DAY, BudgetUnit.TOKENS);

        assertInvalid(() -> book.set(organization, adasDay, "ada", -1L, null, "admin"));
        assertInvalid(() -> book.set(organization, adasDay, "ada", 1L, new BigDecimal("1.5"), "admin"));
        assertInvalid(() -> book.grant(organization, adasDay, "ada", 0, START.plusSeconds(9), "why", "admin"));
        assertInvalid(() -> book.grant(organization, adasDay, "ada", 1, START, "why", "admin"));
        assertInvalid(() -> book.grant(organization, adasDay, "ada", 1, START.plusSeconds(9), " ", "admin"));
        assertInvalid(() -> book.grant(organization, unbounded, "blue", 1, START.plusSeconds(9), "why", "admin"));
    }

    private static void assertInvalid(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GantryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void shouldHoldWhatAVanishedNodeMayHaveSpentUntilTheWindowEnds() {
        Budgets gone = testing.node(DAILY_DOLLAR);
        reserve(gone, 400_000);
        Budgets node = testing.node(DAILY_DOLLAR);

        testing.advance(Duration.ofMinutes(1));

        assertThat(state(node, adasDay)).returns(0L, BudgetState::reserved).returns(0L, BudgetState::spent);
        assertThat(state(node, adasDay).held()).isBetween(400_000L, 800_000L);
        testing.advance(Duration.ofDays(1));
        reserve(node, 1_000_000).release();
    }

    @Test
    void shouldRaiseEachAlertOnceWhicheverNodeNotices() {
        Budgets first = testing.node(DAILY_DOLLAR);
        Budgets second = testing.node(DAILY_DOLLAR);
        spend(first, 500_000);
        first.upkeep().tick();
        assertThat(testing.alerts).isEmpty();

        spend(second, 320_000);
        for (int round = 0; round < 3; round++) {
            first.upkeep().tick();
            second.upkeep().tick();
        }

        assertThat(testing.alerts).singleElement().satisfies(alert -> {
            assertThat(alert.threshold()).isEqualByComparingTo("0.8");
            assertThat(alert.spent()).isEqualTo(820_000);
            assertThat(alert.show())
                    .isEqualTo("The daily budget of ada@example.com has passed 80 %: $0.82 of $1.00 are spent");
        });
    }

    @Test
    void shouldSayThatARequestWasRefusedAlthoughLittleIsSpent() {
        Budgets node = testing.node(DAILY_DOLLAR);
        spend(node, 320_000);
        assertThatThrownBy(() -> reserve(node, 900_000)).isInstanceOf(GantryException.class);

        node.upkeep().tick();

        assertThat(testing.alerts).singleElement().satisfies(alert -> {
            assertThat(alert.isRefusal()).isTrue();
            assertThat(alert.spent()).isEqualTo(320_000);
            assertThat(alert.show())
                    .startsWith(
                            "The daily budget of ada@example.com refused a request that might have cost more than is"
                                    + " left: $0.32 of $1.00 are spent");
        });
    }

    @Test
    void shouldKeepBudgetsOfTenantsApart() {
        Budgets node = testing.node(DAILY_DOLLAR);
        spend(node, 1_000_000);
        BudgetPayer namesake = new BudgetPayer(
                TestingDatabase.newOrganization(), "red", "apollo", ada.principalId(), "ada@example.com");
        BudgetAmounts all = new BudgetAmounts(1_000_000, 1);

        node.reserve(namesake, START, () -> all, () -> all).release();
        assertThat(node.book().show(namesake.organization(), null, null))
                .singleElement()
                .returns(0L, BudgetState::spent);
    }
}
