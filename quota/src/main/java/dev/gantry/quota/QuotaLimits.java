package dev.gantry.quota;

import dev.gantry.config.ConfigCheck.Complaints;
import dev.gantry.kernel.Text;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The limits of the configuration by quota and organization. Immutable. */
final class QuotaLimits {
    private static final long GIGABYTE = 1_000_000_000L;
    private static final String STORAGE_GB = "storage_gb";
    private static final Set<String> NAMES =
            Set.of(Quota.CONCURRENT_ANALYSES.name(), Quota.REPOSITORIES.name(), Quota.COMPONENTS.name(), STORAGE_GB);

    private final Map<String, Long> everywhere = new HashMap<>();
    private final Map<String, Map<String, Long>> organizations = new HashMap<>();

    QuotaLimits(QuotaSettings settings) {
        if (!settings.enabled()) {
            return;
        }
        settings.maxConcurrentAnalyses()
                .ifPresent(limit -> everywhere.put(Quota.CONCURRENT_ANALYSES.name(), limit.longValue()));
        settings.maxRepositories().ifPresent(limit -> everywhere.put(Quota.REPOSITORIES.name(), limit));
        settings.maxComponents().ifPresent(limit -> everywhere.put(Quota.COMPONENTS.name(), limit));
        settings.storageQuotaGb().ifPresent(limit -> everywhere.put(Quota.STORAGE.name(), limit * GIGABYTE));
        settings.organizations().forEach((organization, limits) -> {
            Map<String, Long> own = new HashMap<>();
            limits.forEach((name, limit) -> {
                boolean storage = name.equals(STORAGE_GB);
                own.put(storage ? Quota.STORAGE.name() : name, storage ? limit * GIGABYTE : limit);
            });
            organizations.put(organization, own);
        });
    }

    /** Returns the limit of an organization; empty without one. */
    OptionalLong limit(String organization, Quota quota) {
        Map<String, Long> own = organizations.getOrDefault(organization, Map.of());
        Long limit = own.containsKey(quota.name()) ? own.get(quota.name()) : everywhere.get(quota.name());
        return limit == null ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    /** Reports quotas that do not exist and numbers that cannot be. */
    static void check(String section, QuotaSettings settings, Complaints complaints) {
        new TreeMap<>(settings.organizations())
                .forEach((organization, limits) -> new TreeMap<>(limits).forEach((name, limit) -> {
                    String key = section + ".organizations." + RateLimitCheck.quoted(organization) + "."
                            + RateLimitCheck.quoted(name);
                    if (!NAMES.contains(name)) {
                        complaints.add(
                                key,
                                "there is no such quota" + Text.didYouMean(name, NAMES) + "; there are "
                                        + String.join(", ", new TreeSet<>(NAMES)));
                    } else if (limit < 0 || limit > GIGABYTE) {
                        complaints.add(key, "must be a whole number from 0 to " + GIGABYTE + ", not " + limit);
                    }
                }));
    }
}
