package dev.gantry.server;

import dev.gantry.config.ConfigCheck.Complaints;
import dev.gantry.config.ConfigSchema;
import dev.gantry.config.Configuration;
import dev.gantry.config.Setting;
import dev.gantry.quota.PlatformLimits;
import dev.gantry.quota.QuotaSettings;
import dev.gantry.quota.Quotas;
import dev.gantry.quota.RateLimitCheck;
import dev.gantry.quota.RateLimitSettings;
import dev.gantry.redis.RedisSettings;
import java.util.Optional;

/** The sections about rate limits and quotas, which the FixOps overlay has at another place. */
final class LimitSections {
    private static final String OVERLAY = "reachability_analysis";
    private static final String RATES = "rate_limiting";
    private static final String QUOTAS = "quota_management";

    private LimitSections() {}

    /** Section {@code reachability_analysis}, as far as it is about more than analyses. */
    record Overlay(
            @Setting("Limits on requests, as the FixOps overlay has them; they hold for all of Gantry.")
            Optional<PlatformLimits> rateLimiting,

            @Setting("Quotas, as the FixOps overlay has them; the same as the section quota_management.")
            Optional<QuotaSettings> quotaManagement) {}

    /** Section {@code quota_management}. */
    record QuotaSection(
            @Setting("How much each organization may have.") Optional<QuotaSettings> quotaManagement) {}

    static void declare(ConfigSchema.Builder schema) {
        schema.section("redis", RedisSettings.class, "Redis or Valkey, over which nodes share their limits")
                .section(RATES, RateLimitSettings.class, "How much may be asked of this installation, and by whom")
                .topLevel(QuotaSection.class)
                .section(OVERLAY, Overlay.class, "What of the FixOps overlay's section holds for all of Gantry")
                .check(LimitSections::check);
    }

    static RateLimitSettings rateLimits(Configuration configuration) {
        RateLimitSettings settings = configuration.get(RATES, RateLimitSettings.class);
        return overlay(configuration).rateLimiting().map(settings::with).orElse(settings);
    }

    static QuotaSettings quotas(Configuration configuration) {
        return configuration
                .get(QuotaSection.class)
                .quotaManagement()
                .or(() -> overlay(configuration).quotaManagement())
                .orElseGet(QuotaSettings::none);
    }

    private static Overlay overlay(Configuration configuration) {
        return configuration.get(OVERLAY, Overlay.class);
    }

    private static void check(Configuration configuration, Complaints complaints) {
        RateLimitSettings settings = configuration.get(RATES, RateLimitSettings.class);
        Overlay overlay = overlay(configuration);
        RateLimitCheck.check(settings, complaints);
        overlay.rateLimiting().ifPresent(limits -> {
            refuseTwice(settings.globalLimit(), limits.globalLimit(), RATES + ".global_limit", complaints);
            refuseTwice(settings.perTenantLimit(), limits.perTenantLimit(), RATES + ".per_tenant_limit", complaints);
        });
        Optional<QuotaSettings> quotas = configuration.get(QuotaSection.class).quotaManagement();
        refuseTwice(quotas, overlay.quotaManagement(), QUOTAS, complaints);
        quotas.ifPresent(section -> Quotas.check(QUOTAS, section, complaints));
        overlay.quotaManagement().ifPresent(section -> Quotas.check(OVERLAY + "." + QUOTAS, section, complaints));
    }

    private static void refuseTwice(Optional<?> here, Optional<?> there, String key, Complaints complaints) {
        if (here.isPresent() && there.isPresent()) {
            complaints.add(OVERLAY + "." + key, "is given here and as " + key + "; remove one of them");
        }
    }
}
