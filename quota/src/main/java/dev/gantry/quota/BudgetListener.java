package dev.gantry.quota;

/** Learns what happens to budgets. Called on a thread of the budgets' own. */
@FunctionalInterface
public interface BudgetListener {
    /** Learns nothing. */
    BudgetListener NONE = _ -> {};

    /** A threshold was passed; told once for each window and threshold, on the node that noticed. */
    void alert(BudgetAlert alert);
}
