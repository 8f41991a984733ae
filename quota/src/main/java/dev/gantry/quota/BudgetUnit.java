package dev.gantry.quota;

import dev.gantry.kernel.MicroDollars;
import java.util.Locale;

/** What a budget counts. */
public enum BudgetUnit {
    /** Money, in millionths of a dollar. */
    MICRO_USD,
    /** Tokens of all kinds, of prompts and of answers. */
    TOKENS;

    /** Returns the name on the wire and in the database, in lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns an amount for a person, such as {@code $12.50} or {@code 80,000 tokens}. */
    public String show(long amount) {
        return switch (this) {
            case MICRO_USD -> new MicroDollars(amount).toString();
            case TOKENS -> String.format(Locale.ROOT, "%,d tokens", amount);
        };
    }
}
