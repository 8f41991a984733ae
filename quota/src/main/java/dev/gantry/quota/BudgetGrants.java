package dev.gantry.quota;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** SQL over temporary raises; for use inside a transaction of the organization. */
final class BudgetGrants {
    private BudgetGrants() {}

    static <S extends SqlStatement<S>> S bind(S statement, BudgetKey key) {
        return statement
                .bind("level", key.level().id())
                .bind("subject", key.subject())
                .bind("period", key.period().id())
                .bind("unit", key.unit().id());
    }

    static void insert(Handle handle, BudgetGrant grant) {
        bind(handle.createUpdate("""
                        INSERT INTO budget_grants (organization_id, grant_id, level, subject, period, unit, label, amount,
                                                   reason, granted_by, granted_at, expires_at)
                        VALUES (gantry_organization(), :id, :level, :subject, :period, :unit, :label, :amount, :reason,
                                :by, :at, :expires)"""), grant.budget())
                .bind("id", grant.id())
                .bind("label", grant.label())
                .bind("amount", grant.amount())
                .bind("reason", grant.reason())
                .bind("by", grant.by())
                .bind("at", grant.grantedAt())
                .bind("expires", grant.expiresAt())
                .execute();
    }

    /** Adds up the raises that hold now, by budget. */
    static Map<BudgetKey, Long> sums(Handle handle, Instant now) {
        Map<BudgetKey, Long> sums = new HashMap<>();
        handle.createQuery("""
                        SELECT level, subject, period, unit, least(sum(amount), 2305843009213693951)::bigint AS granted
                        FROM budget_grants WHERE expires_at > :now AND revoked_at IS NULL
                        GROUP BY level, subject, period, unit""")
                .bind("now", now)
                .map((row, _) -> Map.entry(BudgetRows.key(row), row.getLong("granted")))
                .forEach(sum -> sums.put(sum.getKey(), sum.getValue()));
        return sums;
    }

    static List<BudgetGrant> list(Handle handle, int most) {
        return handle.createQuery("SELECT * FROM budget_grants ORDER BY granted_at DESC, grant_id DESC LIMIT :most")
                .bind("most", most)
                .map((row, _) -> grant(row))
                .list();
    }

    static int revoke(Handle handle, UUID grant, Instant now) {
        return handle.createUpdate("""
                        UPDATE budget_grants SET revoked_at = :now
                        WHERE grant_id = :grant AND revoked_at IS NULL AND expires_at > :now""").bind("grant", grant).bind("now", now).execute();
    }

    private static BudgetGrant grant(ResultSet row) throws SQLException {
        return new BudgetGrant(
                row.getObject("grant_id", UUID.class),
                BudgetRows.key(row),
                row.getString("label"),
                row.getLong("amount"),
                row.getString("reason"),
                row.getString("granted_by"),
                BudgetRows.time(row, "granted_at"),
                BudgetRows.time(row, "expires_at"),
                BudgetRows.instant(row, "revoked_at"));
    }
}
