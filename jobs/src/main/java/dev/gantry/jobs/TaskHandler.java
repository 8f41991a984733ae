package dev.gantry.jobs;

/** Does the work of a task. */
@FunctionalInterface
public interface TaskHandler {
    /**
     * Does it, on a virtual thread of its own, and ends the task by {@link TaskTransaction#finish} or
     * {@link TaskTransaction#again}. It may be called again for the same task, here or on another node, when the process
     * that had it died or was cut off: only then, or after an exception.
     *
     * @throws Exception after which the task is tried again, later each time, until it is buried; what may fail for good
     *     must end it
     */
    void run(RunningTask task) throws Exception;

    /**
     * Ends a task for good that failed {@value DurableTasks#FAILURES_MAX} times in a row, the platform's own troubles such as
     * a database that is away not counted. A handler that does not end it has it tried again, for ever.
     *
     * @param reason how it failed the last time
     * @throws Exception after which the task is tried and buried again
     */
    default void bury(RunningTask task, Throwable reason) throws Exception {}
}
