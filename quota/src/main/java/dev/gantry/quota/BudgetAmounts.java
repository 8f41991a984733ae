package dev.gantry.quota;

/**
 * What a request costs, or may cost at most.
 *
 * @param microUsd millionths of a dollar
 * @param tokens of all kinds
 */
public record BudgetAmounts(long microUsd, long tokens) {
    /** Nothing. */
    public static final BudgetAmounts NONE = new BudgetAmounts(0, 0);

    /** Returns the amount that a budget of a unit counts; never negative. */
    long of(BudgetUnit unit) {
        return Math.max(0, unit == BudgetUnit.TOKENS ? tokens : microUsd);
    }

    /** Returns the sum; it stops at the largest number that a budget can hold. */
    BudgetAmounts plus(BudgetAmounts other) {
        return new BudgetAmounts(sum(microUsd, other.microUsd), sum(tokens, other.tokens));
    }

    private static long sum(long one, long other) {
        return Math.clamp(
                Math.max(one, -BudgetStore.UNLIMITED) + Math.min(other, BudgetStore.UNLIMITED),
                -BudgetStore.UNLIMITED,
                BudgetStore.UNLIMITED);
    }
}
