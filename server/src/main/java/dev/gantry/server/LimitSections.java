package dev.gantry.server;

import dev.gantry.config.ConfigCheck.Complaints;
import dev.gantry.config.ConfigSchema;
import dev.gantry.config.Configuration;
import dev.gantry.config.Setting;
import dev.gantry.identity.Identity;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.metering.Model;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.metering.ModelsSettings;
import dev.gantry.quota.PlatformLimits;
import dev.gantry.quota.QuotaSettings;
import dev.gantry.quota.Quotas;
import dev.gantry.quota.RateLimitCheck;
import dev.gantry.quota.RateLimitSettings;
import dev.gantry.redis.RedisSettings;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sections about rate limits and quotas, which the FixOps overlay has at another place. */
final class LimitSections {
    private static final Logger LOG = LoggerFactory.getLogger(LimitSections.class);
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
        models(configuration, settings, complaints);
        overlay.rateLimiting().ifPresent(limits -> {
            refuseTwice(settings.globalLimit(), limits.globalLimit(), RATES + ".global_limit", complaints);
            refuseTwice(settings.perTenantLimit(), limits.perTenantLimit(), RATES + ".per_tenant_limit", complaints);
        });
        Optional<QuotaSettings> quotas = configuration.get(QuotaSection.class).quotaManagement();
        refuseTwice(quotas, overlay.quotaManagement(), QUOTAS, complaints);
        quotas.ifPresent(section -> Quotas.check(QUOTAS, section, complaints));
        overlay.quotaManagement().ifPresent(section -> Quotas.check(OVERLAY + "." + QUOTAS, section, complaints));
    }

    /** Requests are counted under the one name of the model that is asked: a limit on another name would bound nobody. */
    private static void models(Configuration configuration, RateLimitSettings settings, Complaints complaints) {
        ModelCatalog catalog;
        try {
            catalog = ModelCatalog.of(configuration.get(ModelsSettings.class));
        } catch (GantryException reportedElsewhere) {
            return;
        }
        Set<String> names = catalog.models().stream().map(Model::name).collect(Collectors.toSet());
        for (String name : new TreeSet<>(settings.models().keySet())) {
            String key = RATES + ".models." + name;
            Optional<Model> model = catalog.find(name);
            if (catalog.group(name).isPresent()) {
                complaints.add(key, "is a group; requests are counted by model, so give its members limits");
            } else if (model.isPresent() && !model.get().name().equals(name)) {
                complaints.add(
                        key,
                        "is another name of " + model.get().name()
                                + ", under which its requests are counted; write that");
            } else if (model.isEmpty() && !name.equals("*") && name.indexOf('/') < 0) {
                complaints.add(
                        key,
                        "there is no such model" + Text.didYouMean(name, names)
                                + "; one that a provider reports by itself is written provider/name");
            }
        }
    }

    /** What a limit is about and does not exist bounds nobody, which is seldom what was meant. */
    static void warnOfUnknownTeams(Configuration configuration, Identity identity) {
        RateLimitSettings settings = rateLimits(configuration);
        Set<String> teams = new TreeSet<>(settings.teams().keySet());
        teams.addAll(settings.tierOf().teams().keySet());
        teams.remove("*");
        for (String team : identity.organizations().unknownTeams(teams)) {
            LOG.warn(
                    "{}: there is no team '{}', so what is said about it limits nobody until one is made", RATES, team);
        }
    }

    /** Nothing of this release makes what these quotas are about. */
    static void warnOfUncounted(Configuration configuration) {
        if (!quotas(configuration).equals(QuotaSettings.none())) {
            LOG.warn(
                    "{}: nothing that this release does counts towards these quotas yet, so they refuse nobody; see"
                            + " docs/limits.md",
                    QUOTAS);
        }
    }

    private static void refuseTwice(Optional<?> here, Optional<?> there, String key, Complaints complaints) {
        if (here.isPresent() && there.isPresent()) {
            complaints.add(OVERLAY + "." + key, "is given here and as " + key + "; remove one of them");
        }
    }
}
