package dev.gantry.quota;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A line of the ledger, as far as budgets count it.
 *
 * @param at when the request arrived: decides in which window it is counted
 * @param team the team that pays; null for none
 * @param project the tag for cost allocation; null for none
 */
public record BudgetSpending(
        Instant at, @Nullable String team, @Nullable String project, UUID principalId, BudgetAmounts amounts) {}
