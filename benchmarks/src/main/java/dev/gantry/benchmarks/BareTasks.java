package dev.gantry.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Tasks of plain db-scheduler that each put the next in their place, as fast as it goes: what Gantry's engine stands on. */
final class BareTasks implements Chains {
    private static final int STEPS = 3;

    private final HikariDataSource pool;
    private final Scheduler scheduler;
    private final AtomicLong ended = new AtomicLong();

    BareTasks(String jdbcUrl, String user, String password, int workers) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(workers + 2);
        pool = new HikariDataSource(config);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE scheduled_tasks (
                        task_name text NOT NULL, task_instance text NOT NULL, task_data bytea,
                        execution_time timestamptz NOT NULL, picked boolean NOT NULL, picked_by text,
                        last_success timestamptz, last_failure timestamptz, consecutive_failures int,
                        last_heartbeat timestamptz, version bigint NOT NULL, priority smallint,
                        PRIMARY KEY (task_name, task_instance));
                    CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
                    CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat)""");
        }
        List<Task<?>> kinds = new ArrayList<>();
        for (int step = 1; step <= STEPS; step++) {
            String next = step == STEPS ? null : name(step + 1);
            kinds.add(Tasks.custom(name(step), Void.class)
                    .execute((_, _) -> (execution, operations) ->
                            goOn(next, execution.getExecution().getId(), operations)));
        }
        scheduler = Scheduler.create(pool, kinds)
                .threads(workers)
                .executorService(Executors.newVirtualThreadPerTaskExecutor())
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(Duration.ofMillis(100))
                .enableImmediateExecution()
                .build();
        scheduler.start();
    }

    private static String name(int step) {
        return "step-" + step;
    }

    private void goOn(@Nullable String next, String id, ExecutionOperations<Void> operations) {
        if (next == null) {
            operations.remove();
            ended.incrementAndGet();
        } else {
            operations.removeAndScheduleNew(SchedulableInstance.of(new TaskInstance<>(next, id), Instant.now()));
            scheduler.triggerCheckForDueExecutions();
        }
    }

    @Override
    public void begin() {
        scheduler.schedule(new TaskInstance<>(name(1), UUID.randomUUID().toString()), Instant.now());
    }

    @Override
    public long ended() {
        return ended.get();
    }

    @Override
    public void close() {
        scheduler.stop();
        pool.close();
    }
}
