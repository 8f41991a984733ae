package dev.gantry.quota;

import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** What the ledger says of a time when nobody counted for a budget yet. */
@FunctionalInterface
public interface BudgetHistory {
    /** Knows of nothing. */
    BudgetHistory NONE = (_, _, _) -> 0;

    /**
     * Returns what was spent in a window, in the budget's unit.
     *
     * @param handle of a transaction of the organization
     */
    long spent(Handle handle, BudgetKey key, BudgetWindow window);

    /**
     * Returns the same of many budgets, by whatever reads the least.
     *
     * @param handle of a transaction of the organization
     */
    default Map<BudgetKey, Long> spent(Handle handle, Map<BudgetKey, BudgetWindow> windows) {
        Map<BudgetKey, Long> spent = new HashMap<>();
        windows.forEach((key, window) -> spent.put(key, spent(handle, key, window)));
        return spent;
    }
}
