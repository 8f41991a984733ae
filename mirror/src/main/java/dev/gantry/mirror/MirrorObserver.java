package dev.gantry.mirror;

import java.time.Duration;

/** Hears what became of every look at another registry. Implementations are thread-safe. */
public interface MirrorObserver {
    /**
     * A look has ended.
     *
     * @param changed versions that were taken over, and assets of which something else is said now or that are gone
     */
    void looked(Mirror mirror, MirrorStatus status, int changed, Duration took);
}
