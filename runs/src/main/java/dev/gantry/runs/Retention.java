package dev.gantry.runs;

import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes runs that are kept no longer: one durable task of the whole installation, which one node at a time has and which
 * always comes again. Thread-safe.
 */
final class Retention {
    static final String TASK = "run.forget";

    /** Belongs to no organization; the task is always the same row, since it never ends. */
    static final UUID NOBODY = new UUID(0, 0);

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private static final int BATCH = 100;

    /** Batches of one organization in a row, so that none keeps the others waiting. */
    private static final int BATCHES_MAX = 50;

    private static final Duration ROUND = Duration.ofMinutes(10);
    private static final Duration MORE = Duration.ofSeconds(1);

    private final RunEngine engine;
    private final Duration kept;
    private final Consumer<Consumer<UUID>> organizations;

    Retention(RunEngine engine, Duration kept, Consumer<Consumer<UUID>> organizations) {
        this.engine = engine;
        this.kept = kept;
        this.organizations = organizations;
    }

    void begin() {
        DurableTasks tasks = engine.tasks;
        tasks.handle(TASK, this::run);
        TaskId task = new TaskId(TASK, NOBODY, NOBODY);
        tasks.transaction(NOBODY, transaction -> transaction.scheduleOnce(task, JobPriority.LOW, tasks.now()));
    }

    private void run(RunningTask task) {
        AtomicBoolean more = new AtomicBoolean();
        organizations.accept(organization -> {
            if (forget(task, organization)) {
                more.set(true);
            }
        });
        task.transaction(transaction -> {
            transaction.again(transaction.now().plus(more.get() ? MORE : ROUND));
            return null;
        });
    }

    /** Returns whether there is more; what is wrong with one organization keeps nobody else's. */
    private boolean forget(RunningTask task, UUID organization) {
        try {
            for (int batch = 0; batch < BATCHES_MAX; batch++) {
                if (task.isStopping() || !removeSome(organization)) {
                    return false;
                }
            }
            return true;
        } catch (RuntimeException failure) {
            RunEngine.throwOwnTrouble(failure);
            LOG.warn("Old runs of organization {} could not be removed", organization, failure);
            return false;
        }
    }

    /** Removes some of what is kept no longer; returns whether there may be more of it. */
    private boolean removeSome(UUID organization) {
        return engine.tasks.transaction(organization, transaction -> {
            int results = transaction
                    .handle()
                    .createUpdate("""
                            DELETE FROM run_cache WHERE key IN (
                                SELECT key FROM run_cache WHERE expires_at < :now ORDER BY expires_at LIMIT :max
                                FOR UPDATE SKIP LOCKED)
                            """)
                    .bind("now", transaction.now())
                    .bind("max", BATCH)
                    .execute();
            List<UUID> found = transaction
                    .handle()
                    .createQuery("""
                            SELECT id FROM runs WHERE finished_at < :before AND closed ORDER BY finished_at LIMIT :max
                            FOR UPDATE SKIP LOCKED
                            """)
                    .bind("before", transaction.now().minus(kept))
                    .bind("max", BATCH)
                    .mapTo(UUID.class)
                    .list();
            // While the runs are locked, and first: what is left of them when this fails is found again.
            found.forEach(run -> engine.vault.removeAll(organization, run));
            for (String table : List.of("run_events", "run_journal", "run_steps")) {
                transaction
                        .handle()
                        .createUpdate("DELETE FROM " + table + " WHERE run_id = ANY (:runs)")
                        .bindArray("runs", UUID.class, found)
                        .execute();
            }
            transaction
                    .handle()
                    .createUpdate("DELETE FROM runs WHERE id = ANY (:runs)")
                    .bindArray("runs", UUID.class, found)
                    .execute();
            return results == BATCH || found.size() == BATCH;
        });
    }
}
