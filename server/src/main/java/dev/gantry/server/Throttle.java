package dev.gantry.server;

import dev.gantry.config.Configuration;
import dev.gantry.database.DatabaseSettings;
import dev.gantry.gateway.GatewaySettings;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.quota.NodeRegistry;
import dev.gantry.quota.Quotas;
import dev.gantry.quota.RateLimitSettings;
import dev.gantry.quota.RateLimits;
import dev.gantry.redis.RedisLink;
import dev.gantry.redis.RedisSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits and quotas, and how callers meet them.
 *
 * @param redis over which nodes share them; null where there is none
 * @param limits what counts requests
 * @param admission the same for requests
 * @param quotas what counts things
 */
record Throttle(@Nullable RedisLink redis, RateLimits limits, RateAdmission admission, Quotas quotas) {
    /** How much longer than the longest request a slot is held that nobody gives back. */
    private static final Duration LEASE_MARGIN = Duration.ofMinutes(1);

    private static final Duration REDIS_PATIENCE = Duration.ofSeconds(2);

    static Throttle open(Configuration configuration, Foundation base, Metrics metrics, Parts parts) {
        RateLimitSettings settings = LimitSections.rateLimits(configuration);
        RedisSettings redisSettings = configuration.get("redis", RedisSettings.class);
        boolean embedded = configuration.get("database", DatabaseSettings.class).isEmbedded();
        NodeRegistry nodes = parts.add(NodeRegistry.join(base.database(), embedded));
        RedisLink redis = redisSettings.isPresent() ? parts.add(RedisLink.open(redisSettings, REDIS_PATIENCE)) : null;
        Duration longest = configuration.get("gateway", GatewaySettings.class).requestTimeout();
        RateLimits limits = parts.add(RateLimits.open(
                settings, nodes, redis, longest.plus(LEASE_MARGIN), base.clock(), metrics::rateLimitExceeded));
        OrganizationNames names = new OrganizationNames(base.identity());
        return new Throttle(
                redis,
                limits,
                new RateAdmission(limits, names, settings.outputTokensExpected()),
                new Quotas(base.database(), LimitSections.quotas(configuration), names));
    }
}
