package dev.gantry.quota;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;

/** Says why a budget turned a request away. */
final class BudgetRefusal {
    private BudgetRefusal() {}

    static GantryException of(BudgetShare share, long need) {
        BudgetUnit unit = share.key().unit();
        BudgetShare.Refusal refusal = share.refusal();
        StringBuilder text = new StringBuilder("The ").append(share.key().show(share.label()));
        if (refusal == null) {
            text.append(" has too little left");
        } else {
            BudgetStore.Drawn drawn = refusal.drawn();
            long open = Math.max(0, drawn.limit() - drawn.spent());
            text.append(open == 0 ? " is spent: " : " has too little left: ")
                    .append(unit.show(drawn.spent()))
                    .append(" of ")
                    .append(unit.show(drawn.limit()))
                    .append(" are spent");
            if (open > 0) {
                text.append(", the rest may be needed by requests in flight, and this one may cost up to ")
                        .append(unit.show(need));
            }
        }
        text.append("; it begins anew at ").append(share.window().end());
        return new GantryException(ErrorCode.BUDGET_EXCEEDED, text.toString());
    }
}
