package dev.gantry.quota;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** SQL that shows how accounts stand; for use inside a transaction of the organization. */
final class BudgetViews {
    private static final String SELECT = """
            SELECT account.*, own.level IS NOT NULL AS own, own.limit_amount, own.alert_threshold,
                   (SELECT least(coalesce(sum(amount), 0), 2305843009213693951)::bigint FROM budget_grants AS g
                    WHERE g.level = account.level AND g.subject = account.subject AND g.period = account.period
                      AND g.unit = account.unit AND g.expires_at > :now AND g.revoked_at IS NULL) AS granted,
                   coalesce(leases.spent, 0) AS spent, coalesce(leases.reserved, 0) AS reserved,
                   coalesce(leases.held, 0) AS held
            FROM budget_accounts AS account
            LEFT JOIN budget_limits AS own USING (organization_id, level, subject, period, unit)
            LEFT JOIN LATERAL (
                SELECT sum(spent)::bigint AS spent,
                       sum(drawn - spent) FILTER (WHERE expires_at > :now AND drawn > spent)::bigint AS reserved,
                       sum(drawn - spent) FILTER (WHERE expires_at <= :now AND drawn > spent)::bigint AS held
                FROM budget_leases WHERE budget_leases.account_id = account.account_id) AS leases ON true
            """;

    private BudgetViews() {}

    /** An account and its state; the state is null when the budget has no limit any more. */
    record Shown(
            UUID account,
            BudgetKey key,
            BudgetWindow window,
            @Nullable BudgetState state) {}

    /** Shows the accounts whose window holds a moment. */
    static List<Shown> current(
            Handle handle,
            BudgetRules rules,
            @Nullable BudgetLevel level,
            @Nullable String subject,
            Instant now,
            int most) {
        try (Query select = handle.createQuery(SELECT + """
                WHERE account.window_start <= :now AND account.window_end > :now
                  AND (:level::text IS NULL OR account.level = :level)
                  AND (:subject::text IS NULL OR account.subject = :subject)
                ORDER BY account.level, account.label, account.period, account.unit
                LIMIT :most""")) {
            return select.bind("now", now)
                    .bind("level", level == null ? null : level.id())
                    .bind("subject", subject)
                    .bind("most", most)
                    .map((row, _) -> shown(row, rules))
                    .list();
        }
    }

    /** Shows some accounts. */
    static List<Shown> some(Handle handle, BudgetRules rules, Collection<UUID> accounts, Instant now) {
        try (Query select = handle.createQuery(SELECT + "WHERE account.account_id IN (<accounts>)")) {
            return select.bind("now", now)
                    .bindList("accounts", List.copyOf(accounts))
                    .map((row, _) -> shown(row, rules))
                    .list();
        }
    }

    private static Shown shown(ResultSet row, BudgetRules rules) throws SQLException {
        BudgetKey key = BudgetRows.key(row);
        BudgetWindow window =
                new BudgetWindow(BudgetRows.time(row, "window_start"), BudgetRows.time(row, "window_end"));
        BudgetRule configured = rules.find(key).orElse(new BudgetRule(null, rules.threshold()));
        boolean own = row.getBoolean("own");
        Long limit = own ? row.getObject("limit_amount", Long.class) : configured.limit();
        BigDecimal threshold = row.getBigDecimal("alert_threshold");
        BudgetState state = limit == null
                ? null
                : new BudgetState(
                        key,
                        row.getString("label"),
                        window,
                        limit,
                        row.getLong("granted"),
                        row.getLong("seeded") + row.getLong("spent"),
                        row.getLong("reserved"),
                        row.getLong("held"),
                        threshold == null ? configured.threshold() : threshold,
                        own);
        return new Shown(row.getObject("account_id", UUID.class), key, window, state);
    }
}
