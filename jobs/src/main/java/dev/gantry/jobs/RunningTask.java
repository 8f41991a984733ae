package dev.gantry.jobs;

import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A task that this node has, as far as it knows. Used by the thread that runs it. */
public final class RunningTask {
    private final DurableTasks tasks;
    private final TaskId id;
    private final ExecutionComplete execution;
    private final ExecutionOperations<Void> operations;
    private boolean ended;
    private boolean again;

    RunningTask(DurableTasks tasks, TaskId id, ExecutionComplete execution, ExecutionOperations<Void> operations) {
        this.tasks = tasks;
        this.id = id;
        this.execution = execution;
        this.operations = operations;
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
        return tasks.transaction(
                id.organization(),
                transaction -> {
                    T result = work.in(transaction);
                    own(transaction);
                    return result;
                },
                this::noteEnd);
    }

    /** Comes last, so that rows are always locked in one order: those of the work first, then the task. */
    private void own(TaskTransaction transaction) {
        try {
            Instant again = transaction.againAt();
            if (transaction.isFinished()) {
                operations.remove();
            } else if (again != null) {
                operations.reschedule(execution, again);
            } else if (!holds(transaction)) {
                throw new IllegalStateException("superseded");
            }
        } catch (RuntimeException failure) {
            if (isUnavailable(failure)) {
                throw failure;
            }
            throw new TaskLost(id, failure);
        }
    }

    /** A failure of the connection says nothing about who has the task. */
    private static boolean isUnavailable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException) {
                return true;
            }
        }
        return false;
    }

    private boolean holds(TaskTransaction transaction) {
        return transaction
                .handle()
                .createQuery("""
                        SELECT 1 FROM job_tasks
                        WHERE task_name = :kind AND task_instance = :instance AND version = :version FOR UPDATE
                        """)
                .bind("kind", id.kind())
                .bind("instance", id.instance())
                .bind("version", fence())
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
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
