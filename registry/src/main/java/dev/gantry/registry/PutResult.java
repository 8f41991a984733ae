package dev.gantry.registry;

import java.util.List;

/**
 * What came of a write.
 *
 * @param asset the version that is current now
 * @param outcome what happened
 * @param warnings what the author should know
 */
public record PutResult(AssetVersion asset, Outcome outcome, List<String> warnings) {
    /** Copies the warnings. */
    public PutResult {
        warnings = List.copyOf(warnings);
    }

    /** What a write can come to. */
    public enum Outcome {
        /** The name was new, or had been deleted. */
        CREATED,
        /** There is a new version. */
        UPDATED,
        /** The content was the current one already. */
        UNCHANGED
    }
}
