package dev.gantry.server;

import dev.gantry.config.Configuration;
import dev.gantry.gateway.GatewaySettings;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.quota.Nodes;
import dev.gantry.quota.RateLimitSettings;
import dev.gantry.quota.RateLimits;
import java.time.Duration;

/**
 * The rate limits, and how callers meet them.
 *
 * @param limits what counts
 * @param admission the same for requests
 */
record Throttle(RateLimits limits, RateAdmission admission) {
    /** How much longer than the longest request a slot is held that nobody gives back. */
    private static final Duration LEASE_MARGIN = Duration.ofMinutes(1);

    static Throttle open(Configuration configuration, Foundation base, Metrics metrics, Parts parts) {
        RateLimitSettings settings = ConfigSections.rateLimits(configuration);
        Duration longest = configuration.get("gateway", GatewaySettings.class).requestTimeout();
        RateLimits limits = parts.add(RateLimits.open(
                settings, Nodes.ALONE, longest.plus(LEASE_MARGIN), base.clock(), metrics::rateLimitExceeded));
        return new Throttle(
                limits,
                new RateAdmission(limits, new OrganizationNames(base.identity()), settings.outputTokensExpected()));
    }
}
