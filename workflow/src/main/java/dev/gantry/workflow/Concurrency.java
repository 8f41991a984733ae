package dev.gantry.workflow;

import org.jspecify.annotations.Nullable;

/**
 * How many runs of a workflow there may be at a time.
 *
 * @param runsMax most runs under way, waiting ones included; 0 for any number
 * @param whenFull what becomes of a run that is started beyond that
 * @param key runs are counted apart by this text's value; null counts all together
 */
public record Concurrency(
        int runsMax, WhenFull whenFull, @Nullable Template key) {
    /** Any number of runs. */
    public static final Concurrency UNLIMITED = new Concurrency(0, WhenFull.QUEUE, null);

    /** What becomes of a run too many. */
    public enum WhenFull {
        /** It waits for its turn, in the order of starting. */
        QUEUE,
        /** It is refused. */
        REJECT,
        /** The oldest run under way is cancelled for it. */
        CANCEL_OLDEST
    }
}
