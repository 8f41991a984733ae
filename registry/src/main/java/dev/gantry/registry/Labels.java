package dev.gantry.registry;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Reads and writes the table {@code asset_labels}, inside of the transactions of others. */
final class Labels {
    /** Labels that one asset may have. */
    static final int LABELS_MAX = 50;

    private Labels() {}

    /** Lets a label stand for a version, and returns the one that it stood for before. */
    static Optional<Integer> move(
            Handle handle, UUID organization, UUID asset, String label, int version, String mover, Instant now) {
        Optional<Integer> before = handle.createQuery(
                        "SELECT version FROM asset_labels WHERE asset_id = :asset AND label = :label")
                .bind("asset", asset)
                .bind("label", label)
                .mapTo(Integer.class)
                .findOne();
        handle.createUpdate("""
                        INSERT INTO asset_labels (organization_id, asset_id, label, version, moved_by, moved_at)
                        VALUES (:organization, :asset, :label, :version, :mover, :now)
                        ON CONFLICT (asset_id, label) DO UPDATE SET version = excluded.version,
                            moved_by = excluded.moved_by, moved_at = excluded.moved_at
                        """)
                .bind("organization", organization)
                .bind("asset", asset)
                .bind("label", label)
                .bind("version", version)
                .bind("mover", mover)
                .bind("now", AssetStore.at(now))
                .execute();
        return before;
    }

    /** Takes a label away; returns whether there was one. */
    static boolean remove(Handle handle, UUID asset, String label) {
        return handle.createUpdate("DELETE FROM asset_labels WHERE asset_id = :asset AND label = :label")
                        .bind("asset", asset)
                        .bind("label", label)
                        .execute()
                > 0;
    }

    /** Returns versions by label of entries such as {@code production=3}. */
    static Map<String, Integer> read(List<String> entries) {
        Map<String, Integer> labels = new LinkedHashMap<>();
        for (String entry : entries) {
            int equals = entry.lastIndexOf('=');
            labels.put(entry.substring(0, equals), Integer.valueOf(entry.substring(equals + 1)));
        }
        return labels;
    }
}
