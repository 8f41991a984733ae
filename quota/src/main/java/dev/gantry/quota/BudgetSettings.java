package dev.gantry.quota;

import dev.gantry.config.ConfigCheck;
import dev.gantry.config.Setting;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code budgets}, as the Fabric guide prints it in {@code budgets.yaml}. It holds for every organization of
 * the installation; limits that are set through the API go before it.
 *
 * @param timeZone in which days and months begin
 * @param alertThreshold share of a limit from which on an alert is raised
 * @param organization budgets of the organization as a whole
 * @param teams budgets by the team's name
 * @param projects budgets by the tag for cost allocation
 * @param users budgets of every user
 * @param webhook where alerts are sent
 */
public record BudgetSettings(
        @Setting(
                value = "Time zone by whose calendar days and months begin, such as Europe/Berlin",
                defaultValue = "UTC")
        String timeZone,

        @Setting(value = "Share of a limit from which on an alert is raised, above 0 and up to 1", defaultValue = "0.8")
        BigDecimal alertThreshold,

        @Setting("Budgets of the organization as a whole") BudgetLimitSettings organization,

        @Setting("Budgets by the team's name") Map<String, BudgetLimitSettings> teams,

        @Setting("Budgets by the tag for cost allocation that keys carry")
        Map<String, BudgetLimitSettings> projects,

        @Setting("Budgets of every user and service account that has none of its own")
        BudgetUserSettings users,

        @Setting("Where alerts are sent, beside the audit log and the metrics")
        Optional<BudgetWebhookSettings> webhook) {
    static final long DOLLARS_MAX = 1_000_000_000L;
    static final long TOKENS_MAX = 1_000_000_000_000_000L;

    private static final Pattern TEAM = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

    /** Copies the maps and refuses an unknown time zone. */
    public BudgetSettings {
        teams = Collections.unmodifiableMap(new LinkedHashMap<>(teams));
        projects = Collections.unmodifiableMap(new LinkedHashMap<>(projects));
        requireThreshold(alertThreshold);
        try {
            ZoneId.of(timeZone);
        } catch (DateTimeException unknown) {
            throw new IllegalArgumentException(
                    "time_zone '" + timeZone + "' is no time zone; write one of the IANA database such as Europe/Berlin"
                            + " or UTC",
                    unknown);
        }
    }

    /** Returns the time zone in which days and months begin. */
    public ZoneId zone() {
        return ZoneId.of(timeZone);
    }

    /** Reports names that no team can have, and a team whose tokens are bounded in two places. */
    public void complain(BudgetTokenSettings tokens, ConfigCheck.Complaints complaints) {
        teams.keySet().forEach(team -> complain("budgets.teams.", team, complaints));
        tokens.teamBudgets().forEach((team, budget) -> {
            complain("team_budgets.", team, complaints);
            BudgetLimitSettings other = teams.getOrDefault(team, BudgetLimitSettings.NONE);
            if ((budget.dailyLimit() != null && other.dailyTokenLimit() != null)
                    || (budget.monthlyLimit() != null && other.monthlyTokenLimit() != null)) {
                complaints.add(
                        key("team_budgets.", team),
                        "the tokens of this team are bounded in budgets.teams too; keep one of the two");
            }
        });
    }

    private static void complain(String section, String team, ConfigCheck.Complaints complaints) {
        if (!TEAM.matcher(team).matches()) {
            complaints.add(
                    key(section, team),
                    "is no name of a team, so the budget would bound nobody; teams are named by 1 to 63 lower-case letters,"
                            + " digits, '-', '_' or '.'");
        }
    }

    /** The key as the configuration names it: in quotes unless it is a plain word. */
    private static String key(String section, String name) {
        return section + (name.matches("[A-Za-z0-9_@/*-]+") ? name : '"' + name + '"');
    }

    static void requireThreshold(@Nullable BigDecimal threshold) {
        if (threshold != null
                && (threshold.signum() <= 0 || threshold.compareTo(BigDecimal.ONE) > 0 || threshold.scale() > 4)) {
            throw new IllegalArgumentException(
                    "alert_threshold must be above 0 and at most 1, with at most four decimals, such as 0.8");
        }
    }

    static void requireDollars(String key, @Nullable BigDecimal dollars) {
        if (dollars != null && dollars.stripTrailingZeros().scale() > 6) {
            throw new IllegalArgumentException(key + " is finer than a millionth of a dollar");
        }
    }
}
