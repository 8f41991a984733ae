package dev.gantry.quota;

import dev.gantry.config.Setting;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of every user and service account that has none of its own. What is null is not limited.
 *
 * @param defaultDailyLimit dollars a day
 * @param defaultMonthlyLimit dollars a calendar month
 * @param defaultDailyTokenLimit tokens a day
 * @param defaultMonthlyTokenLimit tokens a calendar month
 * @param alertThreshold share of each of them from which on an alert is raised; null for the general one
 */
public record BudgetUserSettings(
        @Setting(
                value = "Most that one user may spend in a day",
                unit = "dollars",
                min = 0,
                max = BudgetSettings.DOLLARS_MAX)
        @Nullable
        BigDecimal defaultDailyLimit,

        @Setting(
                value = "Most that one user may spend in a calendar month",
                unit = "dollars",
                min = 0,
                max = BudgetSettings.DOLLARS_MAX)
        @Nullable
        BigDecimal defaultMonthlyLimit,

        @Setting(value = "Most tokens of one user in a day", unit = "tokens", min = 0, max = BudgetSettings.TOKENS_MAX)
        @Nullable
        Long defaultDailyTokenLimit,

        @Setting(
                value = "Most tokens of one user in a calendar month",
                unit = "tokens",
                min = 0,
                max = BudgetSettings.TOKENS_MAX)
        @Nullable
        Long defaultMonthlyTokenLimit,

        @Setting("Share of a limit from which on an alert is raised, above 0 and up to 1; the general one unless given")
        @Nullable
        BigDecimal alertThreshold) {
    /** Refuses fractions of a micro-dollar and impossible thresholds. */
    public BudgetUserSettings {
        BudgetSettings.requireDollars("default_daily_limit", defaultDailyLimit);
        BudgetSettings.requireDollars("default_monthly_limit", defaultMonthlyLimit);
        BudgetSettings.requireThreshold(alertThreshold);
    }

    BudgetLimitSettings limits() {
        return new BudgetLimitSettings(
                defaultDailyLimit,
                defaultMonthlyLimit,
                defaultDailyTokenLimit,
                defaultMonthlyTokenLimit,
                alertThreshold);
    }
}
