package dev.gantry.quota;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.HashMap;
import java.util.Map;

/** Says why a budget turned a request away. */
final class BudgetRefusal {
    private BudgetRefusal() {}

    /** Names level, limit, what is spent, and when the budget begins anew: in words, and in headers for programs. */
    static GantryException of(BudgetShare share, long need) {
        BudgetKey key = share.key();
        BudgetUnit unit = key.unit();
        Map<String, String> headers = new HashMap<>();
        headers.put("X-Gantry-Budget-Level", key.level().id());
        headers.put("X-Gantry-Budget-Period", key.period().id());
        headers.put("X-Gantry-Budget-Unit", unit.id());
        headers.put("X-Gantry-Budget-Reset", share.window().end().toString());
        StringBuilder text = new StringBuilder("The ").append(key.show(share.label()));
        BudgetShare.Refusal refusal = share.refusal();
        if (refusal == null) {
            text.append(" has too little left");
        } else {
            describe(text, unit, need, refusal.drawn());
            headers.put("X-Gantry-Budget-Limit", Long.toString(refusal.drawn().limit()));
            headers.put("X-Gantry-Budget-Spent", Long.toString(refusal.drawn().spent()));
        }
        text.append("; it begins anew at ").append(share.window().end());
        return new GantryException(ErrorCode.BUDGET_EXCEEDED, text.toString()).withHeaders(headers);
    }

    private static void describe(StringBuilder text, BudgetUnit unit, long need, BudgetStore.Drawn drawn) {
        long open = Math.max(0, drawn.limit() - drawn.spent());
        text.append(open == 0 ? " is spent: " : " has too little left: ")
                .append(unit.show(drawn.spent()))
                .append(" of ")
                .append(unit.show(drawn.limit()))
                .append(" are spent");
        if (open > 0) {
            text.append(", and this request may cost up to ").append(unit.show(need));
            if (need <= open) {
                text.append(", while other requests hold what is left");
            }
        }
    }
}
