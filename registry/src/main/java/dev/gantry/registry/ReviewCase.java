package dev.gantry.registry;

import dev.gantry.registry.ReviewStore.Editors;
import dev.gantry.registry.ReviewStore.Stored;
import java.util.UUID;

/**
 * A review with what decides about it, as it was read at one moment.
 *
 * @param policy that holds for the asset's namespace
 * @param editors who wrote what has changed since the approved version
 */
record ReviewCase(Stored stored, ReviewPolicy policy, Editors editors) {
    Review review() {
        return stored.review();
    }

    UUID asset() {
        return stored.asset();
    }
}
