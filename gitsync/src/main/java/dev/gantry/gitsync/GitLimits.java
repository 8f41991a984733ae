package dev.gantry.gitsync;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import java.time.Duration;

/** Bounds on what a repository may be; whatever lies beyond is refused, and the last good state stays. */
public record GitLimits(
        @Setting(value = "Largest pack that is fetched", defaultValue = "256Mi", min = 1024)
        DataSize packSizeMax,

        @Setting(value = "Objects of one pack", defaultValue = "1000000", min = 1)
        int objectsMax,

        @Setting(value = "Largest object of a pack, unpacked", defaultValue = "32Mi", min = 1024, max = 1_073_741_824)
        DataSize objectSizeMax,

        @Setting(value = "Files of a commit, of whatever kind", defaultValue = "50000", min = 1)
        int filesMax,

        @Setting(value = "Texts of a commit that are assets, together", defaultValue = "128Mi", min = 1024)
        DataSize textSizeMax,

        @Setting(value = "Directories above a file", defaultValue = "16", min = 1, max = 100)
        int depthMax,

        @Setting(
                value = "Commits that are fetched, newest first; of files that are older, the author is not known",
                defaultValue = "1000",
                min = 1)
        int historyMax,

        @Setting(value = "Longest time for one exchange with a repository", defaultValue = "2m", min = 1_000)
        Duration timeout) {

    /** Returns the limits of an operator who wrote none. */
    public static GitLimits defaults() {
        return new GitLimits(
                new DataSize(256 << 20),
                1_000_000,
                new DataSize(32 << 20),
                50_000,
                new DataSize(128 << 20),
                16,
                1_000,
                Duration.ofMinutes(2));
    }
}
