package dev.gantry.quota;

import dev.gantry.config.Setting;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of an organization, a team or a project. What is null is not limited.
 *
 * @param dailyLimit dollars a day
 * @param monthlyLimit dollars a calendar month
 * @param dailyTokenLimit tokens a day
 * @param monthlyTokenLimit tokens a calendar month
 * @param alertThreshold share of each of them from which on an alert is raised; null for the general one
 */
public record BudgetLimitSettings(
        @Setting(value = "Most that may be spent in a day", unit = "dollars", min = 0, max = BudgetSettings.DOLLARS_MAX)
        @Nullable
        BigDecimal dailyLimit,

        @Setting(
                value = "Most that may be spent in a calendar month",
                unit = "dollars",
                min = 0,
                max = BudgetSettings.DOLLARS_MAX)
        @Nullable
        BigDecimal monthlyLimit,

        @Setting(value = "Most tokens of a day", unit = "tokens", min = 0, max = BudgetSettings.TOKENS_MAX) @Nullable
        Long dailyTokenLimit,

        @Setting(value = "Most tokens of a calendar month", unit = "tokens", min = 0, max = BudgetSettings.TOKENS_MAX)
        @Nullable
        Long monthlyTokenLimit,

        @Setting("Share of a limit from which on an alert is raised, above 0 and up to 1; the general one unless given")
        @Nullable
        BigDecimal alertThreshold) {
    /** Limits nothing. */
    static final BudgetLimitSettings NONE = new BudgetLimitSettings(null, null, null, null, null);

    /** Refuses fractions of a micro-dollar and impossible thresholds. */
    public BudgetLimitSettings {
        BudgetSettings.requireDollars("daily_limit", dailyLimit);
        BudgetSettings.requireDollars("monthly_limit", monthlyLimit);
        BudgetSettings.requireThreshold(alertThreshold);
    }
}
