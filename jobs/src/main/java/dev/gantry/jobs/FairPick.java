package dev.gantry.jobs;

import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.shaded.jdbc.JdbcRunner;
import com.github.kagkarlsson.shaded.jdbc.ResultSetMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * How a node takes due tasks: organizations take turns, whatever waits behind, and within an organization the urgent goes
 * first, then what is due longest. Organizations that have fewer tasks running go before those that have more; between those
 * that have as many, the dice decide.
 *
 * <p>Lanes of tenant and priority are found by skipping through the index, so that the cost of a poll depends on the number
 * of lanes, not on the length of any. A poll looks at {@value #LANES_MAX} lanes at the most, and goes on where the one before
 * ended. Used by db-scheduler's one polling thread.
 */
final class FairPick extends PostgreSqlJdbcCustomization {
    private static final int LANES_MAX = 1_000;
    private static final UUID LOWEST = new UUID(0, 0);

    /** Means "one node takes tasks" among the advisory locks of the database. */
    private static final long LOCK = 0x67616E74727901L;

    private static final String PICK = """
            WITH RECURSIVE lane(tenant, priority, nth) AS (
                (SELECT tenant, priority, 1 FROM job_tasks
                 WHERE NOT picked AND tenant >= ? ORDER BY tenant, priority DESC LIMIT 1)
                UNION ALL
                SELECT next.tenant, next.priority, lane.nth + 1
                FROM lane CROSS JOIN LATERAL (
                    (SELECT tenant, priority FROM job_tasks
                     WHERE NOT picked AND tenant = lane.tenant AND priority < lane.priority
                     ORDER BY tenant, priority DESC LIMIT 1)
                    UNION ALL
                    (SELECT tenant, priority FROM job_tasks
                     WHERE NOT picked AND tenant > lane.tenant ORDER BY tenant, priority DESC LIMIT 1)
                    LIMIT 1) next
                WHERE lane.nth < ?),
            running AS (SELECT tenant, count(*) AS tasks FROM job_tasks WHERE picked GROUP BY tenant),
            candidate AS (
                SELECT due.task_name, due.task_instance, due.execution_time,
                       coalesce(running.tasks, 0) + row_number() OVER
                           (PARTITION BY lane.tenant ORDER BY lane.priority DESC, due.execution_time) AS turn
                FROM lane CROSS JOIN LATERAL (
                    SELECT task_name, task_instance, execution_time FROM job_tasks
                    WHERE NOT picked AND tenant = lane.tenant AND priority = lane.priority
                      AND execution_time <= ? AND task_name = ANY (?)
                    ORDER BY execution_time LIMIT ?) due
                LEFT JOIN running ON running.tenant = lane.tenant),
            chosen AS (
                SELECT task.task_name, task.task_instance, candidate.turn
                FROM candidate JOIN job_tasks task USING (task_name, task_instance)
                WHERE candidate.turn <= ? AND NOT task.picked
                ORDER BY candidate.turn, random()
                FOR UPDATE OF task SKIP LOCKED LIMIT ?),
            taken AS (
                UPDATE job_tasks task
                SET picked = true, picked_by = ?, last_heartbeat = ?, version = task.version + 1
                FROM chosen
                WHERE task.task_name = chosen.task_name AND task.task_instance = chosen.task_instance
                RETURNING task.*, chosen.turn)
            SELECT * FROM taken ORDER BY turn
            """;

    /** Says whether there are more lanes than a poll looks at. */
    static final String COUNT_LANES = """
            WITH RECURSIVE lane(tenant, nth) AS (
                (SELECT tenant, 1 FROM job_tasks WHERE NOT picked ORDER BY tenant LIMIT 1)
                UNION ALL
                SELECT next.tenant, lane.nth + 1
                FROM lane CROSS JOIN LATERAL
                    (SELECT tenant FROM job_tasks WHERE NOT picked AND tenant > lane.tenant ORDER BY tenant LIMIT 1) next
                WHERE lane.nth <= %d)
            SELECT count(*) * %d > %d FROM lane
            """.formatted(LANES_MAX, JobPriority.values().length, LANES_MAX);

    private final Collection<String> kinds;
    private final long runningMax;
    private volatile boolean manyLanes;
    private boolean onward;
    private UUID behind = LOWEST;

    /**
     * Makes the rule of a node.
     *
     * @param kinds what the node can do, which may still grow; what it cannot do is left to others
     * @param runningMax how many tasks an organization may have running over all nodes; {@link Long#MAX_VALUE} for any
     */
    FairPick(Collection<String> kinds, long runningMax) {
        super(false, false);
        this.kinds = kinds;
        this.runningMax = runningMax;
    }

    /** Tells whether there are more lanes than one poll looks at, as {@link #COUNT_LANES} finds out now and then. */
    void manyLanes(boolean many) {
        manyLanes = many;
    }

    @Override
    public List<Execution> lockAndFetchSingleStatement(
            JdbcTaskRepositoryContext context, Instant now, int limit, boolean orderByPriority) {
        if (!manyLanes) {
            return from(context, LOWEST, now, limit);
        }
        // Every other poll goes on behind the last organization that was served, so that each is looked at in the end.
        onward = !onward;
        UUID start = onward ? behind : LOWEST;
        List<Execution> taken = from(context, start, now, limit);
        if (taken.isEmpty() && !start.equals(LOWEST)) {
            taken = from(context, LOWEST, now, limit);
        }
        if (onward) {
            behind = taken.stream()
                    .map(execution ->
                            TaskId.of("", execution.taskInstance.getId()).organization())
                    .max(UUID::compareTo)
                    .map(last -> new UUID(last.getMostSignificantBits(), last.getLeastSignificantBits() + 1))
                    .orElse(LOWEST);
        }
        return taken;
    }

    private List<Execution> from(JdbcTaskRepositoryContext context, UUID start, Instant now, int limit) {
        if (runningMax == Long.MAX_VALUE) {
            return take(context.jdbcRunner, context, start, now, limit);
        }
        // What runs is counted and added to by one node at a time, so that no two of them fill the same place.
        return context.jdbcRunner.inTransaction(transaction -> {
            transaction.query(
                    "SELECT pg_advisory_xact_lock(?)",
                    (PreparedStatement lock) -> lock.setLong(1, LOCK),
                    (ResultSetMapper<Boolean>) ResultSet::next);
            return take(transaction, context, start, now, limit);
        });
    }

    private List<Execution> take(
            JdbcRunner statements, JdbcTaskRepositoryContext context, UUID start, Instant now, int limit) {
        return statements.query(
                PICK,
                (PreparedStatement pick) -> {
                    int index = 1;
                    pick.setObject(index++, start);
                    pick.setInt(index++, LANES_MAX);
                    setInstant(pick, index++, now);
                    pick.setArray(index++, pick.getConnection().createArrayOf("text", kinds.toArray()));
                    // Others may lock some of the first, so that a few more are looked at.
                    pick.setInt(index++, 2 * limit);
                    pick.setLong(index++, runningMax);
                    pick.setInt(index++, limit);
                    pick.setString(index++, context.schedulerName.getName());
                    setInstant(pick, index, now);
                },
                context.resultSetMapper.get());
    }
}
