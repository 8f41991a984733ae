package dev.gantry.runs;

import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskHandler;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Ends runs that cannot be worked on at all: whose workflow cannot be read, whose rows make no sense, or whose processing
 * always fails. Nothing of the engine's rules is used for it, since these are what fails; the run ends as failed with the
 * reason, and holds nobody up. Thread-safe.
 */
final class Burial {
    private final RunEngine engine;
    private final RunListener listener;

    Burial(RunEngine engine, RunListener listener) {
        this.engine = engine;
        this.listener = listener;
    }

    /** Work whose failing ends the run that its task is about. */
    TaskHandler of(Work work) {
        return handler(work, (_, task) -> task.id().subject());
    }

    /** Work whose failing ends the run for whom the run that its task is about was done. */
    TaskHandler ofParent(Work work) {
        return handler(
                work,
                (transaction, task) -> RunRows.find(
                                transaction.handle(),
                                Objects.requireNonNull(task.id().subject()))
                        .map(child -> child.parentRun)
                        .orElse(null));
    }

    /** Work whose failing ends the run whose turn it was, when the run that its task is about had made way for it. */
    TaskHandler ofNext(Work work) {
        return handler(
                work,
                (transaction, task) -> RunRows.find(
                                transaction.handle(),
                                Objects.requireNonNull(task.id().subject()))
                        .flatMap(over -> RunQueue.next(transaction, Objects.requireNonNull(over.concurrencyKey)))
                        .orElse(null));
    }

    /** What a handler does. */
    @FunctionalInterface
    interface Work {
        void run(RunningTask task) throws Exception;
    }

    private TaskHandler handler(Work work, BiFunction<TaskTransaction, RunningTask, @Nullable UUID> whose) {
        return new TaskHandler() {
            @Override
            public void run(RunningTask task) throws Exception {
                engine.vault.prepare(task.id().organization());
                work.run(task);
            }

            @Override
            public void bury(RunningTask task, Throwable reason) {
                Burial.this.bury(task, whose, reason);
            }
        };
    }

    private void bury(
            RunningTask task, BiFunction<TaskTransaction, RunningTask, @Nullable UUID> whose, Throwable reason) {
        String error = Text.storable(
                "Given up, since it failed again and again: "
                        + reason.getClass().getSimpleName() + ": " + reason.getMessage(),
                StepEndings.ERROR_LENGTH_MAX);
        Optional<RunRow> buried = task.transaction(transaction -> {
            transaction.finish();
            UUID run = whose.apply(transaction, task);
            return run == null ? Optional.empty() : end(transaction, run, task.id(), error);
        });
        buried.ifPresent(run -> engine.signals.tell(run.id));
    }

    /**
     * Ends what is under way for the run: its strands and timers, which find out when they next want to change something, and
     * the runs that it started, which are cancelled. What those may use has counted since they were started.
     */
    private static void giveUpTasks(TaskTransaction transaction, RunRow run, TaskId asking) {
        transaction.removeAbout(RunEngine.STRAND, run.organization(), run.id, asking);
        transaction.removeAbout(RunEngine.TIMER, run.organization(), run.id, asking);
        for (StepRow row : StepRows.ofStates(transaction.handle(), run.id, List.of(StepState.WAITING))) {
            UUID child = row.childRun;
            if (child != null) {
                transaction.schedule(
                        new TaskId(RunEngine.CANCEL, run.organization(), Ids.next(), child), JobPriority.NORMAL);
            }
        }
    }

    /** What a lost process may have used of its tokens counts, as always. */
    private Optional<RunRow> end(TaskTransaction transaction, UUID id, TaskId task, String error) {
        Optional<RunRow> found = RunRows.lock(transaction.handle(), id).filter(run -> !run.closed);
        found.ifPresent(run -> {
            run.state = RunState.FAILED;
            run.error = error;
            run.finishedAt = transaction.now();
            run.used += run.reserved;
            run.reserved = 0;
            run.strands = 0;
            run.unassigned = 0;
            run.closed = true;
            run.deadLetter = true;
            giveUpTasks(transaction, run, task);
            StepRows.giveUpAll(transaction.handle(), id);
            RunRows.append(
                    transaction,
                    run,
                    List.of(new RunEvent(
                            ++run.events,
                            transaction.now(),
                            "run.failed",
                            "",
                            Json.object().put("error", error).put("dead_letter", true))));
            RunRows.write(transaction, run);
            RunCloser.tellOthers(engine, transaction, run);
            transaction.confirm();
            // Durable before it takes effect: when it cannot be written, the task is buried again later.
            listener.ended(List.of(), RunCloser.done(run), transaction.handle());
        });
        return found;
    }
}
