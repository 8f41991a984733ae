package dev.gantry.gitsync;

import dev.gantry.gitsync.SourceStore.Known;
import dev.gantry.registry.AssetSync.Authored;
import java.util.List;
import java.util.Map;

/**
 * What a commit changes in the registry.
 *
 * @param commit its id
 * @param texts by their paths: what is new or different
 * @param files by their paths: what is to be remembered of them
 * @param removed files that are there no more, or mean something else
 * @param gone what they were, as far as no other file is that now
 * @param findings what is to be said about files
 */
record CommitChange(
        String commit,
        Map<String, Authored> texts,
        Map<String, Known> files,
        List<String> removed,
        List<Known> gone,
        List<Finding> findings) {
    /** Returns whether a file could not be used. */
    boolean hasErrors() {
        return findings.stream().anyMatch(Finding::error);
    }
}
