package dev.gantry.jobs;

import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A task that this node has, as far as it knows. Used by the thread that runs it. */
public final class RunningTask {
    private final DurableTasks tasks;
    private final TaskId id;
    private final ExecutionComplete execution;
    private boolean ended;
    private boolean again;

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
        try {
            return tasks.transaction(
                    id.organization(),
                    transaction -> {
                        T result = work.in(transaction);
                        own(transaction);
                        return result;
                    },
                    this::noteEnd);
        } catch (RuntimeException failure) {
            throw isLost(failure) ? new TaskLost(id, failure) : failure;
        }
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
