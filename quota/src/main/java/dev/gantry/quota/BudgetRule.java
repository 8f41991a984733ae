package dev.gantry.quota;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * How much a budget allows.
 *
 * @param limit in the budget's unit; null for no limit
 * @param threshold share of it from which on an alert is raised
 */
record BudgetRule(@Nullable Long limit, BigDecimal threshold) {}
