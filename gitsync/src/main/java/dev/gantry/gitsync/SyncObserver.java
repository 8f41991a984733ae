package dev.gantry.gitsync;

import java.time.Duration;

/** Hears what became of looks at sources. Implementations are thread-safe. */
public interface SyncObserver {
    /**
     * A look has ended; any look. Whoever dies at this very moment leaves it untold.
     *
     * @param changed assets that have a new version now, or are marked as gone
     */
    void looked(GitSource source, SourceStatus status, int changed, Duration took);

    /**
     * A look has changed something, or did not succeed. It is told of at least once: when a node dies before this returns, the
     * next look tells of it again.
     *
     * @param changed as for {@link #looked}
     * @param took zero when it is told again
     */
    void news(GitSource source, SourceStatus status, int changed, Duration took);
}
