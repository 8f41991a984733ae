package dev.gantry.quota;

import org.jdbi.v3.core.Handle;

/** Learns what happens to budgets. Called on a thread of the budgets' own. */
@FunctionalInterface
public interface BudgetListener {
    /** Learns nothing. */
    BudgetListener NONE = _ -> {};

    /** A threshold was passed; told once for each window and threshold, on the node that noticed, after that was stored. */
    void alert(BudgetAlert alert);

    /**
     * The same in the transaction that stores it, so that what is written here is there if the alert is, and only then.
     *
     * @param handle of the transaction, which sees the organization
     * @throws RuntimeException if the alert is to be raised again later
     */
    default void raised(Handle handle, BudgetAlert alert) {}
}
