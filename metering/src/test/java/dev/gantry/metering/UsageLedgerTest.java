package dev.gantry.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.database.GroupCommit;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UsageLedgerTest {
    private static final Instant START = Instant.parse("2026-11-20T23:00:00.123456Z");
    private static final UsageFilter ALL =
            UsageFilter.between(START.minus(Duration.ofDays(400)), START.plus(Duration.ofDays(400)));

    private TestingDatabase database;
    private UsageLedger ledger;

    @BeforeAll
    void open() {
        database = TestingDatabase.open("metering");
        ledger = new UsageLedger(database.database());
    }

    @AfterAll
    void close() {
        database.close();
    }

    private void write(UsageRecord... records) {
        List<GroupCommit.Commit> commits = new ArrayList<>();
        for (UsageRecord usage : records) {
            commits.add(ledger.append(usage));
        }
        commits.forEach(commit -> commit.await(Eventually.PATIENCE));
    }

    private static UsageRecord call(
            UUID organization,
            Duration after,
            @Nullable String team,
            @Nullable String pattern,
            String model,
            long cost) {
        return new UsageRecord(
                Ids.next(),
                START.plus(after),
                organization,
                team,
                null,
                Ids.next(),
                "ada@example.com",
                null,
                pattern,
                pattern == null ? null : 3,
                model,
                "openai",
                new TokenUsage(100, 20, 3, 4, 5, false),
                new MicroDollars(cost),
                "chat_completions",
                "success",
                250,
                "request");
    }

    @Test
    void shouldReturnALineExactlyAsItWasWritten() {
        UUID organization = TestingDatabase.newOrganization();
        UsageRecord complete = new UsageRecord(
                Ids.next(),
                START,
                organization,
                "engineering",
                "apollo",
                Ids.next(),
                "ada@example.com",
                Ids.next(),
                "shared/summarize",
                7,
                "gpt-6.2-sol",
                "openai",
                new TokenUsage(1, 2, 3, 4, 2, true),
                new MicroDollars(-5),
                "execute",
                "cancelled",
                Long.MAX_VALUE,
                "a\u0000{}',\"\\NULL\uD83D\uDE00");
        UsageRecord sparse = call(organization, Duration.ofSeconds(1), null, null, "m", 0);

        write(complete, sparse);

        assertThat(ledger.list(organization, ALL, null, 10).records()).containsExactly(sparse, complete);
    }

    @Test
    void shouldListPagesNewestFirstWithoutGapsOrRepetition() {
        UUID organization = TestingDatabase.newOrganization();
        List<UsageRecord> records = new ArrayList<>();
        for (int index = 0; index < 25; index++) {
            records.add(call(organization, Duration.ofSeconds(index / 4), "t", null, "m", index));
        }
        write(records.toArray(UsageRecord[]::new));

        UsagePage page = ledger.list(organization, ALL, null, 10);
        List<UsageRecord> found = new ArrayList<>(page.records());
        while (page.next() != null) {
            page = ledger.list(organization, ALL, page.next(), 10);
            found.addAll(page.records());
        }

        assertThat(found).containsExactlyElementsOf(records.reversed());
    }

    @Test
    void shouldRefuseASecondLineOfTheSameIdAndKeepTheOthersOfItsBatch() {
        UUID organization = TestingDatabase.newOrganization();
        UsageRecord line = call(organization, Duration.ZERO, "t", null, "m", 1);
        write(line);

        GroupCommit.Commit second = ledger.append(line);
        write(call(organization, Duration.ofSeconds(1), "t", null, "m", 1));

        assertThatThrownBy(() -> second.await(Eventually.PATIENCE)).isInstanceOf(GantryException.class);
        assertThat(ledger.summarize(organization, ALL, List.of(), 1).total().requests())
                .isEqualTo(2);
    }

    @Nested
    class Summaries {
        private final UUID organization = TestingDatabase.newOrganization();

        private void writeFourCalls() {
            write(
                    call(organization, Duration.ZERO, "red", "shared/a", "small", 10),
                    call(organization, Duration.ofMinutes(30), "red", null, "large", 300),
                    call(organization, Duration.ofMinutes(90), "blue", "shared/a", "small", 20),
                    call(organization, Duration.ofMinutes(120), null, "shared/b", "small", 5));
        }

        private UsageSummary by(UsageGrouping... groupings) {
            return ledger.summarize(organization, ALL, List.of(groupings), 100);
        }

        @Test
        void shouldAddUpByEveryGroupingMostExpensiveFirst() {
            writeFourCalls();

            assertThat(keysAndCosts(by(UsageGrouping.TEAM))).containsExactly("[red]=310", "[blue]=20", "[null]=5");
            assertThat(keysAndCosts(by(UsageGrouping.MODEL))).containsExactly("[large]=300", "[small]=35");
            assertThat(keysAndCosts(by(UsageGrouping.PATTERN)))
                    .containsExactly("[null]=300", "[shared/a]=30", "[shared/b]=5");
            assertThat(keysAndCosts(by(UsageGrouping.PRINCIPAL))).containsExactly("[ada@example.com]=335");
            assertThat(keysAndCosts(by(UsageGrouping.PROJECT))).containsExactly("[null]=335");
            assertThat(keysAndCosts(by(UsageGrouping.TEAM, UsageGrouping.MODEL)))
                    .containsExactly("[red, large]=300", "[blue, small]=20", "[red, small]=10", "[null, small]=5");
        }

        @Test
        void shouldGroupByDaysOfUtcInTheirOrder() {
            writeFourCalls();

            assertThat(keysAndCosts(by(UsageGrouping.DAY))).containsExactly("[2026-11-20]=310", "[2026-11-21]=25");
        }

        @Test
        void shouldAddUpEveryKindOfToken() {
            writeFourCalls();

            UsageSummary.Line total = by().total();

            assertThat(total)
                    .isEqualTo(new UsageSummary.Line(List.of(), 4, 0, 400, 80, 12, 16, 20, new MicroDollars(335)));
            assertThat(by().lines()).isEmpty();
        }

        @Test
        void shouldKeepTheTotalWholeWhenLinesAreLeftOut() {
            writeFourCalls();

            UsageSummary summary = ledger.summarize(organization, ALL, List.of(UsageGrouping.TEAM), 1);

            assertThat(keysAndCosts(summary)).containsExactly("[red]=310");
            assertThat(summary.truncated()).isTrue();
            assertThat(summary.total().cost()).isEqualTo(new MicroDollars(335));
            assertThat(by(UsageGrouping.TEAM).truncated()).isFalse();
        }

        @Test
        void shouldGiveEveryLineOnceWhenReadPageByPage() {
            for (int team = 0; team < 7; team++) {
                write(call(
                        organization, Duration.ZERO, "team-" + team, team % 2 == 0 ? null : "shared/a", "m", team + 1));
            }
            write(call(organization, Duration.ZERO, null, null, "m", 100));
            List<UsageGrouping> groupings = List.of(UsageGrouping.TEAM, UsageGrouping.PATTERN);
            List<String> lines = new ArrayList<>();
            UsageCursor cursor = UsageCursor.first(ALL.from(), ALL.to());
            boolean more = true;
            while (more) {
                UsageSummary page = ledger.page(organization, ALL, groupings, cursor, 3);
                assertThat(page.total().cost()).isEqualTo(new MicroDollars(128));
                lines.addAll(keysAndCosts(page));
                more = page.truncated();
                cursor =
                        UsageCursor.decode(cursor.behind(page.lines().getLast()).encode());
            }

            assertThat(lines)
                    .containsExactly(
                            "[null, null]=100",
                            "[team-0, null]=1",
                            "[team-1, shared/a]=2",
                            "[team-2, null]=3",
                            "[team-3, shared/a]=4",
                            "[team-4, null]=5",
                            "[team-5, shared/a]=6",
                            "[team-6, null]=7");
        }

        @Test
        void shouldRefuseACursorOfSomethingElse() {
            UsageCursor cursor = new UsageCursor(ALL.from(), ALL.to(), List.of("a", "b"));

            assertInvalid(() -> ledger.page(organization, ALL, List.of(UsageGrouping.TEAM), cursor, 3));
            assertInvalid(() -> UsageCursor.decode("bm90IG9uZQ"));
            assertInvalid(() -> UsageCursor.decode("§"));
        }

        @Test
        void shouldCountOnlyWhatTheFilterLetsThrough() {
            writeFourCalls();

            assertThat(total(new UsageFilter(START, START.plusSeconds(1), null, null, null, null, null)))
                    .isEqualTo(10);
            assertThat(total(new UsageFilter(ALL.from(), START, null, null, null, null, null)))
                    .isZero();
            assertThat(total(new UsageFilter(ALL.from(), ALL.to(), "red", null, null, null, null)))
                    .isEqualTo(310);
            assertThat(total(new UsageFilter(ALL.from(), ALL.to(), null, "apollo", null, null, null)))
                    .isZero();
            assertThat(total(new UsageFilter(ALL.from(), ALL.to(), null, null, "ada@example.com", "small", "shared/a")))
                    .isEqualTo(30);
        }

        private long total(UsageFilter filter) {
            return ledger.summarize(organization, filter, List.of(), 1)
                    .total()
                    .cost()
                    .value();
        }

        @Test
        void shouldSayHowManyCallsWereEstimated() {
            UsageRecord exact = call(organization, Duration.ZERO, "red", null, "m", 1);
            write(exact, estimated(exact));

            assertThat(by().total().requests()).isEqualTo(2);
            assertThat(by().total().estimatedRequests()).isEqualTo(1);
        }

        private UsageRecord estimated(UsageRecord exact) {
            return new UsageRecord(
                    Ids.next(),
                    exact.time(),
                    exact.organization(),
                    exact.team(),
                    exact.project(),
                    exact.principalId(),
                    exact.principal(),
                    exact.keyId(),
                    exact.pattern(),
                    exact.patternVersion(),
                    exact.model(),
                    exact.provider(),
                    new TokenUsage(1, 1, 0, 0, 0, true),
                    exact.cost(),
                    exact.endpoint(),
                    exact.status(),
                    exact.durationMs(),
                    exact.requestId());
        }

        @Test
        void shouldRefuseImpossibleQuestions() {
            assertInvalid(() -> by(UsageGrouping.TEAM, UsageGrouping.TEAM));
            assertInvalid(() -> by(UsageGrouping.TEAM, UsageGrouping.MODEL, UsageGrouping.DAY, UsageGrouping.PATTERN));
            assertInvalid(() -> ledger.summarize(organization, ALL, List.of(), 0));
            assertInvalid(() -> ledger.list(organization, ALL, null, 1_001));
            assertInvalid(() -> UsageFilter.between(START, START));
            assertInvalid(() -> new UsageFilter(ALL.from(), ALL.to(), "a\u0000b", null, null, null, null));
        }

        private void assertInvalid(ThrowingCallable call) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        }

        private static List<String> keysAndCosts(UsageSummary summary) {
            return summary.lines().stream()
                    .map(line -> line.key() + "=" + line.cost().value())
                    .toList();
        }
    }

    @Nested
    class Protection {
        @Test
        void shouldNotShowOneTenantTheUsageOfAnother() {
            UUID organization = TestingDatabase.newOrganization();
            write(call(organization, Duration.ZERO, "red", null, "m", 1));
            UUID other = TestingDatabase.newOrganization();

            assertThat(ledger.list(other, ALL, null, 10).records()).isEmpty();
            assertThat(ledger.summarize(other, ALL, List.of(), 1).total().requests())
                    .isZero();
            int visible = database.database()
                    .unscoped(handle -> handle.createQuery("SELECT count(*) FROM usage")
                            .mapTo(Integer.class)
                            .one());
            assertThat(visible).isZero();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UPDATE usage SET cost_micro_usd = 0",
                    "DELETE FROM usage",
                    "TRUNCATE usage",
                    "DROP TABLE usage"
                })
        void shouldRefuseTheApplicationEveryChange(String statement) {
            UUID organization = TestingDatabase.newOrganization();
            write(call(organization, Duration.ZERO, "red", null, "m", 1));

            assertThatThrownBy(
                            () -> database.database().inOrganization(organization, handle -> handle.execute(statement)))
                    .hasMessageMatching("(?s).*(permission denied|must be owner).*");
            assertThat(ledger.list(organization, ALL, null, 10).records()).hasSize(1);
        }

        @ParameterizedTest
        @ValueSource(strings = {"UPDATE usage SET cost_micro_usd = 0", "DELETE FROM usage", "TRUNCATE usage"})
        void shouldRefuseEvenTheOwnerAndTheSuperuserEveryChange(String change) throws SQLException {
            write(call(TestingDatabase.newOrganization(), Duration.ZERO, "red", null, "m", 1));

            for (String url : List.of(database.ownerJdbcUrl(), database.superuserJdbcUrl())) {
                try (Connection connection = DriverManager.getConnection(url);
                        Statement statement = connection.createStatement()) {
                    assertThatThrownBy(() -> statement.execute(change))
                            .hasMessageContaining("never changed or deleted");
                }
            }
        }
    }
}
