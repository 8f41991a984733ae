package dev.gantry.quota;

import java.math.BigDecimal;

/**
 * How a budget stands. Amounts are in the budget's unit.
 *
 * @param label the subject for people: a team's name, a user's name; empty for the organization
 * @param window the current one
 * @param limit without grants
 * @param granted raised by grants that have not expired
 * @param spent what the ledger holds of the window
 * @param reserved what nodes hold for requests in flight and for the next ones
 * @param held what nodes held that have vanished; it counts as spent until the window ends
 * @param threshold share from which on an alert is raised
 * @param own whether the limit was set through the API, rather than by the configuration
 */
public record BudgetState(
        BudgetKey key,
        String label,
        BudgetWindow window,
        long limit,
        long granted,
        long spent,
        long reserved,
        long held,
        BigDecimal threshold,
        boolean own) {
    /** Returns what is neither spent nor held nor reserved; never negative. */
    public long remaining() {
        return Math.max(0, limit + granted - spent - reserved - held);
    }

    /** Returns the share of the limit that is spent or lost; above 1 when a limit was lowered below it. */
    public double used() {
        long most = limit + granted;
        return most == 0 ? 1 : (spent + held) / (double) most;
    }
}
