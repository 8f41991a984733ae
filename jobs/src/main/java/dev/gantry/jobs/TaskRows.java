package dev.gantry.jobs;

import com.github.kagkarlsson.scheduler.task.Execution;
import dev.gantry.database.BatchColumns;
import dev.gantry.database.Transaction;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * The table of db-scheduler, within transactions that change other rows as well. What db-scheduler does in statements of
 * their own is done here with those of the transaction, in one round trip; each that changes a task which a node has ends the
 * transaction with {@link #LOST} if it has it no more.
 */
final class TaskRows {
    /** The state of SQL that says so; the same as in the migration. */
    static final String LOST = "GT001";

    private static final String ADD = """
            INSERT INTO job_tasks (task_name, task_instance, execution_time, picked, version, priority)
            SELECT kind, instance, timestamptz 'epoch' + due * interval '1 microsecond', false, 1, priority
            FROM (SELECT unnest(?) AS kind, unnest(?) AS instance, unnest(?) AS due, unnest(?) AS priority) AS added
            """;

    private static final String REMOVE = """
            WITH held AS (
                DELETE FROM job_tasks WHERE task_name = ? AND task_instance = ? AND version = ? RETURNING 1)
            SELECT require_task((SELECT count(*) FROM held))
            """;

    private static final String AGAIN = """
            WITH held AS (
                UPDATE job_tasks SET picked = false, picked_by = NULL, last_heartbeat = NULL, last_success = ?,
                    execution_time = ?, consecutive_failures = 0, version = version + 1
                WHERE task_name = ? AND task_instance = ? AND version = ? RETURNING 1)
            SELECT require_task((SELECT count(*) FROM held))
            """;

    private static final String KEEP = """
            WITH held AS (
                SELECT 1 FROM job_tasks WHERE task_name = ? AND task_instance = ? AND version = ? FOR UPDATE)
            SELECT require_task((SELECT count(*) FROM held))
            """;

    private TaskRows() {}

    /** A task that is to be done. */
    record Added(TaskId task, JobPriority priority, Instant due) {}

    static void add(Transaction transaction, List<Added> tasks) {
        transaction.add(
                ADD,
                new BatchColumns.Builder<Added>()
                        .texts(added -> added.task().kind())
                        .texts(added -> added.task().instance())
                        .micros(Added::due)
                        .integers(added -> added.priority().number())
                        .build()
                        .arrays(tasks));
    }

    static void remove(Transaction transaction, Execution held) {
        transaction.add(REMOVE, List.of(held.taskInstance.getTaskName(), held.taskInstance.getId(), held.version));
    }

    static void again(Transaction transaction, Execution held, Instant now, Instant due) {
        transaction.add(
                AGAIN,
                List.of(
                        now.atOffset(ZoneOffset.UTC),
                        due.atOffset(ZoneOffset.UTC),
                        held.taskInstance.getTaskName(),
                        held.taskInstance.getId(),
                        held.version));
    }

    static void keep(Transaction transaction, Execution held) {
        transaction.add(KEEP, List.of(held.taskInstance.getTaskName(), held.taskInstance.getId(), held.version));
    }
}
