package dev.gantry.quota;

import dev.gantry.kernel.MicroDollars;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The budgets of the configuration, found by key. Immutable. */
final class BudgetRules {
    private final Map<BudgetKey, BudgetRule> named = new HashMap<>();
    private final Map<UserKey, BudgetRule> users = new HashMap<>();
    private final BigDecimal threshold;
    private final ZoneId zone;

    private record UserKey(BudgetPeriod period, BudgetUnit unit) {}

    BudgetRules(BudgetSettings settings, BudgetTokenSettings tokens) {
        threshold = settings.alertThreshold();
        zone = settings.zone();
        put(BudgetLevel.ORGANIZATION, "", settings.organization());
        settings.teams().forEach((team, limits) -> put(BudgetLevel.TEAM, team, limits));
        settings.projects().forEach((project, limits) -> put(BudgetLevel.PROJECT, project, limits));
        tokens.teamBudgets()
                .forEach((team, limits) -> put(
                        BudgetLevel.TEAM,
                        team,
                        new BudgetLimitSettings(
                                null, null, limits.dailyLimit(), limits.monthlyLimit(), limits.alertThreshold())));
        BudgetLimitSettings each = settings.users().limits();
        for (BudgetPeriod period : BudgetPeriod.values()) {
            for (BudgetUnit unit : BudgetUnit.values()) {
                Long limit = limit(each, period, unit);
                if (limit != null) {
                    users.put(new UserKey(period, unit), rule(limit, each));
                }
            }
        }
    }

    private void put(BudgetLevel level, String subject, BudgetLimitSettings limits) {
        for (BudgetPeriod period : BudgetPeriod.values()) {
            for (BudgetUnit unit : BudgetUnit.values()) {
                Long limit = limit(limits, period, unit);
                if (limit != null) {
                    named.put(new BudgetKey(level, subject, period, unit), rule(limit, limits));
                }
            }
        }
    }

    private BudgetRule rule(Long limit, BudgetLimitSettings limits) {
        return new BudgetRule(limit, limits.alertThreshold() == null ? threshold : limits.alertThreshold());
    }

    private static @Nullable Long limit(BudgetLimitSettings limits, BudgetPeriod period, BudgetUnit unit) {
        return switch (unit) {
            case MICRO_USD -> micro(period == BudgetPeriod.DAY ? limits.dailyLimit() : limits.monthlyLimit());
            case TOKENS -> period == BudgetPeriod.DAY ? limits.dailyTokenLimit() : limits.monthlyTokenLimit();
        };
    }

    private static @Nullable Long micro(@Nullable BigDecimal dollars) {
        return dollars == null ? null : MicroDollars.ofDollars(dollars).value();
    }

    /** Returns the rule of a budget; empty when the configuration sets none. */
    Optional<BudgetRule> find(BudgetKey key) {
        BudgetRule rule = named.get(key);
        if (rule == null && key.level() == BudgetLevel.USER) {
            rule = users.get(new UserKey(key.period(), key.unit()));
        }
        return Optional.ofNullable(rule);
    }

    /** Returns the budgets that the configuration names; users have none of their own there. */
    Collection<BudgetKey> keys() {
        List<BudgetKey> keys = new ArrayList<>(named.keySet());
        keys.sort(null);
        return keys;
    }

    /** Returns whether nothing at all is bounded. */
    boolean isEmpty() {
        return named.isEmpty() && users.isEmpty();
    }

    /** Returns the share from which on alerts are raised where nothing else is said. */
    BigDecimal threshold() {
        return threshold;
    }

    /** Returns the time zone in which days and months begin. */
    ZoneId zone() {
        return zone;
    }
}
