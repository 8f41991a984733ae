package dev.gantry.runs;

import dev.gantry.jobs.TaskTransaction;

/** Hears of the end of runs, in the transaction that closes them: once for each end, whatever dies. Thread-safe. */
@FunctionalInterface
public interface RunClosing {
    /** Hears nothing. */
    RunClosing NONE = (_, _, _) -> {};

    /**
     * A run is over; what this changes in the transaction takes effect with that. Must be quick: the run is locked.
     *
     * @param run a summary, without steps and values
     * @param chain how many runs that were started by events lie before it
     */
    void closing(TaskTransaction transaction, RunView run, int chain);
}
