package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a version comes from that was written in another registry.
 *
 * @param mirror the mirror that brought it
 * @param name what the asset is called there
 * @param version its number there, which is the number here too unless that was taken
 * @param author who wrote it there, by that registry's own account
 * @param at when, by that registry's own account
 */
public record AssetOrigin(String mirror, String name, int version, String author, Instant at) {
    /**
     * Insists that an asset is changed by whoever keeps it only.
     *
     * @param keeper the mirror that keeps it; null for one that is kept here
     * @param by the mirror that is about to change it; null for anybody else
     */
    static void requireKeeper(AssetKind kind, AssetName name, @Nullable String keeper, @Nullable String by) {
        if (keeper != null && !keeper.equals(by)) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "The " + kind.id() + " '" + name + "' is kept as it is elsewhere by the mirror '" + keeper
                            + "' and is read-only here; fork it and change the fork");
        }
        if (keeper == null && by != null) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "There is a " + kind.id() + " '" + name + "' that is kept here, and a mirror does not replace it");
        }
    }
}
