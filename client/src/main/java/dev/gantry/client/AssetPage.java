package dev.gantry.client;

import java.util.List;

/**
 * A page of a list.
 *
 * @param items best matches first, or by name where no words were searched for
 * @param nextCursor for {@link AssetQuery#after}; empty on the last page
 */
public record AssetPage(List<AssetSummary> items, String nextCursor) {
    /** Copies the items. */
    public AssetPage {
        items = List.copyOf(items);
    }
}
