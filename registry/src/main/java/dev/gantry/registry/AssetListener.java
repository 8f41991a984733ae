package dev.gantry.registry;

import dev.gantry.identity.Caller;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Hears of what happens to assets in the transaction in which it happens, so that what it writes there and what it heard of
 * happen together or not at all. Thread-safe; should be quick.
 */
public interface AssetListener {
    /** Hears nothing. */
    AssetListener NONE = new AssetListener() {};

    /**
     * A version that was written.
     *
     * @param author who wrote it
     * @param outcome never {@link PutResult.Outcome#UNCHANGED}
     * @param visibility that it has now
     */
    record Written(
            Caller author,
            AssetKind kind,
            AssetName name,
            int version,
            PutResult.Outcome outcome,
            Visibility visibility) {}

    /**
     * There are new versions: one, or those that an import or a synchronization wrote together.
     *
     * @param handle of the transaction, which sees the organization
     * @param written never empty
     */
    default void stored(Handle handle, List<Written> written) {}

    /**
     * Others came to see an asset, or a version of it was approved.
     *
     * @param handle of the transaction, which sees the organization
     * @param outcome the visibility that it has now, or how its review ended
     */
    default void published(Handle handle, Caller caller, AssetKind kind, AssetName name, int version, String outcome) {}
}
