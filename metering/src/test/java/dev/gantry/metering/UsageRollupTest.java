package dev.gantry.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.database.GroupCommit;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UsageRollupTest {
    private static final Instant START = Instant.parse("2026-03-27T21:10:11.123456Z");
    private static final Duration LENGTH = Duration.ofDays(4);

    private final UUID organization = TestingDatabase.newOrganization();
    private final UUID ada = Ids.next();
    private final List<UsageRecord> written = new ArrayList<>();
    private TestingDatabase database;
    private UsageLedger ledger;

    @BeforeAll
    void writeLinesOverDays() {
        database = TestingDatabase.open("metering");
        ledger = new UsageLedger(database.database());
        Random random = new Random(42);
        List<GroupCommit.Commit> commits = new ArrayList<>();
        for (int index = 0; index < 600; index++) {
            Instant time = START.plusMillis(random.nextLong(LENGTH.toMillis()));
            UsageRecord line = line(time, random.nextBoolean() ? "red" : null, random.nextInt(1_000));
            written.add(line);
            commits.add(ledger.append(line));
        }
        commits.forEach(commit -> commit.await(Eventually.PATIENCE));
    }

    @AfterAll
    void close() {
        database.close();
    }

    private UsageRecord line(Instant time, @Nullable String team, long cost) {
        return new UsageRecord(
                Ids.next(),
                time,
                organization,
                team,
                null,
                ada,
                "ada@example.com",
                null,
                null,
                null,
                "m",
                "openai",
                new TokenUsage(cost, 1, 2, 3, 0, false),
                new MicroDollars(cost),
                "chat_completions",
                "success",
                250,
                "request");
    }

    @Test
    void shouldGiveTheSumOfTheLinesForEveryPeriod() {
        Random random = new Random(7);
        for (int round = 0; round < 80; round++) {
            Instant from = START.plusSeconds(random.nextLong(LENGTH.toSeconds()) - 3_600);
            long seconds = 1 + random.nextLong(round % 2 == 0 ? LENGTH.toSeconds() : 7_200);
            Instant to = from.plusSeconds(seconds);

            UsageTotals all = totals(from, to, null);
            UsageTotals red = totals(from, to, "red");
            UsageSummary.Line summary = ledger.summarize(organization, UsageFilter.between(from, to), List.of(), 1)
                    .total();

            assertThat(all.cost().value()).as("%s to %s", from, to).isEqualTo(cost(from, to, false));
            assertThat(red.cost().value()).as("%s to %s", from, to).isEqualTo(cost(from, to, true));
            assertThat(summary.cost()).isEqualTo(all.cost());
            assertThat(summary.requests()).isEqualTo(count(from, to));
            assertThat(all.tokens()).isEqualTo(cost(from, to, false) + 6 * count(from, to));
        }
    }

    @Test
    void shouldNotCountALineAgainThatTheLedgerRefuses() {
        Instant to = START.plus(LENGTH);
        GroupCommit.Commit again = ledger.append(written.getFirst());

        assertThatThrownBy(() -> again.await(Eventually.PATIENCE)).isInstanceOf(GantryException.class);
        assertThat(totals(START, to, null).cost().value()).isEqualTo(cost(START, to, false));
    }

    @Test
    void shouldAddUpLinesThatAreOlderThanTheSums() throws IOException {
        String sums = sumsOfTheOrganization();
        try (InputStream migration =
                UsageLedger.class.getResourceAsStream("/db/migration/metering/V2__usage_rollup.sql")) {
            String text = new String(Objects.requireNonNull(migration).readAllBytes(), StandardCharsets.UTF_8);
            int start = text.indexOf("INSERT INTO usage_rollup");
            database.asSuperuser("SET search_path TO gantry; DELETE FROM usage_rollup; "
                    + text.substring(start, text.indexOf(';', start)));
        }

        assertThat(sumsOfTheOrganization()).isEqualTo(sums);
    }

    private String sumsOfTheOrganization() {
        return database.database()
                .inOrganization(
                        organization,
                        handle -> handle.createQuery("""
                                SELECT string_agg(concat_ws(' ', grain, bucket, team, requests, input_tokens,
                                    output_tokens, cache_read_tokens, cache_write_tokens, cost_micro_usd), E'\\n'
                                    ORDER BY grain, bucket, team)
                                FROM usage_rollup""").mapTo(String.class).one());
    }

    private UsageTotals totals(Instant from, Instant to, @Nullable String team) {
        return database.database()
                .inOrganization(organization, handle -> UsageTotals.of(handle, from, to, team, null, ada));
    }

    @Test
    void shouldAddUpForManyNamesAtOnceWhatItAddsUpForEach() {
        Instant to = START.plus(LENGTH);
        Map<String, UsageTotals> teams = each(to, UsageTotals.By.TEAM, List.of("red", "nobody"));
        assertThat(teams).containsOnlyKeys("red");
        assertThat(teams.get("red"))
                .isEqualTo(database.database()
                        .inOrganization(organization, handle -> UsageTotals.of(handle, START, to, "red", null, null)));
        assertThat(each(to, UsageTotals.By.PRINCIPAL, List.of(ada.toString())))
                .containsExactly(Map.entry(ada.toString(), totals(START, to, null)));
    }

    private Map<String, UsageTotals> each(Instant to, UsageTotals.By by, List<String> names) {
        return database.database()
                .inOrganization(organization, handle -> UsageTotals.each(handle, START, to, by, names));
    }

    private long cost(Instant from, Instant to, boolean redOnly) {
        return within(from, to).stream()
                .filter(line -> !redOnly || line.team() != null)
                .mapToLong(line -> line.cost().value())
                .sum();
    }

    private long count(Instant from, Instant to) {
        return within(from, to).size();
    }

    private List<UsageRecord> within(Instant from, Instant to) {
        return written.stream()
                .filter(line -> !line.time().isBefore(from) && line.time().isBefore(to))
                .toList();
    }
}
