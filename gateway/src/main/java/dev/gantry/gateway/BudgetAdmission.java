package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.quota.BudgetAmounts;
import dev.gantry.quota.BudgetPayer;
import dev.gantry.quota.BudgetReservation;
import dev.gantry.quota.Budgets;

/** Reserves of every budget the most that a request can cost, and turns that into its true cost. Thread-safe. */
public final class BudgetAdmission implements Admission {
    private final Budgets budgets;

    /** An admission by budgets. */
    public BudgetAdmission(Budgets budgets) {
        this.budgets = budgets;
    }

    @Override
    public Hold admit(Ask ask, Caller caller, Prompt prompt, Plan plan) {
        BudgetPayer payer = new BudgetPayer(
                caller.organization(), caller.team(), caller.project(), caller.principalId(), caller.principal());
        BudgetReservation reservation = budgets.reserve(
                payer,
                ask.origin().startedAt(),
                () -> CostBound.byLength(prompt, plan),
                () -> CostBound.byCount(prompt, plan));
        return new Reserved(reservation);
    }

    private record Reserved(BudgetReservation reservation) implements Hold {
        @Override
        public void settle(Settled settled) {
            reservation.settle(
                    new BudgetAmounts(settled.cost().value(), settled.usage().total()));
        }

        @Override
        public void release() {
            reservation.release();
        }

        /** Each attempt is reserved for as if it cost the most that any model of the plan may cost. */
        @Override
        public boolean again() {
            return reservation.extend();
        }
    }
}
