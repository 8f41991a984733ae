package dev.gantry.jobs;

import java.time.Duration;

/** Hears what happens to tasks, for metrics. Called on the threads that work; must be quick and not throw. */
public interface TaskObserver {
    /** Hears nothing. */
    TaskObserver NONE = new TaskObserver() {};

    /**
     * A task was given to this node.
     *
     * @param waited since it was due
     */
    default void started(String kind, Duration waited) {}

    /**
     * This node has done with a task.
     *
     * @param outcome {@code done}, {@code again} when it waits for another time, {@code failed} when it will be tried again,
     *     {@code lost} when another node has it, {@code dead} when it gave up for good, {@code stopped} when the node shut
     *     down
     */
    default void ended(String kind, String outcome, Duration took) {}

    /** A task was taken from a node that seemed dead. */
    default void takenOver(String kind) {}

    /** A job or a task gave up for good. */
    default void dead(String kind) {}
}
