package dev.gantry.jobs;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * One transaction in which tasks change together with rows of their organization: both or neither. Used by one thread,
 * until its work returns.
 */
public final class TaskTransaction {
    private final Handle handle;
    private final SchedulerClient client;
    private final DatabaseClock clock;
    private final List<TaskInstance<?>> atOnce = new ArrayList<>();
    private final List<Instant> due = new ArrayList<>();
    private @Nullable Instant againAt;
    private boolean finished;

    TaskTransaction(Handle handle, SchedulerClient client, DatabaseClock clock) {
        this.handle = handle;
        this.client = client;
        this.clock = clock;
    }

    /** Returns the statements of the transaction, which sees one organization. */
    public Handle handle() {
        return handle;
    }

    /** Returns the time of the database, by which tasks become due. */
    public Instant now() {
        return clock.now();
    }

    /** Adds a task that is due at once. */
    public void schedule(TaskId task, JobPriority priority) {
        atOnce.add(instance(task, priority));
    }

    /** Adds a task that waits for a time. It costs a row, and nothing else, until then. */
    public void schedule(TaskId task, JobPriority priority, Instant due) {
        TaskInstance<?> instance = instance(task, priority);
        client.scheduleBatch(List.of(instance), due);
        this.due.add(due);
    }

    /**
     * Makes a waiting task due at another time.
     *
     * @return false if it is not waiting: it runs at the moment, or is over
     */
    public boolean move(TaskId task, Instant due) {
        boolean moved = handle.createUpdate("""
                        UPDATE job_tasks SET execution_time = :due, version = version + 1
                        WHERE task_name = :kind AND task_instance = :instance AND NOT picked
                        """)
                        .bind("due", due)
                        .bind("kind", task.kind())
                        .bind("instance", task.instance())
                        .execute()
                == 1;
        if (moved) {
            this.due.add(due);
        }
        return moved;
    }

    /**
     * Removes a task, whether it waits or runs; who runs it finds at its next transaction that it is gone.
     *
     * @return whether there was one
     */
    public boolean remove(TaskId task) {
        return handle.createUpdate("DELETE FROM job_tasks WHERE task_name = :kind AND task_instance = :instance")
                        .bind("kind", task.kind())
                        .bind("instance", task.instance())
                        .execute()
                == 1;
    }

    /** Ends the task that runs, with this transaction; only within {@link RunningTask#transaction}. */
    public void finish() {
        finished = true;
        againAt = null;
    }

    /** Lets the task that runs run again at a time; only within {@link RunningTask#transaction}. */
    public void again(Instant due) {
        finished = false;
        againAt = due;
    }

    private static TaskInstance<?> instance(TaskId task, JobPriority priority) {
        return new TaskInstance.Builder<Void>(task.kind(), task.instance())
                .priority(priority.number())
                .build();
    }

    /** Writes what is still to be written; the last thing before the end of the transaction. */
    void flush() {
        if (!atOnce.isEmpty()) {
            Instant now = clock.now();
            client.scheduleBatch(atOnce, now);
            due.add(now);
        }
    }

    /** Returns when what was added or changed becomes due. */
    List<Instant> due() {
        Instant again = againAt;
        if (again != null) {
            due.add(again);
        }
        return due;
    }

    boolean isFinished() {
        return finished;
    }

    @Nullable
    Instant againAt() {
        return againAt;
    }
}
