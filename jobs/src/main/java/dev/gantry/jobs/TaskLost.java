package dev.gantry.jobs;

/**
 * Another node has taken the task over, since this one seemed dead: nothing of the transaction happened, and the work must
 * end without any further effect.
 */
public final class TaskLost extends RuntimeException {
    private static final long serialVersionUID = 1;

    TaskLost(TaskId task, Throwable cause) {
        super("The task " + task.kind() + " " + task.id() + " was taken over by another node.", cause);
    }
}
