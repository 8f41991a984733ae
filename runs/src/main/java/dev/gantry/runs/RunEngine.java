package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.gantry.database.Database;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Expressions;
import dev.gantry.workflow.Workflow;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Changes runs, each change in a transaction that has its run locked, and hands durable tasks of runs to those who do them:
 * {@link Strands}, {@link ChildRuns}, {@link RunQueue}. How a strand is taken over, and why no step takes effect twice, is
 * written down in {@code docs/adr/0016-runs-strands-and-fences.md}. Thread-safe.
 */
final class RunEngine {
    static final String STRAND = "run.strand";
    static final String TIMER = "run.timer";
    static final String CHILD = "run.child";
    static final String CANCEL = "run.cancel";
    static final String NEXT = "run.next";
    static final String BEGIN = "run.begin";

    static final String CANCEL_CHANNEL = "gantry_runs";

    final DurableTasks tasks;
    final WorkflowSource source;
    final Definitions definitions;
    final Expressions expressions;
    final Vault vault;
    final RunSignals signals = new RunSignals();
    volatile RunClosing closing = RunClosing.NONE;
    private final StepWork work;
    private final RunListener listener;

    RunEngine(
            Database database,
            DurableTasks tasks,
            WorkflowSource source,
            Expressions expressions,
            Vault vault,
            Map<Class<? extends Action>, StepExecutor> executors,
            RunListener listener) {
        this.tasks = tasks;
        this.source = source;
        this.definitions = new Definitions(source);
        this.expressions = expressions;
        this.vault = vault;
        this.work = new StepWork(this, executors, listener);
        this.listener = listener;
        LiveSteps live = new LiveSteps();
        Burial burial = new Burial(this, listener);
        Strands strands = new Strands(this, work, live);
        tasks.handle(STRAND, burial.of(strands::work));
        tasks.handle(TIMER, burial.of(this::timer));
        tasks.handle(CHILD, burial.ofParent(task -> ChildRuns.isOver(this, task)));
        tasks.handle(CANCEL, burial.of(task -> ChildRuns.cancel(this, task)));
        tasks.handle(NEXT, burial.ofNext(task -> RunQueue.startNext(this, task)));
        tasks.handle(BEGIN, burial.of(task -> RunQueue.begin(this, task)));
        database.notifications().listen(CANCEL_CHANNEL, run -> live.cancel(UUID.fromString(run)), () -> {});
    }

    /** Returns whether something failed by the database's or this node's own fault, and so must be tried again and decides nothing. */
    static boolean isOwnTrouble(Throwable failure) {
        return failure instanceof GantryException known
                && (known.code() == ErrorCode.DATABASE_UNAVAILABLE || known.code() == ErrorCode.SHUTTING_DOWN);
    }

    /** Throws what decides nothing about a run on, so that only a failure of the workflow's own is left. */
    static void throwOwnTrouble(RuntimeException failure) {
        if (isOwnTrouble(failure)) {
            throw failure;
        }
    }

    boolean canExecute(Action action) {
        return work.canExecute(action);
    }

    /** Returns why an action cannot be done here, as {@link StepExecutor#refusal} says; null if it can. */
    @Nullable
    String refusal(Starter starter, Action action) {
        return work.refusal(starter, action);
    }

    /** Locks a run and changes it; what is missing is no error of this method's. */
    <T extends @Nullable Object> Optional<T> change(
            TaskTransaction transaction, UUID run, Memory memory, Change<T> change) {
        Optional<RunRow> locked = RunRows.lock(transaction.handle(), run);
        if (locked.isEmpty()) {
            return Optional.empty();
        }
        RunRow row = locked.get();
        Progress progress = new Progress(transaction, row, workflow(transaction, row), expressions, vault, memory);
        T result = change.apply(progress);
        finish(progress);
        return Optional.ofNullable(result);
    }

    /** Returns the workflow of a run, in the version that it was started with. */
    Workflow workflow(TaskTransaction transaction, RunRow run) {
        return definitions.of(transaction.handle(), run);
    }

    /**
     * Writes everything, and closes the run if it is over. Whatever was done or has ended in this very transaction is recorded
     * before it commits.
     */
    void finish(Progress progress) {
        RunRow run = progress.run;
        boolean closes = run.state.isOver() && !run.closed;
        run.closed |= closes;
        boolean isNew = run.beginning != null;
        progress.flush();
        List<RunListener.StepDone> done = progress.computed().done();
        if (closes) {
            // Whoever lost its task, without knowing, must not record an end that there will never be.
            progress.transaction().confirm();
        }
        if (closes || !done.isEmpty()) {
            listener.ended(
                    done,
                    closes ? RunCloser.done(run) : null,
                    progress.isFirst() ? null : progress.transactionHandle());
        }
        if (closes) {
            progress.transaction().afterwards(() -> signals.tell(run.id));
            RunCloser.tellOthers(this, progress.transaction(), run);
            if (!isNew) {
                RunCloser.removeUnused(this, progress.transaction(), run);
            }
        }
    }

    /** What is done to a run. */
    @FunctionalInterface
    interface Change<T extends @Nullable Object> {
        T apply(Progress progress);
    }

    /** Changes a run from outside of its strands, and lets strands do what may begin then. */
    <T extends @Nullable Object> Optional<T> changeFromOutside(UUID organization, UUID run, Change<T> change) {
        vault.prepare(organization);
        Optional<T> result = tasks.transaction(
                organization,
                transaction -> change(transaction, run, new Memory(), progress -> {
                    T value = change.apply(progress);
                    handOver(progress);
                    return value;
                }));
        signals.tell(run);
        return result;
    }

    /** Gives what may begin to strands, and ends a run of which nothing is under way. */
    static void handOver(Progress progress) {
        progress.ready().spread();
        progress.settle(progress.run.strands == 0);
    }

    /** A step that waits has come to a time of its. */
    private void timer(RunningTask task) {
        UUID run = Objects.requireNonNull(task.id().subject());
        task.transaction(transaction -> {
            transaction.finish();
            return change(transaction, run, new Memory(), progress -> {
                StepRow row = StepRows.ofStates(transaction.handle(), run, EnumSet.of(StepState.WAITING)).stream()
                        .filter(waiting -> task.id().id().equals(waiting.timer))
                        .findFirst()
                        .map(progress::keep)
                        .orElse(null);
                if (row != null) {
                    row.timer = null;
                    row.changed = true;
                    if (progress.run.mayBegin() && !progress.now.isBefore(progress.run.deadlineAt)) {
                        progress.end(RunState.FAILING, "It took longer than its deadline");
                    } else if (progress.run.state != RunState.PAUSED) {
                        // That of a paused run gets another timer when the run is resumed.
                        Waits.timeIsUp(progress, row);
                    }
                }
                handOver(progress);
                return null;
            });
        });
        signals.tell(run);
    }

    JsonNode outputs(TaskTransaction transaction, RunRow run) {
        StepRows.Sealed sealed = RunRows.outputs(transaction.handle(), run.id);
        return sealed == null || (sealed.inline() == null && sealed.reference() == null)
                ? NullNode.getInstance()
                : vault.open(run.organization(), run.id, "outputs", sealed.inline(), sealed.reference());
    }
}
