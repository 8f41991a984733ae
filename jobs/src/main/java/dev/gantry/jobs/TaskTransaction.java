package dev.gantry.jobs;

import com.github.kagkarlsson.scheduler.task.Execution;
import dev.gantry.database.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * One transaction in which tasks change together with rows of their organization: both or neither. Used by one thread,
 * until its work returns.
 */
public final class TaskTransaction {
    private final Transaction transaction;
    private final DatabaseClock clock;
    private final List<TaskRows.Added> timed = new ArrayList<>();
    private final Map<TaskId, JobPriority> atOnce = new LinkedHashMap<>();
    private final List<Instant> due = new ArrayList<>();
    private final List<Runnable> afterwards = new ArrayList<>();
    private @Nullable Instant againAt;
    private boolean finished;

    /** The task that runs; null when this is no transaction of one. */
    private @Nullable Execution held;

    TaskTransaction(Transaction transaction, DatabaseClock clock) {
        this.transaction = transaction;
        this.clock = clock;
    }

    /** Returns the transaction for statements whose results matter; all that was added is executed first. */
    public Handle handle() {
        writeTimed();
        return transaction.handle();
    }

    /**
     * Adds a statement whose result does not matter. It is executed in its turn, together with others, before the end.
     *
     * @param values of the parameters, as {@link Transaction#add} takes them
     */
    public void add(String sql, List<?> values) {
        transaction.add(sql, values);
    }

    /** Adds what is done when the transaction has been committed; it must not fail. */
    public void afterwards(Runnable work) {
        afterwards.add(work);
    }

    /** Returns the time of the database, by which tasks become due. */
    public Instant now() {
        return clock.now();
    }

    /** Adds a task that is due at once. */
    public void schedule(TaskId task, JobPriority priority) {
        atOnce.put(task, priority);
    }

    /** Adds a task that waits for a time. It costs a row, and nothing else, until then. */
    public void schedule(TaskId task, JobPriority priority, Instant due) {
        timed.add(new TaskRows.Added(task, priority, due));
        this.due.add(due);
    }

    /**
     * Adds a task, unless there is one of that name: for work that always comes again, whose row is made by whichever node is
     * first.
     *
     * @return whether it was added
     */
    public boolean scheduleOnce(TaskId task, JobPriority priority, Instant due) {
        boolean added = handle().createUpdate("""
                        INSERT INTO job_tasks (task_name, task_instance, execution_time, picked, version, priority)
                        VALUES (:kind, :instance, :due, false, 1, :priority)
                        ON CONFLICT DO NOTHING
                        """)
                        .bind("kind", task.kind())
                        .bind("instance", task.instance())
                        .bind("due", due)
                        .bind("priority", priority.number())
                        .execute()
                == 1;
        if (added) {
            this.due.add(due);
        }
        return added;
    }

    /**
     * Makes a waiting task due at another time.
     *
     * @return false if it is not waiting: it runs at the moment, or is over
     */
    public boolean move(TaskId task, Instant due) {
        boolean moved = handle().createUpdate("""
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
        return handle().createUpdate("DELETE FROM job_tasks WHERE task_name = :kind AND task_instance = :instance")
                        .bind("kind", task.kind())
                        .bind("instance", task.instance())
                        .execute()
                == 1;
    }

    /**
     * Removes all tasks of a kind that are about something, as {@link #remove} does. It looks at all tasks of the kind: for
     * what happens seldom.
     *
     * @param except is left; usually the task that runs
     */
    public void removeAbout(String kind, UUID organization, UUID subject, TaskId except) {
        handle().createUpdate("""
                        DELETE FROM job_tasks
                        WHERE task_name = :kind AND tenant = :organization AND right(task_instance, 36) = :subject
                          AND task_instance <> :except
                        """)
                .bind("kind", kind)
                .bind("organization", organization)
                .bind("subject", subject.toString())
                .bind("except", except.instance())
                .execute();
    }

    /**
     * Makes sure that this node has the task that runs, now and until the end of this transaction: for whoever is about to tell
     * others what the transaction does. Does nothing in a transaction that is no task's.
     */
    public void confirm() {
        Execution task = held;
        if (task != null) {
            TaskRows.keep(transaction, task);
            handle();
        }
    }

    void of(Execution task) {
        held = task;
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

    private void writeTimed() {
        if (!timed.isEmpty()) {
            TaskRows.add(transaction, timed);
            timed.clear();
        }
    }

    /** Adds what is still to be written; the last thing before the end of the transaction. */
    void flush() {
        Instant now = clock.now();
        atOnce.forEach((task, priority) -> timed.add(new TaskRows.Added(task, priority, now)));
        if (!atOnce.isEmpty()) {
            due.add(now);
        }
        writeTimed();
    }

    Transaction transaction() {
        return transaction;
    }

    void committed() {
        afterwards.forEach(Runnable::run);
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
