package dev.gantry.quota;

import dev.gantry.config.Setting;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code team_budgets}, the {@code TEAM_BUDGETS} of the Gorgon guide: budgets of teams in tokens.
 *
 * @param teamBudgets by the team's name
 */
public record BudgetTokenSettings(
        @Setting("Token budgets by team") Map<String, Team> teamBudgets) {
    /** Copies the map. */
    public BudgetTokenSettings {
        teamBudgets = Collections.unmodifiableMap(new LinkedHashMap<>(teamBudgets));
    }

    /**
     * One team's budgets. What is null is not limited.
     *
     * @param dailyLimit tokens a day
     * @param monthlyLimit tokens a calendar month
     * @param alertThreshold share of each of them from which on an alert is raised; null for the general one
     */
    public record Team(
            @Setting(value = "Most tokens of a day", unit = "tokens", min = 0, max = BudgetSettings.TOKENS_MAX)
            @Nullable
            Long dailyLimit,

            @Setting(
                    value = "Most tokens of a calendar month",
                    unit = "tokens",
                    min = 0,
                    max = BudgetSettings.TOKENS_MAX)
            @Nullable
            Long monthlyLimit,

            @Setting(
                    "Share of a limit from which on an alert is raised, above 0 and up to 1; the general one unless given")
            @Nullable
            BigDecimal alertThreshold) {
        /** Refuses impossible thresholds. */
        public Team {
            BudgetSettings.requireThreshold(alertThreshold);
        }
    }
}
