package dev.gantry.registry;

import dev.gantry.identity.Caller;
import org.jdbi.v3.core.Handle;

/**
 * Hears of what happens to assets in the transaction in which it happens, so that what it writes there and what it heard of
 * happen together or not at all. Thread-safe; should be quick.
 */
public interface AssetListener {
    /** Hears nothing. */
    AssetListener NONE = new AssetListener() {};

    /**
     * There is a new version, however it was written.
     *
     * @param handle of the transaction, which sees the organization
     * @param caller who wrote it
     * @param result what came of it; never {@link PutResult.Outcome#UNCHANGED}
     */
    default void stored(Handle handle, Caller caller, PutResult result) {}

    /**
     * Others came to see an asset, or a version of it was approved.
     *
     * @param handle of the transaction, which sees the organization
     * @param outcome the visibility that it has now, or how its review ended
     */
    default void published(Handle handle, Caller caller, AssetKind kind, AssetName name, int version, String outcome) {}
}
