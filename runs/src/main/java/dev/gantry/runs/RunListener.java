package dev.gantry.runs;

import dev.gantry.kernel.Ids;
import dev.gantry.workflow.Action;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Hears what runs do, to write it into the audit log and to measure it. Thread-safe. */
public interface RunListener {
    /** Hears nothing. */
    RunListener NONE = new RunListener() {};

    /**
     * An attempt at a step.
     *
     * @param id the same whenever this attempt is told of
     * @param path of the step
     * @param kind of the step, such as {@code pattern}
     * @param status {@code success}, {@code cached} (an earlier result), {@code failed}, {@code cancelled} or {@code timeout}
     * @param error why it failed; null when it did not
     */
    record StepDone(
            UUID id,
            Starter starter,
            UUID run,
            String workflow,
            String path,
            String kind,
            int attempt,
            String status,
            @Nullable String error,
            Duration took,
            long tokens,
            long costMicroUsd) {
        public StepDone {
            took = measured(took);
        }
    }

    /**
     * A run that is over.
     *
     * @param id the same whenever this end of the run is told of
     * @param instead ids of the other ways in which the run could have ended: one that was told of, by a process that died before
     *     it took effect, did not happen
     */
    record RunDone(
            UUID id,
            List<UUID> instead,
            Starter starter,
            UUID run,
            String workflow,
            int version,
            RunState state,
            @Nullable String error,
            Duration took,
            long tokens,
            long costMicroUsd) {
        public RunDone {
            instead = List.copyOf(instead);
            took = measured(took);
        }
    }

    /** The clock may have been put right meanwhile, or have been another node's. */
    private static Duration measured(Duration took) {
        return took.isNegative() ? Duration.ZERO : took;
    }

    /**
     * An attempt has ended. Called before anything of it takes effect, and again for an attempt whose effect was lost.
     *
     * @throws RuntimeException if it cannot be recorded: then nothing of it takes effect
     */
    default void ended(StepDone step) {}

    /**
     * What one transaction ends: attempts, and the run itself if it is over with them. All is recorded when this returns.
     *
     * @param run null when it goes on
     * @param look over which to see what was recorded already, by a process that died before its transaction ended; null when
     *     nothing can have been
     */
    default void ended(List<StepDone> steps, @Nullable RunDone run, @Nullable Handle look) {
        steps.forEach(this::ended);
        if (run != null) {
            ended(run);
        }
    }

    /**
     * A run is over. Called before that takes effect, and again when its effect was lost.
     *
     * @throws RuntimeException if it cannot be recorded
     */
    default void ended(RunDone run) {}

    /** Returns the identity of an attempt in all records. */
    static UUID id(UUID run, int revivals, String path, int attempt) {
        return Ids.of("step.execute/" + run + "/" + revivals + "/" + path + "/" + attempt);
    }

    /**
     * Returns the identity of an end of a run in all records. How it ended belongs to it: one that was recorded and did not take
     * effect must not hide another that did.
     */
    static UUID id(UUID run, int revivals, RunState state) {
        return Ids.of("workflow.execute/" + run + "/" + revivals + "/" + state.id());
    }

    /** Returns the name of a kind of steps, for records and figures. */
    static String kind(Action action) {
        return switch (action) {
            case Action.RunPattern _ -> "pattern";
            case Action.RunAgent _ -> "agent";
            case Action.CallTool _ -> "tool";
            case Action.CallHttp _ -> "http";
            case Action.Transform _ -> "transform";
            case Action.ForEach _ -> "map";
            case Action.Branch _ -> "branch";
            case Action.Loop _ -> "loop";
            case Action.Approve _ -> "approval";
            case Action.Pause _, Action.AwaitEvent _, Action.AwaitWebhook _ -> "wait";
            case Action.RunWorkflow _ -> "workflow";
            case Action.RunCommand _ -> "shell";
        };
    }
}
