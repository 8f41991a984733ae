package dev.gantry.runs;

import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What else belongs to the end of a run. */
final class RunCloser {
    private static final Logger LOG = LoggerFactory.getLogger(RunCloser.class);

    private RunCloser() {}

    /** Returns what is recorded of a run that is over. */
    static RunListener.RunDone done(RunRow over) {
        Instant started = over.startedAt == null ? over.createdAt : over.startedAt;
        Instant finished = Objects.requireNonNull(over.finishedAt);
        return new RunListener.RunDone(
                RunListener.id(over.id, over.revivals, over.state),
                Stream.of(RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED)
                        .filter(state -> state != over.state)
                        .map(state -> RunListener.id(over.id, over.revivals, state))
                        .toList(),
                over.starter,
                over.id,
                over.workflow,
                over.version,
                over.state,
                over.error,
                Duration.between(started, finished),
                over.used,
                over.cost);
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

    /**
     * Lets what nothing refers to go, once the transaction has been committed: it was of transactions that did not happen. The
     * run is locked, so that nobody else can be about to refer to any of it.
     */
    static void removeUnused(RunEngine engine, TaskTransaction transaction, RunRow over) {
        Set<String> unused = new HashSet<>(engine.vault.names(over.organization(), over.id));
        // Steps that were given up may still be being done, and store what they give.
        if (unused.isEmpty() || over.strands > 0) {
            return;
        }
        unused.removeAll(StepRows.references(transaction.handle(), over.id));
        transaction.afterwards(() -> {
            try {
                unused.forEach(engine.vault::remove);
            } catch (GantryException failure) {
                LOG.warn("What run {} left behind goes with the run only", over.id, failure);
            }
        });
    }
}
