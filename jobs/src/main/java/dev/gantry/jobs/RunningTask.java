package dev.gantry.jobs;

import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import dev.gantry.kernel.GantryException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A task that this node has, as far as it knows. Used by the thread that runs it. */
public final class RunningTask {
    private final DurableTasks tasks;
    private final TaskId id;
    private final ExecutionComplete execution;
    private boolean ended;
    private boolean again;

    /** When this node knew last that it has the task; at first it does not. */
    private volatile long sureAtNanos = System.nanoTime() - Duration.ofHours(1).toNanos();

    RunningTask(DurableTasks tasks, TaskId id, ExecutionComplete execution) {
        this.tasks = tasks;
        this.id = id;
        this.execution = execution;
    }

    /** Returns which task it is. */
    public TaskId id() {
        return id;
    }

    /** Returns the number that rose when this node was given the task: another node's is larger. */
    public long fence() {
        return execution.getExecution().version;
    }

    /** Returns when it became due. */
    public Instant due() {
        return execution.getExecution().executionTime;
    }

    /** Returns whether the node is about to stop, so that the work should come to a place where it can be left. */
    public boolean isStopping() {
        return tasks.isStopping();
    }

    /** Returns the time of the database. */
    public Instant now() {
        return tasks.now();
    }

    /**
     * Runs work in one transaction that takes effect only if this node still has the task, and that may end it.
     *
     * @throws TaskLost if another node has the task; nothing of the transaction happened
     */
    public <T extends @Nullable Object> T transaction(TaskWork<T> work) {
        if (ended) {
            throw new IllegalStateException("The task " + id + " has ended");
        }
        long begun = System.nanoTime();
        try {
            T result = tasks.transaction(
                    id.organization(),
                    transaction -> {
                        transaction.of(execution.getExecution());
                        T value = work.in(transaction);
                        own(transaction);
                        return value;
                    },
                    this::noteEnd);
            sureAtNanos = begun;
            return result;
        } catch (RuntimeException failure) {
            throw isLost(failure) ? new TaskLost(id, failure) : failure;
        }
    }

    /**
     * Returns whether this node still has the task, for whoever is about to do something outside that cannot be undone. It asks
     * the database unless it knew within the last {@link JobSettings#heartbeat}: no other node can have taken the task by then.
     * A node that is cut off has the task until others may take it. Thread-safe, unlike the rest.
     */
    public boolean isHeld() {
        if (wasSureWithin(tasks.heartbeat())) {
            return true;
        }
        long asked = System.nanoTime();
        try {
            if (!tasks.isHeld(id, fence())) {
                return false;
            }
            sureAtNanos = asked;
            return isBeforeTakeOver();
        } catch (GantryException away) {
            return isBeforeTakeOver();
        }
    }

    /** By the time that it is now: a question, answered or not, may itself have taken longer than others wait. */
    private boolean isBeforeTakeOver() {
        return wasSureWithin(tasks.heartbeat().multipliedBy(JobSettings.HEARTBEATS_MISSED_MAX - 1L));
    }

    private boolean wasSureWithin(Duration time) {
        return System.nanoTime() - sureAtNanos < time.toNanos();
    }

    /** Comes last, so that rows are always locked in one order: those of the work first, then the task. */
    private void own(TaskTransaction transaction) {
        Instant again = transaction.againAt();
        if (transaction.isFinished()) {
            TaskRows.remove(transaction.transaction(), execution.getExecution());
        } else if (again != null) {
            TaskRows.again(transaction.transaction(), execution.getExecution(), tasks.now(), again);
        } else {
            TaskRows.keep(transaction.transaction(), execution.getExecution());
        }
    }

    private static boolean isLost(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && TaskRows.LOST.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private void noteEnd(TaskTransaction transaction) {
        again = transaction.againAt() != null;
        ended = transaction.isFinished() || again;
    }

    boolean willRunAgain() {
        return again;
    }

    boolean hasEnded() {
        return ended;
    }

    int failures() {
        return execution.getExecution().consecutiveFailures;
    }
}
