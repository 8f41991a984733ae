package dev.gantry.quota;

import dev.gantry.config.Setting;
import java.util.Optional;

/** {@code reachability_analysis.rate_limiting}, as the FixOps overlay prints it. */
public record PlatformLimits(
        @Setting(value = "Whether any rate limit is enforced.", defaultValue = "true")
        boolean enabled,

        @Setting(
                value = "Requests a minute of everybody together; the same as rate_limiting.global_limit.",
                min = 1,
                max = Rate.AMOUNT_MAX)
        Optional<Integer> globalLimit,

        @Setting(
                value = "Requests a minute of each organization; the same as rate_limiting.per_tenant_limit.",
                min = 1,
                max = Rate.AMOUNT_MAX)
        Optional<Integer> perTenantLimit) {}
