package dev.gantry.server;

import dev.gantry.metering.UsageTotals;
import dev.gantry.quota.BudgetHistory;
import dev.gantry.quota.BudgetKey;
import dev.gantry.quota.BudgetLevel;
import dev.gantry.quota.BudgetUnit;
import dev.gantry.quota.BudgetWindow;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** What budgets know of the time before them: the usage ledger. Thread-safe. */
final class LedgerHistory implements BudgetHistory {
    @Override
    public long spent(Handle handle, BudgetKey key, BudgetWindow window) {
        return amount(
                key,
                UsageTotals.of(
                        handle,
                        window.start(),
                        window.end(),
                        key.level() == BudgetLevel.TEAM ? key.subject() : null,
                        key.level() == BudgetLevel.PROJECT ? key.subject() : null,
                        key.level() == BudgetLevel.USER ? UUID.fromString(key.subject()) : null));
    }

    /** Budgets of one level that share a window. */
    private record Group(BudgetLevel level, BudgetWindow window) {}

    /** One query for each level and window, however many budgets there are. */
    @Override
    public Map<BudgetKey, Long> spent(Handle handle, Map<BudgetKey, BudgetWindow> windows) {
        Map<Group, Set<String>> subjects = new HashMap<>();
        windows.forEach(
                (key, window) -> subjects.computeIfAbsent(new Group(key.level(), window), first -> new HashSet<>())
                        .add(key.subject()));
        Map<Group, Map<String, UsageTotals>> totals = new HashMap<>();
        subjects.forEach((group, names) -> totals.put(group, totals(handle, group, names)));
        Map<BudgetKey, Long> spent = new HashMap<>();
        windows.forEach((key, window) -> {
            UsageTotals total = totals.getOrDefault(new Group(key.level(), window), Map.of())
                    .get(key.subject());
            spent.put(key, total == null ? 0 : amount(key, total));
        });
        return spent;
    }

    private static Map<String, UsageTotals> totals(Handle handle, Group group, Set<String> subjects) {
        BudgetWindow window = group.window();
        return switch (group.level()) {
            case ORGANIZATION -> Map.of("", UsageTotals.of(handle, window.start(), window.end(), null, null, null));
            case TEAM -> UsageTotals.each(handle, window.start(), window.end(), UsageTotals.By.TEAM, subjects);
            case PROJECT -> UsageTotals.each(handle, window.start(), window.end(), UsageTotals.By.PROJECT, subjects);
            case USER -> UsageTotals.each(handle, window.start(), window.end(), UsageTotals.By.PRINCIPAL, subjects);
        };
    }

    private static long amount(BudgetKey key, UsageTotals totals) {
        return key.unit() == BudgetUnit.TOKENS ? totals.tokens() : totals.cost().value();
    }
}
