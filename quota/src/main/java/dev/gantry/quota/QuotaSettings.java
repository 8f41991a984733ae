package dev.gantry.quota;

import dev.gantry.config.Setting;
import java.util.Map;
import java.util.Optional;

/** {@code quota_management}, as the FixOps overlay prints it: how much each organization may have. */
public record QuotaSettings(
        @Setting(value = "Whether quotas are enforced; what is used is counted all the same.", defaultValue = "true")
        boolean enabled,

        @Setting(value = "Analyses of one organization that run at the same time.", min = 0, max = 1_000_000)
        Optional<Integer> maxConcurrentAnalyses,

        @Setting(value = "Repositories of one organization.", min = 0, max = 1_000_000_000)
        Optional<Long> maxRepositories,

        @Setting(value = "Components of one organization.", min = 0, max = 1_000_000_000_000L)
        Optional<Long> maxComponents,

        @Setting(
                value = "Storage of one organization.",
                unit = "GB of 1,000,000,000 bytes",
                min = 0,
                max = 1_000_000_000)
        Optional<Long> storageQuotaGb,

        @Setting(
                "Limits of single organizations, by name and quota: concurrent_analyses, repositories, components or storage_gb.")
        Map<String, Map<String, Long>> organizations) {
    /** Copies the map. */
    public QuotaSettings {
        organizations = Map.copyOf(organizations);
    }

    /** No limits. */
    public static QuotaSettings none() {
        return new QuotaSettings(
                true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
    }
}
