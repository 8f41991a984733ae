package dev.gantry.runs;

import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes runs that are over. Thread-safe. */
final class RunCloser {
    private static final Logger LOG = LoggerFactory.getLogger(RunCloser.class);

    private final RunEngine engine;
    private final RunListener listener;

    RunCloser(RunEngine engine, RunListener listener) {
        this.engine = engine;
        this.listener = listener;
    }

    /** Records the end of a run, ends the strand that asks, and tells those who waited for it. */
    void close(RunningTask task, RunRow over) {
        record(listener, over);
        // Listed before the run is locked: what nothing refers to then is of transactions that did not happen.
        Set<String> unused = new HashSet<>(engine.vault.names(over.organization(), over.id));
        task.transaction(transaction -> {
            transaction.finish();
            return engine.change(transaction, over.id, new Memory(), progress -> {
                if (!progress.run.closed) {
                    progress.run.closed = true;
                    progress.run.strands--;
                    tellOthers(engine, transaction, progress.run);
                }
                if (progress.run.strands > 0) {
                    // Steps that were given up are still being done, and store what they give.
                    unused.clear();
                } else if (!unused.isEmpty()) {
                    unused.removeAll(StepRows.references(transaction.handle(), over.id));
                }
                return null;
            });
        });
        removeUnused(over, unused);
        engine.signals.tell(over.id);
    }

    static void record(RunListener listener, RunRow over) {
        Instant started = over.startedAt == null ? over.createdAt : over.startedAt;
        Instant finished = Objects.requireNonNull(over.finishedAt);
        listener.ended(new RunListener.RunDone(
                over.starter,
                over.id,
                over.workflow,
                over.version,
                over.state,
                over.error,
                Duration.between(started, finished),
                over.used,
                over.cost));
    }

    /** Lets those know who waited for the end of a run. */
    static void tellOthers(RunEngine engine, TaskTransaction transaction, RunRow over) {
        if (over.parentRun != null) {
            transaction.schedule(
                    new TaskId(RunEngine.CHILD, over.organization(), Ids.next(), over.id), JobPriority.NORMAL);
        }
        if (over.concurrencyKey != null) {
            transaction.schedule(
                    new TaskId(RunEngine.NEXT, over.organization(), Ids.next(), over.id), JobPriority.NORMAL);
        }
        engine.closing.closing(transaction, RunReader.summary(over), over.chain());
    }

    private void removeUnused(RunRow over, Set<String> unused) {
        try {
            unused.forEach(engine.vault::remove);
        } catch (GantryException failure) {
            LOG.warn("What run {} left behind goes with the run only", over.id, failure);
        }
    }
}
