package dev.gantry.quota;

import dev.gantry.config.Setting;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Section {@code rate_limiting}: the shapes of the guides, and limits of every other kind. Rates are kept as they are
 * written; {@link RateLimitCheck} refuses those that mean nothing.
 */
public record RateLimitSettings(
        @Setting(
                value = "Whether any limit of this section is enforced.",
                defaultValue = "true",
                environment = "RATE_LIMIT_ENABLED")
        boolean enabled,

        @Setting(value = "Requests a minute of everybody together.", min = 1, max = Rate.AMOUNT_MAX)
        Optional<Integer> globalLimit,

        @Setting(value = "Requests a minute of each organization.", min = 1, max = Rate.AMOUNT_MAX)
        Optional<Integer> perTenantLimit,

        @Setting(
                value = "Requests of each user or service account within the window.",
                min = 1,
                max = Rate.AMOUNT_MAX,
                environment = "RATE_LIMIT_REQUESTS")
        Optional<Integer> requests,

        @Setting(
                value = "Length of time for which requests is meant.",
                defaultValue = "60s",
                unit = "seconds",
                min = 1_000,
                max = 2_678_400_000L,
                environment = "RATE_LIMIT_WINDOW")
        Duration window,

        @Setting(
                "Requests of each user by tier, such as 10/minute. Tiers free (10/minute), pro (100/minute) and enterprise (1000/minute) are there unless they are given here; others may be added.")
        Map<String, String> tiers,

        @Setting("Tokens of each user by tier, such as 50000/minute.")
        Map<String, String> tierTokens,

        @Setting(value = "Requests that each user may have running at a time, by tier.", min = 1, max = 1_000_000)
        Map<String, Integer> tierParallel,

        @Setting("Tier of everybody who has no other; without it, only those have a tier who were given one.")
        Optional<String> defaultTier,

        @Setting(
                "Who has which tier. A key's own goes before the user's, that before the team's, that before the organization's.")
        TierAssignments tierOf,

        @Setting("Limits of teams by name; * holds for each team that is not named.")
        Map<String, LimitSettings> teams,

        @Setting(
                "Limits of users by e-mail address and of service accounts by name; * holds for each that is not named.")
        Map<String, LimitSettings> users,

        @Setting("Limits of API keys by id; * holds for each key that is not named.")
        Map<String, LimitSettings> keys,

        @Setting("Limits of models by name, over all organizations; * holds for each model that is not named.")
        Map<String, LimitSettings> models,

        @Setting(
                "Limits of patterns by qualified name, in each organization; * holds for each pattern that is not named.")
        Map<String, LimitSettings> patterns,

        @Setting(
                value = "Tokens of an answer that are held for a request that does not bound its answer itself.",
                defaultValue = "500",
                min = 0,
                max = 1_000_000)
        int outputTokensExpected,

        @Setting(
                value =
                        "What holds while several nodes cannot share their counts over Redis: share (each node enforces the limit divided by the number of nodes) or refuse.",
                defaultValue = "share")
        WithoutRedis withoutRedis) {
    /** Copies the maps. */
    public RateLimitSettings {
        tiers = Map.copyOf(tiers);
        tierTokens = Map.copyOf(tierTokens);
        tierParallel = Map.copyOf(tierParallel);
        teams = Map.copyOf(teams);
        users = Map.copyOf(users);
        keys = Map.copyOf(keys);
        models = Map.copyOf(models);
        patterns = Map.copyOf(patterns);
    }

    /** Returns the same settings with limits that another section gives. */
    public RateLimitSettings with(PlatformLimits limits) {
        return new RateLimitSettings(
                enabled && limits.enabled(),
                limits.globalLimit().isPresent() ? limits.globalLimit() : globalLimit,
                limits.perTenantLimit().isPresent() ? limits.perTenantLimit() : perTenantLimit,
                requests,
                window,
                tiers,
                tierTokens,
                tierParallel,
                defaultTier,
                tierOf,
                teams,
                users,
                keys,
                models,
                patterns,
                outputTokensExpected,
                withoutRedis);
    }
}
