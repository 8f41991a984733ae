package dev.gantry.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param nextCursor for the next page; null when this is the last
 */
public record AssetPage(List<AssetSummary> assets, @Nullable String nextCursor) {
    /** Copies the list. */
    public AssetPage {
        assets = List.copyOf(assets);
    }
}
