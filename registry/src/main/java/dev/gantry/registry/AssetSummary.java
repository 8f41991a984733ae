package dev.gantry.registry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An asset in a list, as its current version is.
 *
 * @param hash content hash of that version, the entity tag
 * @param author who wrote that version
 * @param updatedAt when it was written; null for what comes with the product
 * @param visibility who sees it
 * @param deprecated whether it is deprecated
 */
public record AssetSummary(
        AssetKind kind,
        AssetName name,
        int version,
        String hash,
        String description,
        List<String> tags,
        String author,
        @Nullable Instant updatedAt,
        Visibility visibility,
        boolean deprecated) {
    /** Copies the tags. */
    public AssetSummary {
        tags = List.copyOf(tags);
    }
}
