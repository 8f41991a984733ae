package dev.gantry.quota;

import dev.gantry.database.Database;
import dev.gantry.database.Statements;
import dev.gantry.testing.TestingDatabase;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** A database with budgets, a ledger of a single table that follows the rules of the real one, and a clock to be set. */
final class TestingBudgets implements AutoCloseable {
    private static final String LEDGER = """
            CREATE TABLE gantry.test_ledger (
                organization_id uuid NOT NULL, at timestamptz NOT NULL, team text, project text, principal uuid NOT NULL,
                micro_usd bigint NOT NULL, tokens bigint NOT NULL);
            GRANT SELECT, INSERT ON gantry.test_ledger TO gantry_app;
            """;

    private final TestingDatabase database = TestingDatabase.open("quota");
    final List<BudgetAlert> alerts = Collections.synchronizedList(new ArrayList<>());
    final AtomicReference<Instant> now;
    private final List<Budgets> opened = Collections.synchronizedList(new ArrayList<>());

    TestingBudgets(Instant start) {
        now = new AtomicReference<>(start);
        database.asSuperuser(LEDGER);
    }

    Database database() {
        return database.database();
    }

    TestingDatabase testing() {
        return database;
    }

    void advance(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    /** Another node of the same installation. */
    Budgets node(BudgetSettings settings, BudgetTokenSettings tokens) {
        BudgetNode.Timing timing = new BudgetNode.Timing(
                Duration.ofSeconds(30), Duration.ofMillis(20), Duration.ofMillis(30), Duration.ofSeconds(5));
        Budgets budgets = new Budgets(
                database(),
                settings,
                tokens,
                this::history,
                (_, alert) -> alerts.add(alert),
                clock(),
                this::nanoTime,
                timing);
        opened.add(budgets);
        return budgets;
    }

    Budgets node(BudgetSettings settings) {
        return node(settings, new BudgetTokenSettings(Map.of()));
    }

    /** Real time passes, so that waiting ends, and what the test adds to the clock comes on top. */
    private long nanoTime() {
        return System.nanoTime() + Duration.between(Instant.EPOCH, now.get()).toNanos();
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
    }

    /** Writes a line and what budgets count of it in one transaction, as the ledger does. */
    void spend(Budgets budgets, BudgetPayer payer, Instant at, BudgetAmounts amounts) {
        BudgetSpending line = new BudgetSpending(at, payer.team(), payer.project(), payer.principalId(), amounts);
        database().<Boolean>inOrganization(payer.organization(), handle -> {
            write(handle, payer, line);
            Statements statements = new Statements(handle);
            // one thread writes the ledger of a node
            synchronized (budgets) {
                budgets.record(statements, payer.organization(), List.of(line));
                statements.send();
            }
            return true;
        });
    }

    /** Writes a line that no budget counts, as a node without budgets does. */
    void spendUncounted(BudgetPayer payer, Instant at, BudgetAmounts amounts) {
        BudgetSpending line = new BudgetSpending(at, payer.team(), payer.project(), payer.principalId(), amounts);
        database().<Boolean>inOrganization(payer.organization(), handle -> {
            write(handle, payer, line);
            return true;
        });
    }

    private static void write(Handle handle, BudgetPayer payer, BudgetSpending line) throws SQLException {
        handle.createUpdate(
                        "INSERT INTO test_ledger VALUES (:organization, :at, :team, :project, :principal, :micro, :tokens)")
                .bind("organization", payer.organization())
                .bind("at", line.at())
                .bind("team", line.team())
                .bind("project", line.project())
                .bind("principal", line.principalId())
                .bind("micro", line.amounts().microUsd())
                .bind("tokens", line.amounts().tokens())
                .execute();
    }

    /** Returns what the ledger holds of a budget's window. */
    long history(Handle handle, BudgetKey key, BudgetWindow window) {
        String whose = switch (key.level()) {
            case ORGANIZATION -> "true";
            case TEAM -> "team = :subject";
            case PROJECT -> "project = :subject";
            case USER -> "principal::text = :subject";
        };
        return handle.createQuery(
                        "SELECT coalesce(sum(%s), 0)::bigint FROM test_ledger WHERE at >= :start AND at < :end"
                                        .formatted(key.unit() == BudgetUnit.TOKENS ? "tokens" : "micro_usd")
                                + " AND organization_id = gantry_organization() AND (:subject = :subject) AND " + whose)
                .bind("start", window.start())
                .bind("end", window.end())
                .bind("subject", key.subject())
                .mapTo(Long.class)
                .one();
    }

    long ledger(UUID organization, BudgetKey key, BudgetWindow window) {
        return database().inOrganization(organization, handle -> history(handle, key, window));
    }

    static BudgetLimitSettings dollars(@Nullable String daily, @Nullable String monthly) {
        return new BudgetLimitSettings(decimal(daily), decimal(monthly), null, null, null);
    }

    static BudgetSettings settings(
            BudgetLimitSettings organization, Map<String, BudgetLimitSettings> teams, BudgetUserSettings users) {
        return settings("UTC", organization, teams, users);
    }

    static BudgetSettings settings(
            String zone,
            BudgetLimitSettings organization,
            Map<String, BudgetLimitSettings> teams,
            BudgetUserSettings users) {
        return new BudgetSettings(zone, new BigDecimal("0.8"), organization, teams, Map.of(), users, Optional.empty());
    }

    static BudgetUserSettings users(@Nullable String daily, @Nullable String monthly) {
        return new BudgetUserSettings(decimal(daily), decimal(monthly), null, null, null);
    }

    private static @Nullable BigDecimal decimal(@Nullable String text) {
        return text == null ? null : new BigDecimal(text);
    }

    @Override
    public void close() {
        opened.forEach(Budgets::close);
        database.close();
    }
}
