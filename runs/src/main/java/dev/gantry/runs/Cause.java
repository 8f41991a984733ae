package dev.gantry.runs;

import org.jspecify.annotations.Nullable;

/**
 * What started a run other than a person.
 *
 * @param trigger kind and name, such as {@code schedule:nightly}; null for the run within a run, whose cause is its parent
 * @param chain how many runs that were started by events lie before it
 */
public record Cause(@Nullable String trigger, int chain) {
    /** Returns what was stored; null when a person started the run. */
    static @Nullable Cause of(@Nullable String trigger, int chain) {
        return trigger == null && chain == 0 ? null : new Cause(trigger, chain);
    }
}
