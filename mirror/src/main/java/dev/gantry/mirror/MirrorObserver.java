package dev.gantry.mirror;

import java.time.Duration;

/** Hears what became of looks at other registries. Implementations are thread-safe. */
public interface MirrorObserver {
    /**
     * A look has ended; any look. Whoever dies at this very moment leaves it untold.
     *
     * @param changed versions that were taken over, and assets of which something else is said now or that are gone
     */
    void looked(Mirror mirror, MirrorStatus status, int changed, Duration took);

    /**
     * A look has changed something, or did not succeed. It is told of at least once: when a node dies before this returns, the
     * next look tells of it again.
     *
     * @param changed as for {@link #looked}, with those of looks that broke off
     * @param took zero when it is told again
     */
    void news(Mirror mirror, MirrorStatus status, int changed, Duration took);
}
