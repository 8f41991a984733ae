package dev.gantry.runs;

import dev.gantry.jobs.RunningTask;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.Step;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on runs: a strand is a durable task that claims a step of one run, does it, and in one transaction stores what it gave,
 * finds out what may begin now, and claims the next step or ends. Steps beyond the first that may begin get strands of their
 * own. Thread-safe.
 */
final class Strands {
    private static final Logger LOG = LoggerFactory.getLogger(Strands.class);

    private final RunEngine engine;
    private final StepWork work;
    private final LiveSteps live;
    private final Troubles troubles;

    Strands(RunEngine engine, StepWork work, LiveSteps live) {
        this.engine = engine;
        this.work = work;
        this.live = live;
        this.troubles = new Troubles(engine);
    }

    void work(RunningTask task) throws InterruptedException {
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
            try {
                Consumer<Progress> effect = work.execute(task, current, heard);
                claim = inRun(task, run, memory, progress -> commit(task, progress, current, effect))
                        .orElse(null);
            } catch (InterruptedException | RuntimeException failure) {
                if (failure instanceof InterruptedException || RunEngine.isOwnTrouble(failure)) {
                    troubles.note(current);
                }
                throw failure;
            }
            engine.signals.tell(run);
        }
    }

    private Optional<Claim> inRun(RunningTask task, UUID run, Memory memory, Turn turn) {
        return task.transaction(transaction -> {
            Optional<Claim> claim = engine.change(
                            transaction, run, memory, progress -> Optional.ofNullable(turn.apply(progress)))
                    .orElse(Optional.empty());
            if (claim.isEmpty()) {
                transaction.finish();
            }
            return claim;
        });
    }

    /** What a strand does in one transaction: it returns its next step, or null when there is none for it. */
    @FunctionalInterface
    private interface Turn {
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
            row.lost++;
            row.troubled += troubles.wasNoted(progress.run.id, row) ? 1 : 0;
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
        StepRow row = progress.run.mayBegin() ? progress.ready().take() : null;
        if (row == null) {
            return leave(progress);
        }
        Claim claim = begin(task, progress, row);
        progress.ready().spread();
        return claim;
    }

    private @Nullable Claim leave(Progress progress) {
        progress.ready().spread();
        progress.run.strands--;
        progress.settle(progress.run.strands == 0);
        return null;
    }

    private Claim begin(RunningTask task, Progress progress, StepRow row) {
        ScopePath path = ScopePath.parse(row.scope);
        Step step = ScopePath.step(path.body(progress.workflow), row.step);
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
            RunEngine.throwOwnTrouble(unreadable);
            LOG.warn("The results before step {} of run {} cannot be read", row.path(), progress.run.id, unreadable);
        }
        return new Claim(progress.run, progress.workflow, row, step, action, scope);
    }

    private @Nullable Claim commit(RunningTask task, Progress progress, Claim claim, Consumer<Progress> effect) {
        StepRow row = claim.mine(progress);
        if (row.lost == 0) {
            progress.noteFirst();
        }
        if (!task.id().id().equals(row.strand)) {
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
}
