package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.database.Database;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Expressions;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the steps of runs. A strand is a durable task that works on one run: it claims a step, does it, and in one transaction
 * stores what it gave, finds out what may begin now, and claims the next step or ends. Steps beyond the first that may begin
 * get strands of their own. How a strand is taken over, and why no step takes effect twice, is written down in
 * {@code docs/adr/0016-runs-strands-and-fences.md}. Thread-safe.
 */
final class RunEngine {
    static final String STRAND = "run.strand";
    static final String TIMER = "run.timer";
    static final String CHILD = "run.child";
    static final String CANCEL = "run.cancel";
    static final String NEXT = "run.next";

    private static final Logger LOG = LoggerFactory.getLogger(RunEngine.class);
    static final String CANCEL_CHANNEL = "gantry_runs";
    private static final Duration DEFER = Duration.ofSeconds(1);

    /** Attempts that ended with their process, after which a step counts as one that kills processes. */
    private static final int LOST_MAX = 5;

    private static final int DEPTH_MAX = 10;

    final DurableTasks tasks;
    final WorkflowSource source;
    final Expressions expressions;
    final Vault vault;
    final RunSignals signals = new RunSignals();
    private final Map<Class<? extends Action>, StepExecutor> executors;
    private final RunListener listener;
    private final Breakers breakers = new Breakers();
    private final LiveSteps live = new LiveSteps();

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
        this.expressions = expressions;
        this.vault = vault;
        this.executors = Map.copyOf(executors);
        this.listener = listener;
        tasks.handle(STRAND, this::strand);
        tasks.handle(TIMER, this::timer);
        tasks.handle(CHILD, this::child);
        tasks.handle(CANCEL, this::cancelChild);
        tasks.handle(NEXT, task -> RunQueue.startNext(this, task));
        database.notifications().listen(CANCEL_CHANNEL, run -> live.cancel(UUID.fromString(run)), () -> {});
    }

    boolean canExecute(Action action) {
        return executors.containsKey(action.getClass()) || action instanceof Action.RunWorkflow;
    }

    /** A step that this strand has to do. */
    private record Claim(
            RunRow run,
            Workflow workflow,
            StepRow row,
            Step step,
            Action action,
            @Nullable Scope scope,
            int lost) {}

    // ---- a change of one run

    /** Locks a run and changes it; what is missing is no error of this method's. */
    <T extends @Nullable Object> Optional<T> change(
            TaskTransaction transaction, UUID run, Memory memory, Change<T> change) {
        Optional<RunRow> locked = RunRows.lock(transaction.handle(), run);
        if (locked.isEmpty()) {
            return Optional.empty();
        }
        RunRow row = locked.get();
        Workflow workflow = source.load(row.organization(), row.workflow, row.version);
        Progress progress = new Progress(transaction, row, workflow, expressions, vault, memory);
        T result = change.apply(progress);
        progress.flush();
        return Optional.ofNullable(result);
    }

    /** What is done to a run. */
    @FunctionalInterface
    interface Change<T extends @Nullable Object> {
        T apply(Progress progress);
    }

    /** Changes a run from outside of its strands, and lets strands do what may begin then. */
    <T extends @Nullable Object> Optional<T> changeFromOutside(UUID organization, UUID run, Change<T> change) {
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

    /** Gives what may begin to strands, and a run that is over to one that closes it. */
    static void handOver(Progress progress) {
        progress.spread();
        progress.settle(progress.run.strands == 0);
        if (progress.run.state.isOver() && !progress.run.closed && progress.run.strands == 0) {
            progress.spawnCloser();
        }
    }

    // ---- strands

    private void strand(RunningTask task) throws InterruptedException {
        UUID run = Objects.requireNonNull(task.id().subject());
        // Before the run is looked at, so that no word of its being cancelled is missed afterwards.
        try (LiveSteps.Strand heard = live.enter(run)) {
            work(task, run, heard);
        }
    }

    private void work(RunningTask task, UUID run, LiveSteps.Strand heard) throws InterruptedException {
        Memory memory = new Memory();
        Claim claim =
                inRun(task, run, memory, progress -> claim(task, progress)).orElse(null);
        while (claim != null) {
            Claim current = claim;
            Consumer<Progress> effect = execute(task, current, heard);
            claim = inRun(task, run, memory, progress -> commit(task, progress, current, effect))
                    .orElse(null);
            signals.tell(run);
        }
    }

    private Optional<Claim> inRun(RunningTask task, UUID run, Memory memory, Strand strand) {
        RunRow[] closing = new RunRow[1];
        Optional<Claim> result = task.transaction(transaction -> {
            Optional<Claim> value = change(transaction, run, memory, progress -> {
                        Optional<Claim> found = Optional.ofNullable(strand.apply(progress));
                        if (found.isEmpty() && progress.run.state.isOver() && !progress.run.closed) {
                            // The run is over with this: the strand stays until that is recorded.
                            closing[0] = progress.run;
                        }
                        return found;
                    })
                    .orElse(Optional.empty());
            if (value.isEmpty() && closing[0] == null) {
                transaction.finish();
            }
            return value;
        });
        RunRow over = closing[0];
        if (over != null) {
            close(task, over);
        }
        return result;
    }

    /** What a strand does in one transaction: it returns its next step, or null when there is none for it. */
    @FunctionalInterface
    private interface Strand {
        @Nullable
        Claim apply(Progress progress);
    }

    /** Takes the step that the strand was given; one that it had already when its process died is done anew. */
    private @Nullable Claim claim(RunningTask task, Progress progress) {
        if (progress.run.state.isOver()) {
            return leave(progress);
        }
        StepRow found = StepRows.ofStrand(
                progress.transactionHandle(), progress.run.id, task.id().id());
        StepRow row = found == null ? null : progress.keep(found);
        if (row != null && row.state == StepState.RUNNING) {
            // The attempt was lost with its process: whatever it may have used counts.
            progress.run.used += row.reserved;
            progress.run.reserved -= row.reserved;
            row.tokens += row.reserved;
            row.reserved = 0;
            row.changed = true;
        }
        if (!progress.now.isBefore(progress.run.deadlineAt) && progress.run.mayBegin()) {
            // First the step of this strand: ending the run removes the strands of steps that have one, and not this.
            if (row != null) {
                progress.giveUp(row);
            }
            progress.end(RunState.FAILING, "It took longer than its deadline");
            return leave(progress);
        }
        if (row == null) {
            return next(task, progress);
        }
        if (progress.run.state == RunState.PAUSED && progress.isOpen(row.scope)) {
            row.state = StepState.READY;
            row.strand = null;
            row.changed = true;
            progress.run.unassigned++;
            return leave(progress);
        }
        if (!progress.run.mayBegin() || !progress.isOpen(row.scope)) {
            progress.giveUp(row);
            return leave(progress);
        }
        return begin(task, progress, row);
    }

    private @Nullable Claim next(RunningTask task, Progress progress) {
        StepRow row = progress.run.mayBegin() ? progress.takeReady() : null;
        if (row == null) {
            return leave(progress);
        }
        Claim claim = begin(task, progress, row);
        progress.spread();
        return claim;
    }

    private @Nullable Claim leave(Progress progress) {
        progress.spread();
        progress.run.strands--;
        progress.settle(progress.run.strands == 0);
        if (progress.run.state.isOver() && !progress.run.closed) {
            progress.run.strands++;
        }
        return null;
    }

    private Claim begin(RunningTask task, Progress progress, StepRow row) {
        ScopePath path = ScopePath.parse(row.scope);
        Step step = ScopePath.step(path.body(progress.workflow), row.step);
        int lost = row.state == StepState.RUNNING ? 1 : 0;
        row.state = StepState.RUNNING;
        row.strand = task.id().id();
        row.attempt++;
        row.fence++;
        row.dueAt = null;
        row.changed = true;
        if (row.startedAt == null) {
            row.startedAt = progress.now;
        }
        Action action = row.fallback && step.policy().onFailure() instanceof Policy.OnFailure.Fallback standIn
                ? standIn.action()
                : step.action();
        progress.event("step.started", row.path(), Json.object().put("attempt", row.attempt));
        Scope scope = null;
        try {
            scope = progress.view(row, step);
        } catch (GantryException unreadable) {
            LOG.warn("The results before step {} of run {} cannot be read", row.path(), progress.run.id, unreadable);
        }
        return new Claim(progress.run, progress.workflow, row, step, action, scope, lost);
    }

    /** Does a step, outside of any transaction; returns what its end does to the run. */
    private Consumer<Progress> execute(RunningTask task, Claim claim, LiveSteps.Strand heard)
            throws InterruptedException {
        StepRow row = claim.row();
        Instant begun = tasks.now();
        Scope scope = claim.scope();
        if (scope == null) {
            return failed(
                    claim,
                    begun,
                    new StepFailure(Policy.FailureKind.INTERNAL, true, "The results of earlier steps cannot be read"));
        }
        if (row.attempt > claim.step().policy().retry().attemptsMax() + LOST_MAX) {
            return failed(
                    claim,
                    begun,
                    new StepFailure(
                            Policy.FailureKind.INTERNAL,
                            false,
                            "Its attempts ended again and again with their process"));
        }
        String breaker = claim.step().policy().circuitBreaker();
        if (breaker != null && !breakers.mayTry(claim.run().organization(), breaker, tasks.now())) {
            return failed(
                    claim,
                    begun,
                    new StepFailure(
                            Policy.FailureKind.PROVIDER, true, "The circuit breaker '" + breaker + "' is open"));
        }
        if (claim.action() instanceof Action.RunWorkflow child) {
            return startChild(claim, child, scope, begun);
        }
        Attempt attempt = new Attempt();
        heard.begins(attempt);
        try {
            Duration timeout = timeout(claim, begun);
            Attempt.Result result = attempt.run(
                    executor(claim.action()), call(task, claim, scope, attempt, begun.plus(timeout)), timeout);
            Consumer<Progress> effect = effect(claim, begun, result);
            if (breaker != null) {
                breakers.note(claim.run().organization(), breaker, result.outcome() != null, tasks.now());
            }
            return effect;
        } finally {
            heard.ended();
        }
    }

    private StepExecutor executor(Action action) {
        StepExecutor executor = executors.get(action.getClass());
        if (executor == null) {
            return _ -> {
                throw new StepFailure(
                        Policy.FailureKind.OTHER, false, "This node does no steps of kind " + RunListener.kind(action));
            };
        }
        return executor;
    }

    private static Duration timeout(Claim claim, Instant begun) {
        Duration left = Duration.between(begun, claim.run().deadlineAt);
        Duration own = claim.step().policy().timeout();
        return own == null || own.compareTo(left) > 0 ? left : own;
    }

    private StepCall call(RunningTask task, Claim claim, Scope scope, Attempt attempt, Instant until) {
        StepRow row = claim.row();
        String key = claim.run().id + "/" + row.path() + (row.fallback ? "/fallback" : "");
        return new StepCall(
                claim.run().starter,
                claim.run().id,
                claim.run().workflow,
                claim.workflow(),
                row.path(),
                claim.step(),
                claim.action(),
                scope,
                expressions,
                row.attempt,
                key,
                until,
                (wanted, least) -> reserve(task, claim, wanted, least),
                attempt::isCancelled);
    }

    private Consumer<Progress> effect(Claim claim, Instant begun, Attempt.Result result) {
        Throwable failure = result.failure();
        if (failure instanceof StepDeferred) {
            return progress -> defer(progress, claim);
        }
        StepOutcome outcome = result.outcome();
        if (outcome != null) {
            return done(claim, begun, outcome);
        }
        if (result.cancelled()) {
            record(claim, begun, "cancelled", "cancelled", 0, 0);
            return progress -> {
                StepRow row = usedAll(progress, claim);
                row.state = StepState.CANCELLED;
                row.finishedAt = progress.now;
                progress.event("step.cancelled", row.path(), Json.object());
            };
        }
        if (result.timedOut() || failure == null) {
            StepFailure late = new StepFailure(
                    Policy.FailureKind.TIMEOUT,
                    true,
                    "It took longer than " + timeout(claim, begun).toMillis() + " ms");
            record(claim, begun, "timeout", late.getMessage(), 0, 0);
            return progress -> fail(progress, claim, usedAll(progress, claim), late);
        }
        return failed(claim, begun, Attempt.asFailure(failure));
    }

    private Consumer<Progress> done(Claim claim, Instant begun, StepOutcome outcome) {
        Vault.Kept kept;
        try {
            kept = vault.keep(
                    claim.run().organization(), claim.run().id, claim.row().place("output"), outcome.output());
        } catch (GantryException unfit) {
            if (unfit.code() != ErrorCode.QUOTA_EXCEEDED) {
                throw unfit;
            }
            return failed(
                    claim,
                    begun,
                    new StepFailure(
                            Policy.FailureKind.OTHER,
                            false,
                            String.valueOf(unfit.getMessage()),
                            outcome.tokens(),
                            outcome.costMicroUsd(),
                            unfit));
        }
        record(claim, begun, "success", null, outcome.tokens(), outcome.costMicroUsd());
        return progress ->
                progress.done(used(progress, claim, outcome.tokens(), outcome.costMicroUsd()), outcome.output(), kept);
    }

    private Consumer<Progress> failed(Claim claim, Instant begun, StepFailure failure) {
        record(claim, begun, "failed", failure.getMessage(), failure.tokens(), failure.costMicroUsd());
        return progress ->
                fail(progress, claim, used(progress, claim, failure.tokens(), failure.costMicroUsd()), failure);
    }

    /** Before anything takes effect: a step that cannot be recorded has not happened. */
    private void record(
            Claim claim, Instant begun, String status, @Nullable String error, long tokens, long costMicroUsd) {
        listener.ended(new RunListener.StepDone(
                claim.run().starter,
                claim.run().id,
                claim.run().workflow,
                claim.row().path(),
                RunListener.kind(claim.action()),
                claim.row().attempt,
                status,
                error,
                Duration.between(begun, tasks.now()),
                tokens,
                costMicroUsd));
    }

    // ---- what the end of an attempt does

    private @Nullable Claim commit(RunningTask task, Progress progress, Claim claim, Consumer<Progress> effect) {
        StepRow row = progress.row(claim.row().scope, claim.row().step);
        if (row == null
                || row.state != StepState.RUNNING
                || row.fence != claim.row().fence
                || !task.id().id().equals(row.strand)) {
            throw new IllegalStateException("Step " + claim.row().path() + " is no more this strand's");
        }
        boolean wanted = progress.isOpen(row.scope);
        effect.accept(progress);
        row.changed = true;
        if (wanted && row.state.hasEnded()) {
            progress.advance(row.scope);
        }
        return progress.run.mayBegin() ? next(task, progress) : leave(progress);
    }

    private static StepRow used(Progress progress, Claim claim, long tokens, long costMicroUsd) {
        StepRow row = Objects.requireNonNull(progress.row(claim.row().scope, claim.row().step));
        progress.run.reserved -= row.reserved;
        progress.run.used += tokens;
        progress.run.cost += costMicroUsd;
        row.reserved = 0;
        row.tokens += tokens;
        row.cost += costMicroUsd;
        row.strand = null;
        return row;
    }

    /** Nobody knows what an attempt that was given up has used: all that it might have. */
    private static StepRow usedAll(Progress progress, Claim claim) {
        StepRow row = Objects.requireNonNull(progress.row(claim.row().scope, claim.row().step));
        return used(progress, claim, row.reserved, 0);
    }

    private static void fail(Progress progress, Claim claim, StepRow row, StepFailure failure) {
        Policy.Retry retry = claim.step().policy().retry();
        boolean again = retry.on().isEmpty() ? failure.mayPass() : retry.on().contains(failure.kind());
        if (again
                && !row.fallback
                && row.attempt < retry.attemptsMax()
                && progress.run.mayBegin()
                && progress.isOpen(row.scope)) {
            Instant due = progress.now.plus(retry.delayAfter(row.attempt));
            row.error = String.valueOf(failure.getMessage());
            progress.event(
                    "step.retry",
                    row.path(),
                    Json.object()
                            .put("attempt", row.attempt)
                            .put("error", row.error)
                            .put("due", due.toString()));
            progress.spawn(row, due);
            return;
        }
        progress.fail(row, claim.step(), failure.getMessage());
    }

    private static void defer(Progress progress, Claim claim) {
        // What it had reserved before it asked for more is spent; at the first time that is nothing.
        StepRow row = usedAll(progress, claim);
        row.attempt--;
        progress.spawn(row, progress.now.plus(DEFER));
    }

    // ---- tokens

    private long reserve(RunningTask task, Claim claim, long wanted, long least) throws StepFailure, StepDeferred {
        long[] outcome = new long[1];
        boolean others = task.transaction(transaction -> change(transaction, claim.run().id, new Memory(), progress -> {
                    StepRow row = Objects.requireNonNull(progress.row(claim.row().scope, claim.row().step));
                    if (row.fence != claim.row().fence || row.state != StepState.RUNNING) {
                        throw new IllegalStateException("Step " + row.path() + " is no more this strand's");
                    }
                    long left = progress.run.budget - progress.run.used - progress.run.reserved;
                    if (left >= least) {
                        outcome[0] = Math.min(left, wanted);
                        progress.run.reserved += outcome[0];
                        row.reserved += outcome[0];
                        row.changed = true;
                    }
                    return progress.run.reserved > row.reserved;
                })
                .orElse(false));
        if (outcome[0] > 0 || least == 0) {
            return outcome[0];
        }
        if (others) {
            throw new StepDeferred("Other steps hold what is left of the budget");
        }
        throw new StepFailure(
                Policy.FailureKind.OTHER,
                false,
                "The run's budget of " + claim.run().budget + " tokens leaves too few: this step needs at least "
                        + least);
    }

    // ---- the end of a run

    private void close(RunningTask task, RunRow over) {
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
        // Listed before the run is locked: what nothing refers to then is of transactions that did not happen.
        Set<String> unused = new HashSet<>(vault.names(over.organization(), over.id));
        task.transaction(transaction -> {
            transaction.finish();
            return change(transaction, over.id, new Memory(), progress -> {
                if (!progress.run.closed) {
                    progress.run.closed = true;
                    progress.run.strands--;
                    UUID parent = progress.run.parentRun;
                    if (parent != null) {
                        transaction.schedule(
                                new TaskId(CHILD, progress.run.organization(), Ids.next(), progress.run.id),
                                JobPriority.NORMAL);
                    }
                    if (progress.run.concurrencyKey != null) {
                        transaction.schedule(
                                new TaskId(NEXT, progress.run.organization(), Ids.next(), progress.run.id),
                                JobPriority.NORMAL);
                    }
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
        signals.tell(over.id);
    }

    private void removeUnused(RunRow over, Set<String> unused) {
        try {
            unused.forEach(vault::remove);
        } catch (GantryException failure) {
            LOG.warn("What run {} left behind goes with the run only", over.id, failure);
        }
    }

    // ---- what waits

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

    private Consumer<Progress> startChild(Claim claim, Action.RunWorkflow action, Scope scope, Instant begun) {
        try {
            if (claim.run().depth >= DEPTH_MAX) {
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST, "Workflows call each other more than " + DEPTH_MAX + " deep");
            }
            ObjectNode inputs = Json.object();
            action.inputs().forEach((name, value) -> inputs.set(name, expressions.evaluate(value, scope)));
            WorkflowSource.Registered found = source.resolve(claim.run().starter, action.workflow());
            ObjectNode complete = Inputs.complete(found.workflow(), inputs);
            Starts.requireRunnable(this, found.workflow());
            return progress -> {
                StepRow row = used(progress, claim, 0, 0);
                long left = progress.run.budget - progress.run.used - progress.run.reserved;
                long budget = Math.min(left, found.workflow().tokenBudget());
                UUID child = Ids.next();
                row.childRun = child;
                row.state = StepState.WAITING;
                row.reserved = budget;
                progress.run.reserved += budget;
                Starts.child(this, progress, row, found, complete, child, budget);
                progress.event("step.waiting", row.path(), Json.object().put("run", child.toString()));
            };
        } catch (GantryException failure) {
            return failed(claim, begun, Attempt.asFailure(failure));
        }
    }

    /** A run that a step of another waited for is over. */
    private void child(RunningTask task) {
        UUID child = Objects.requireNonNull(task.id().subject());
        UUID[] parent = new UUID[1];
        task.transaction(transaction -> {
            transaction.finish();
            RunRow over = RunRows.find(transaction.handle(), child).orElse(null);
            if (over == null || over.parentRun == null || !over.closed) {
                return null;
            }
            parent[0] = over.parentRun;
            JsonNode outputs = outputs(transaction, over);
            return change(transaction, over.parentRun, new Memory(), progress -> {
                StepRow row = progress.row(String.valueOf(over.parentScope), String.valueOf(over.parentStep));
                if (row != null && child.equals(row.childRun)) {
                    if (row.state == StepState.WAITING) {
                        childUsed(progress, row, over);
                        Waits.childIsOver(progress, row, over, outputs);
                    } else if (child.equals(row.strand)) {
                        childUsed(progress, row, over);
                        row.strand = null;
                        progress.run.strands--;
                    }
                }
                handOver(progress);
                return null;
            });
        });
        if (parent[0] != null) {
            signals.tell(parent[0]);
        }
    }

    private static void childUsed(Progress progress, StepRow row, RunRow child) {
        progress.run.reserved -= row.reserved;
        row.reserved = 0;
        progress.run.used += child.used;
        progress.run.cost += child.cost;
        row.tokens += child.used;
        row.cost += child.cost;
        row.changed = true;
    }

    /** The step that waited for a run was given up, and with it that run. */
    private void cancelChild(RunningTask task) {
        UUID child = Objects.requireNonNull(task.id().subject());
        task.transaction(transaction -> {
            transaction.finish();
            return change(transaction, child, new Memory(), progress -> {
                if (!progress.run.state.isOver() && progress.run.state != RunState.CANCELLING) {
                    progress.end(RunState.CANCELLING, "The run that it is part of needs it no more");
                }
                handOver(progress);
                return null;
            });
        });
        signals.tell(child);
    }

    JsonNode outputs(TaskTransaction transaction, RunRow run) {
        StepRows.Sealed sealed = RunRows.outputs(transaction.handle(), run.id);
        return sealed == null || (sealed.inline() == null && sealed.reference() == null)
                ? NullNode.getInstance()
                : vault.open(run.organization(), run.id, "outputs", sealed.inline(), sealed.reference());
    }
}
