package dev.gantry.gitsync;

import java.time.Duration;

/** Hears what became of every look for changes that are to be exported. Implementations are thread-safe. */
public interface ExportObserver {
    /**
     * A look has ended.
     *
     * @param commits how many were pushed
     */
    void looked(GitExport export, ExportStatus status, int commits, Duration took);
}
