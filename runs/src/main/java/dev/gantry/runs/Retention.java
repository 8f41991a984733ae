package dev.gantry.runs;

import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskId;
import java.time.Duration;
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

    private final Runs runs;
    private final DurableTasks tasks;
    private final Consumer<Consumer<UUID>> organizations;

    Retention(Runs runs, DurableTasks tasks, Consumer<Consumer<UUID>> organizations) {
        this.runs = runs;
        this.tasks = tasks;
        this.organizations = organizations;
    }

    void begin() {
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
                if (task.isStopping() || !runs.forget(organization, BATCH)) {
                    return false;
                }
            }
            return true;
        } catch (RuntimeException failure) {
            if (Runs.isOwnTrouble(failure)) {
                throw failure;
            }
            LOG.warn("Old runs of organization {} could not be removed", organization, failure);
            return false;
        }
    }
}
