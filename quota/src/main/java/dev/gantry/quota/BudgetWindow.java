package dev.gantry.quota;

import java.time.Instant;

/**
 * The time that one round of a budget lasts.
 *
 * @param start included
 * @param end excluded: then the budget is whole again
 */
public record BudgetWindow(Instant start, Instant end) {
    /** Returns whether a moment lies in it. */
    public boolean contains(Instant moment) {
        return !moment.isBefore(start) && moment.isBefore(end);
    }
}
