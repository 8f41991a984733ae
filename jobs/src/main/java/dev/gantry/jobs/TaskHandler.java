package dev.gantry.jobs;

/** Does the work of a task. */
@FunctionalInterface
public interface TaskHandler {
    /**
     * Does it, on a virtual thread of its own, and ends the task by {@link TaskTransaction#finish} or
     * {@link TaskTransaction#again}. It may be called again for the same task, here or on another node, when the process
     * that had it died or was cut off: only then, or after an exception.
     *
     * @throws Exception after which the task is tried again, later each time, for ever; what may fail for good must end it
     */
    void run(RunningTask task) throws Exception;
}
