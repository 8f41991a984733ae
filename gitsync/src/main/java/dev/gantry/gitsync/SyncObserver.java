package dev.gantry.gitsync;

import java.time.Duration;

/** Hears what became of every look at a source. Implementations are thread-safe. */
public interface SyncObserver {
    /**
     * A look has ended.
     *
     * @param changed assets that have a new version now, or are marked as gone
     */
    void looked(GitSource source, SourceStatus status, int changed, Duration took);
}
