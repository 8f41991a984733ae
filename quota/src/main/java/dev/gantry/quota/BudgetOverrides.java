package dev.gantry.quota;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * The limits of one organization that were set through the API. Immutable.
 *
 * @param limits by budget
 */
record BudgetOverrides(Map<BudgetKey, Own> limits) {
    /** Most limits that an organization may have set. */
    static final int LIMITS_MAX = 100_000;

    /** Copies the map and keeps its order. */
    BudgetOverrides {
        limits = Collections.unmodifiableMap(new TreeMap<>(limits));
    }

    /** A limit and the name of its subject for people. */
    record Own(BudgetRule rule, String label) {}

    /** Reads them, in a transaction of the organization. */
    static BudgetOverrides read(Handle handle, BigDecimal threshold) {
        try (Query select = handle.createQuery("SELECT * FROM budget_limits")) {
            Map<BudgetKey, Own> limits = new HashMap<>();
            select.map((row, _) -> {
                        BigDecimal own = row.getBigDecimal("alert_threshold");
                        return Map.entry(
                                BudgetRows.key(row),
                                new Own(
                                        new BudgetRule(
                                                row.getObject("limit_amount", Long.class),
                                                own == null ? threshold : own),
                                        row.getString("label")));
                    })
                    .forEach(entry -> limits.put(entry.getKey(), entry.getValue()));
            return new BudgetOverrides(limits);
        }
    }

    /** Returns whether a limit may be set: it is there already, or one more is not too many. */
    static boolean hasRoom(Handle handle, BudgetKey key) {
        try (Query select = handle.createQuery("""
                SELECT count(*) < :most OR bool_or(level = :level AND subject = :subject AND period = :period
                                                   AND unit = :unit)
                FROM budget_limits""")) {
            return BudgetGrants.bind(select, key)
                    .bind("most", LIMITS_MAX)
                    .mapTo(Boolean.class)
                    .one();
        }
    }

    /** Returns the budgets that have a limit of their own. */
    Set<BudgetKey> keys() {
        return limits.keySet();
    }
}
