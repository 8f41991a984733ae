package dev.gantry.quota;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/**
 * More of a budget is spent than its threshold says, or a request did not fit into it any more.
 *
 * @param id for receivers that must not act twice
 * @param label the subject for people: a team's name, a user's name
 * @param threshold the share that was passed; 1 when a request was refused because too little was left
 * @param limit in effect, grants included, in the budget's unit
 * @param spent in the budget's unit, without what requests in flight have reserved
 * @param windowEnd when the budget begins anew
 */
public record BudgetAlert(
        UUID id,
        UUID organization,
        BudgetKey budget,
        String label,
        BigDecimal threshold,
        long limit,
        long spent,
        Instant windowEnd,
        Instant raisedAt) {
    /** Returns whether a request was refused although the limit is not reached: what it may cost did not fit any more. */
    public boolean isRefusal() {
        return threshold.compareTo(BigDecimal.ONE) >= 0 && spent < limit;
    }

    /** Returns a sentence for people. */
    public String show() {
        BudgetUnit unit = budget.unit();
        if (isRefusal()) {
            return "The " + budget.show(label) + " refused a request that might have cost more than is left: "
                    + unit.show(spent) + " of " + unit.show(limit)
                    + " are spent, and requests in flight may have reserved the rest";
        }
        return "The " + budget.show(label) + " has passed "
                + threshold.movePointRight(2).stripTrailingZeros().toPlainString() + " %: " + unit.show(spent) + " of "
                + unit.show(limit) + " are spent";
    }
}
