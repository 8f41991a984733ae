package dev.gantry.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of an asset's history, newest version first.
 *
 * @param nextBefore version number to ask from for the next page; null when this is the last
 */
public record VersionPage(
        AssetName name,
        List<VersionSummary> versions,
        @Nullable Integer nextBefore) {
    /** Copies the list. */
    public VersionPage {
        versions = List.copyOf(versions);
    }
}
