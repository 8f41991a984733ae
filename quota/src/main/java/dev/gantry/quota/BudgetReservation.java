package dev.gantry.quota;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request reserved of all its budgets. It ends by {@link #settle} or by {@link #release}, whichever comes first;
 * the other then does nothing. For one thread.
 */
public final class BudgetReservation {
    /** Reserves nothing. */
    static final BudgetReservation NONE = new BudgetReservation(List.of(), BudgetAmounts.NONE);

    private final List<BudgetShare> shares;
    private final BudgetAmounts most;
    private int times = 1;
    private boolean ended;

    BudgetReservation(List<BudgetShare> shares, BudgetAmounts most) {
        this.shares = shares;
        this.most = most;
    }

    /**
     * Reserves as much again, for a further attempt, from what this node has at hand.
     *
     * @return false if there is not enough; nothing changes then
     */
    public boolean extend() {
        if (!TenantBudgets.tryReserve(shares, most, System.nanoTime())) {
            return false;
        }
        times++;
        return true;
    }

    /** Turns what was reserved into what was spent; the rest can be reserved by others at once. */
    public void settle(BudgetAmounts spent) {
        end(spent);
    }

    /** Gives everything back. */
    public void release() {
        end(null);
    }

    private void end(@Nullable BudgetAmounts spent) {
        if (ended) {
            return;
        }
        ended = true;
        for (BudgetShare share : shares) {
            BudgetUnit unit = share.key().unit();
            long amount = Math.multiplyExact(most.of(unit), times);
            if (spent == null) {
                share.release(amount);
            } else {
                share.settle(amount, spent.of(unit));
            }
        }
    }
}
