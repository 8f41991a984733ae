package dev.gantry.registry;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import java.time.Duration;
import java.util.Optional;

/** Bounds of the registry, and what templates may reach. */
public record RegistrySettings(
        @Setting(value = "Largest pattern, context or strategy", defaultValue = "1Mi", min = 1024, max = 16_777_216)
        DataSize assetSizeMax,

        @Setting(
                value = "Patterns, contexts and strategies that an organization may have, deleted ones included",
                defaultValue = "100000",
                min = 1)
        int assetsMax,

        @Setting(value = "Versions that one pattern, context or strategy may have", defaultValue = "10000", min = 1)
        int versionsMax,

        @Setting(value = "Size of all files of one import together", defaultValue = "32Mi", min = 1024)
        DataSize importSizeMax,

        @Setting(value = "Files that one import may hold", defaultValue = "5000", min = 1, max = 100_000)
        int importEntriesMax,

        @Setting(
                value = "Longest prompt that a pattern, its variables, context and strategy may make together",
                unit = "characters",
                defaultValue = "4194304",
                min = 1024)
        int promptCharsMax,

        @Setting(value = "Sessions that one user may have", defaultValue = "1000", min = 1)
        int sessionsMax,

        @Setting(
                value = "Messages that a session keeps; the oldest go first",
                defaultValue = "200",
                min = 2,
                max = 10_000)
        int sessionMessagesMax,

        @Setting(
                value = "Text that a session keeps; the oldest messages go first",
                unit = "characters",
                defaultValue = "400000",
                min = 1000,
                max = 100_000_000)
        int sessionCharsMax,

        @Setting("What the functions of templates may reach")
        TemplateSettings templates,

        @Setting("What is asked of versions before they count as approved")
        ApprovalSettings approvalWorkflow,

        @Setting("Where shared patterns come from: git, when they come from the repository that is named here")
        Optional<Source> source,

        @Setting("The repository: https://… or git@host:path; git.hosts says how to sign in there")
        Optional<String> repository,

        @Setting(value = "Its branch", defaultValue = "main")
        String branch,

        @Setting(value = "How often it is asked for changes", defaultValue = "5m", min = 1_000)
        Duration syncInterval) {
    /** Where shared patterns come from. */
    public enum Source {
        /** A git repository. */
        GIT
    }

    /** Checks what goes together. */
    public RegistrySettings {
        if (source.isPresent() != repository.isPresent()) {
            throw new IllegalArgumentException("source: git and repository are given together or not at all");
        }
        if (source.isPresent() && approvalWorkflow.enabled()) {
            approvalWorkflow = approvalWorkflow.withRequireApproved();
        }
    }

    /** Returns the settings of an operator who wrote none. */
    public static RegistrySettings defaults() {
        return new RegistrySettings(
                new DataSize(1024 * 1024),
                100_000,
                10_000,
                new DataSize(32 * 1024 * 1024),
                5_000,
                4 * 1024 * 1024,
                1_000,
                200,
                400_000,
                TemplateSettings.defaults(),
                ApprovalSettings.defaults(),
                Optional.empty(),
                Optional.empty(),
                "main",
                Duration.ofMinutes(5));
    }
}
