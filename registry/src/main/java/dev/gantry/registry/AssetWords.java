package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.kernel.GantryException;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The words of names, tags and descriptions, among which searches look for those that misspelt ones were meant to be. */
final class AssetWords {
    private static final Logger LOG = LoggerFactory.getLogger(AssetWords.class);

    private AssetWords() {}

    /** Makes the words of what was written known to later searches, of whose typos they may be the meaning. */
    static void learn(Database database, UUID organization, AssetVersion asset) {
        // In a transaction of its own: those who write the same new words wait for each other, never in a circle. What
        // was
        // written is written: without its words, typos in them are not understood, and that is all.
        try {
            database.<@Nullable Void>inOrganization(organization, handle -> {
                learn(
                        handle,
                        organization,
                        List.of(asset.name().path()),
                        List.of(asset.tags()),
                        List.of(asset.description()));
                return null;
            });
        } catch (GantryException unavailable) {
            LOG.warn("The words of {} are not known to searches", asset.name(), unavailable);
        }
    }

    /** As above, as the last thing of a transaction. */
    static void learn(Handle handle, UUID organization, List<AssetBatchStore.NewVersion> versions) {
        if (!versions.isEmpty()) {
            learn(
                    handle,
                    organization,
                    versions.stream().map(version -> version.name().path()).toList(),
                    versions.stream().map(AssetBatchStore::tags).toList(),
                    versions.stream()
                            .map(version -> version.text().description())
                            .toList());
        }
    }

    private static void learn(
            Handle handle, UUID organization, List<String> paths, List<List<String>> tags, List<String> descriptions) {
        handle.createUpdate("""
                        INSERT INTO asset_words (organization_id, word)
                        SELECT DISTINCT :organization::uuid, found.word
                        FROM unnest(:paths::text[], :tags::text[], :descriptions::text[]) AS written (path, tags, description)
                        CROSS JOIN LATERAL asset_words(path, string_to_array(tags, ','), description) AS found (word)
                        WHERE NOT EXISTS (SELECT FROM asset_words AS known WHERE known.word = found.word)
                        ORDER BY 2
                        ON CONFLICT DO NOTHING
                        """)
                .bind("organization", organization)
                .bindArray("paths", String.class, paths)
                .bindArray(
                        "tags",
                        String.class,
                        tags.stream().map(list -> String.join(",", list)).toList())
                .bindArray("descriptions", String.class, descriptions)
                .execute();
    }
}
