package dev.gantry.quota;

import org.jdbi.v3.core.Handle;

/** Learns what happens to budgets. Called on a thread of the budgets' own. */
@FunctionalInterface
public interface BudgetListener {
    /** Learns nothing. */
    BudgetListener NONE = (_, _) -> {};

    /**
     * A threshold was passed; told once for each window and threshold, in the transaction that stores it, so that what is written
     * here is there if the alert is, and only then. When the transaction is lost, the alert is raised again with the same id.
     *
     * @param handle of the transaction, which sees the organization
     * @throws RuntimeException if the alert is to be raised again later
     */
    void raised(Handle handle, BudgetAlert alert);
}
