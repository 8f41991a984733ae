package dev.gantry.runs;

import dev.gantry.jobs.RunningTask;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does steps, outside of any transaction. Thread-safe. */
final class StepWork {
    private static final Logger LOG = LoggerFactory.getLogger(StepWork.class);

    /** Attempts that ended with their process, after which a step counts as one that kills processes. */
    private static final int LOST_MAX = 5;

    private final RunEngine engine;
    private final Map<Class<? extends Action>, StepExecutor> executors;
    private final RunListener listener;
    private final Breakers breakers = new Breakers();
    private final StepCache cache;

    StepWork(RunEngine engine, Map<Class<? extends Action>, StepExecutor> executors, RunListener listener) {
        this.engine = engine;
        this.executors = Map.copyOf(executors);
        this.listener = listener;
        this.cache = new StepCache(engine);
    }

    boolean canExecute(Action action) {
        return executors.containsKey(action.getClass()) || action instanceof Action.RunWorkflow;
    }

    @Nullable
    String refusal(Starter starter, Action action) {
        StepExecutor executor = executors.get(action.getClass());
        return executor == null ? null : executor.refusal(starter, action);
    }

    /** Does a step, outside of any transaction; returns what its end does to the run. */
    Consumer<Progress> execute(RunningTask task, Claim claim, LiveSteps.Strand heard) throws InterruptedException {
        StepRow row = claim.row();
        Instant begun = engine.tasks.now();
        Scope scope = claim.scope();
        if (scope == null) {
            return failed(
                    claim,
                    begun,
                    new StepFailure(Policy.FailureKind.INTERNAL, true, "The results of earlier steps cannot be read"));
        }
        if (row.lost - row.troubled > LOST_MAX) {
            return failed(
                    claim,
                    begun,
                    new StepFailure(
                            Policy.FailureKind.INTERNAL,
                            false,
                            "Its attempts ended again and again with their process"));
        }
        String breaker = claim.step().policy().circuitBreaker();
        if (breaker != null && !breakers.mayTry(claim.run().organization(), breaker, engine.tasks.now())) {
            return failed(
                    claim,
                    begun,
                    new StepFailure(
                            Policy.FailureKind.PROVIDER, true, "The circuit breaker '" + breaker + "' is open"));
        }
        if (claim.action() instanceof Action.RunWorkflow child) {
            try {
                return ChildRuns.start(engine, claim, child, scope);
            } catch (GantryException failure) {
                RunEngine.throwOwnTrouble(failure);
                return failed(claim, begun, Attempt.asFailure(failure));
            }
        }
        StepJournals journal = new StepJournals(engine, task, claim);
        Attempt attempt = new Attempt(task::isHeld);
        heard.begins(attempt);
        try {
            Duration timeout = timeout(claim, begun);
            StepCall call = call(task, claim, scope, attempt, journal, begun.plus(timeout));
            byte[] cacheKey;
            try {
                cacheKey = cacheKey(claim, call);
            } catch (GantryException refused) {
                RunEngine.throwOwnTrouble(refused);
                return failed(claim, begun, Attempt.asFailure(refused));
            }
            Consumer<Progress> cached = cacheKey == null ? null : cached(claim, begun, cacheKey);
            if (cached != null) {
                return cached;
            }
            Attempt.Result result = attempt.run(executor(claim.action()), call, timeout);
            Consumer<Progress> effect = effect(new Work(attempt, claim, begun, journal, cacheKey), result);
            if (breaker != null) {
                breakers.note(claim.run().organization(), breaker, result.outcome() != null, engine.tasks.now());
            }
            return effect;
        } finally {
            heard.ended();
        }
    }

    /** An attempt at a step; {@code cacheKey} is null for one whose result is for itself alone. */
    @SuppressWarnings("ArrayRecordComponent") // Handed on at once, and neither compared nor kept.
    private record Work(
            Attempt attempt, Claim claim, Instant begun, StepJournals journal, byte @Nullable [] cacheKey) {}

    private byte @Nullable [] cacheKey(Claim claim, StepCall call) {
        Policy.Cache wanted = claim.step().policy().cache();
        return wanted == null || claim.row().fallback
                ? null
                : cache.key(call, wanted, executor(claim.action()).identity(call));
    }

    private @Nullable Consumer<Progress> cached(Claim claim, Instant begun, byte[] key) {
        StepCache.Found found;
        try {
            found = cache.find(claim.run().organization(), key);
        } catch (GantryException unreadable) {
            LOG.warn("An earlier result for step {} cannot be read", claim.row().path(), unreadable);
            return null;
        }
        if (found == null) {
            return null;
        }
        Vault.Kept kept = engine.vault.keep(
                claim.run().organization(), claim.run().id, claim.row().place("output"), found.output());
        record(claim, begun, "cached", null, 0, 0);
        return progress -> {
            StepRow row = AttemptEnds.used(progress, claim, 0, 0);
            row.cachedFrom = found.run();
            progress.done(row, found.output(), kept);
        };
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

    private StepCall call(
            RunningTask task, Claim claim, Scope scope, Attempt attempt, StepJournal journal, Instant until) {
        StepRow row = claim.row();
        String key = claim.run().id + "/" + row.path() + (row.fallback ? "/fallback" : "");
        return new StepCall(
                claim.run().starter,
                claim.run().id,
                claim.run().workflow,
                claim.run().version,
                claim.workflow(),
                row.path(),
                claim.step(),
                claim.action(),
                scope,
                engine.expressions,
                row.attempt,
                key,
                until,
                (wanted, least) -> TokenReservation.reserve(engine, task, claim, wanted, least),
                journal,
                () -> attempt.isCancelled() || attempt.isLost());
    }

    private Consumer<Progress> effect(Work work, Attempt.Result result) {
        Claim claim = work.claim();
        Instant begun = work.begun();
        Throwable failure = result.failure();
        if (result.outcome() == null && !result.cancelled() && work.attempt().isLost()) {
            throw new GantryException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "Another node has the step " + claim.row().path() + ", or may take it");
        }
        if (failure instanceof GantryException trouble && RunEngine.isOwnTrouble(trouble)) {
            // No failure of the step: the strand is given back, and its attempt is lost.
            throw trouble;
        }
        if (failure instanceof StepDeferred) {
            return progress -> AttemptEnds.defer(progress, claim);
        }
        StepOutcome outcome = result.outcome();
        if (outcome != null) {
            return done(work, outcome);
        }
        if (result.cancelled()) {
            record(claim, begun, "cancelled", "cancelled", 0, 0);
            return progress -> {
                StepRow row = AttemptEnds.usedAll(progress, claim);
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
            return progress -> AttemptEnds.fail(progress, claim, AttemptEnds.usedAll(progress, claim), late);
        }
        return failed(claim, begun, Attempt.asFailure(failure));
    }

    private Consumer<Progress> done(Work work, StepOutcome outcome) {
        Claim claim = work.claim();
        Instant begun = work.begun();
        Vault.Kept kept;
        try {
            kept = engine.vault.keep(
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
        Policy.Cache wanted = claim.step().policy().cache();
        byte[] key = work.cacheKey();
        byte[] forOthers = key == null ? null : cache.sealed(claim.run().organization(), key, outcome.output());
        return progress -> {
            if (key != null && wanted != null && forOthers != null) {
                StepCache.put(progress, key, forOthers, progress.now.plus(wanted.ttl()));
            }
            work.journal().clear(progress);
            progress.done(
                    AttemptEnds.used(progress, claim, outcome.tokens(), outcome.costMicroUsd()),
                    outcome.output(),
                    kept);
        };
    }

    private Consumer<Progress> failed(Claim claim, Instant begun, StepFailure failure) {
        record(claim, begun, "failed", failure.getMessage(), failure.tokens(), failure.costMicroUsd());
        return progress -> AttemptEnds.fail(
                progress, claim, AttemptEnds.used(progress, claim, failure.tokens(), failure.costMicroUsd()), failure);
    }

    /** Before anything takes effect: a step that cannot be recorded has not happened. */
    private void record(
            Claim claim, Instant begun, String status, @Nullable String error, long tokens, long costMicroUsd) {
        listener.ended(new RunListener.StepDone(
                RunListener.id(claim.run().id, claim.run().revivals, claim.row().path(), claim.row().attempt),
                claim.run().starter,
                claim.run().id,
                claim.run().workflow,
                claim.row().path(),
                RunListener.kind(claim.action()),
                claim.row().attempt,
                status,
                error,
                Duration.between(begun, engine.tasks.now()),
                tokens,
                costMicroUsd));
    }
}
