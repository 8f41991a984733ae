package dev.gantry.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A version in the history of an asset.
 *
 * @param createdAt null for what comes with the product
 */
public record VersionSummary(
        int version,
        String hash,
        String description,
        String author,
        @Nullable Instant createdAt) {}
