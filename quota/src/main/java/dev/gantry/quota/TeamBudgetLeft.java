package dev.gantry.quota;

import java.util.UUID;

/**
 * What is left of a team's tightest budget.
 *
 * @param team its name; {@code (organization)} for what the organization has as a whole
 * @param ratio share of the limit, from 0 to 1
 */
public record TeamBudgetLeft(UUID organization, String team, double ratio) {}
