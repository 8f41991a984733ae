package dev.gantry.runs;

import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Concurrency;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many runs of a workflow there are at a time. */
final class RunQueue {
    private static final Logger LOG = LoggerFactory.getLogger(RunQueue.class);

    private RunQueue() {}

    /**
     * Decides whether a run may begin, or begin again.
     *
     * @throws GantryException {@link ErrorCode#RATE_LIMITED} if it is one too many and its workflow refuses such
     */
    static void admit(RunEngine engine, TaskTransaction transaction, RunRow run, Workflow workflow) {
        Concurrency concurrency = workflow.concurrency();
        String key = run.concurrencyKey;
        if (key == null) {
            return;
        }
        lock(transaction, key);
        long active = active(transaction, key);
        if (active < concurrency.runsMax()) {
            return;
        }
        switch (concurrency.whenFull()) {
            case QUEUE -> run.state = RunState.QUEUED;
            case REJECT ->
                throw new GantryException(
                        ErrorCode.RATE_LIMITED,
                        active + " runs of " + run.workflow + " are under way, as many as may be at a time",
                        List.of(),
                        Duration.ofSeconds(5),
                        null);
            case CANCEL_OLDEST ->
                oldest(transaction, key, "state NOT IN ('queued', 'failing', 'cancelling')")
                        .ifPresent(old -> engine.change(transaction, old, new Memory(), progress -> {
                            progress.end(RunState.CANCELLING, "A newer run took its place");
                            RunEngine.handOver(progress);
                            return null;
                        }));
        }
    }

    /**
     * Refuses a run that would wait for one that waits for it, or would end that.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT}
     */
    static void requireNotWithin(TaskTransaction transaction, RunRow parent, RunRow child, Workflow workflow) {
        String key = child.concurrencyKey;
        if (key == null) {
            return;
        }
        long around = 0;
        RunRow ancestor = parent;
        while (ancestor != null) {
            around += key.equals(ancestor.concurrencyKey) ? 1 : 0;
            UUID next = ancestor.parentRun;
            ancestor = next == null
                    ? null
                    : RunRows.find(transaction.handle(), next).orElse(null);
        }
        Concurrency concurrency = workflow.concurrency();
        if (around >= concurrency.runsMax()
                || (around > 0 && concurrency.whenFull() == Concurrency.WhenFull.CANCEL_OLDEST)) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "This is within " + around + " of the " + concurrency.runsMax() + " runs of " + child.workflow
                            + " that may be at a time, and could only wait for itself");
        }
    }

    /**
     * Begins the run that has waited longest, when one that counted with it is over: a durable task, named after that one. It
     * begins no other, so that what fails is the one whose turn it is; whether there is room for more finds a task of its own.
     */
    static void startNext(RunEngine engine, RunningTask task) {
        UUID subject = Objects.requireNonNull(task.id().subject());
        try {
            Optional<UUID> begun = task.transaction(transaction -> {
                transaction.finish();
                return RunRows.find(transaction.handle(), subject)
                        .flatMap(over -> startNext(engine, transaction, over));
            });
            begun.ifPresent(engine.signals::tell);
        } catch (CannotBegin failure) {
            LOG.warn("Run {} cannot begin, and is tried again by itself", failure.run, failure);
            task.transaction(transaction -> {
                transaction.finish();
                return transaction.scheduleOnce(
                        new TaskId(RunEngine.BEGIN, task.id().organization(), failure.run, failure.run),
                        JobPriority.NORMAL,
                        transaction.now());
            });
        }
    }

    /** Begins one run whose turn it was, and which could not begin then: its failures are counted for itself alone. */
    static void begin(RunEngine engine, RunningTask task) {
        UUID subject = Objects.requireNonNull(task.id().subject());
        task.transaction(transaction -> {
            transaction.finish();
            Optional<RunRow> waiting =
                    RunRows.find(transaction.handle(), subject).filter(run -> run.state == RunState.QUEUED);
            String key = waiting.map(run -> run.concurrencyKey).orElse(null);
            if (key != null) {
                lock(transaction, key);
                if (active(transaction, key) < runsMax(engine, transaction, waiting.get())) {
                    // The end that made room may have been told of while this one could not begin: whoever is next
                    // hears of it here.
                    letFollow(transaction, begin(engine, transaction, subject), waiting.get());
                }
            }
            return null;
        });
        engine.signals.tell(subject);
    }

    /** A run whose turn it is cannot begin, for a reason of its own. */
    private static final class CannotBegin extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final UUID run;

        CannotBegin(UUID run, RuntimeException cause) {
            super(cause);
            this.run = run;
        }
    }

    private static Optional<UUID> startNext(RunEngine engine, TaskTransaction transaction, RunRow over) {
        String key = over.concurrencyKey;
        if (key == null) {
            return Optional.empty();
        }
        lock(transaction, key);
        // How many there may be says the one whose turn it is: what is wrong with another's workflow is not its fault.
        Optional<RunRow> next = next(transaction, key).flatMap(id -> RunRows.find(transaction.handle(), id));
        if (next.isEmpty()) {
            return Optional.empty();
        }
        UUID begins = next.get().id;
        Optional<RunRow> begun;
        try {
            if (active(transaction, key) >= runsMax(engine, transaction, next.get())) {
                return Optional.empty();
            }
            begun = begin(engine, transaction, begins);
        } catch (RuntimeException failure) {
            throw RunEngine.isOwnTrouble(failure) ? failure : new CannotBegin(begins, failure);
        }
        letFollow(transaction, begun, over);
        return Optional.of(begins);
    }

    /** Lets whoever is next see whether there is room for one more, after one has begun. */
    private static void letFollow(TaskTransaction transaction, Optional<RunRow> begun, RunRow after) {
        String key = Objects.requireNonNull(after.concurrencyKey);
        // One that is over already has let the next have its turn as every run does.
        if (begun.filter(run -> run.closed).isEmpty() && next(transaction, key).isPresent()) {
            transaction.schedule(
                    new TaskId(RunEngine.NEXT, after.organization(), Ids.next(), after.id), JobPriority.NORMAL);
        }
    }

    private static Optional<RunRow> begin(RunEngine engine, TaskTransaction transaction, UUID begins) {
        return engine.change(transaction, begins, new Memory(), progress -> {
            if (progress.run.state == RunState.QUEUED) {
                progress.run.state = RunState.RUNNING;
                if (progress.run.startedAt == null) {
                    Starts.begin(progress);
                } else {
                    // One that was retried.
                    progress.event("run.resumed", "", Json.object());
                    Revival.goOn(progress);
                    RunEngine.handOver(progress);
                }
            }
            return progress.run;
        });
    }

    private static long runsMax(RunEngine engine, TaskTransaction transaction, RunRow run) {
        return Math.max(1, engine.workflow(transaction, run).concurrency().runsMax());
    }

    private static void lock(TaskTransaction transaction, String key) {
        transaction
                .handle()
                .createQuery("SELECT pg_advisory_xact_lock(hashtextextended(:key, 8))::text")
                .bind("key", key)
                .mapTo(String.class)
                .one();
    }

    private static long active(TaskTransaction transaction, String key) {
        return transaction
                .handle()
                .createQuery("""
                        SELECT count(*) FROM runs
                        WHERE concurrency_key = :key AND finished_at IS NULL AND state <> 'queued'
                        """)
                .bind("key", key)
                .mapTo(Long.class)
                .one();
    }

    /** Returns the run that has waited longest for its turn. */
    static Optional<UUID> next(TaskTransaction transaction, String key) {
        return oldest(transaction, key, "state = 'queued'");
    }

    private static Optional<UUID> oldest(TaskTransaction transaction, String key, String condition) {
        return transaction
                .handle()
                .createQuery("SELECT id FROM runs WHERE concurrency_key = :key AND finished_at IS NULL AND " + condition
                        + " ORDER BY created_at LIMIT 1")
                .bind("key", key)
                .mapTo(UUID.class)
                .findOne();
    }
}
