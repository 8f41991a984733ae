package dev.gantry.runs;

import dev.gantry.workflow.Action;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Hears what runs do, to write it into the audit log and to measure it. Thread-safe. */
public interface RunListener {
    /** Hears nothing. */
    RunListener NONE = new RunListener() {};

    /**
     * An attempt at a step.
     *
     * @param path of the step
     * @param kind of the step, such as {@code pattern}
     * @param status {@code success}, {@code cached} (an earlier result), {@code failed}, {@code cancelled} or {@code timeout}
     * @param error why it failed; null when it did not
     */
    record StepDone(
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

    /** A run that is over. */
    record RunDone(
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

    /** As {@link #ended(StepDone)} for some attempts at once, of which all are recorded when this returns. */
    default void ended(List<StepDone> steps) {
        steps.forEach(this::ended);
    }

    /**
     * What one transaction ends: attempts, and the run itself if it is over with them. All is recorded when this returns.
     *
     * @param run null when it goes on
     */
    default void ended(List<StepDone> steps, @Nullable RunDone run) {
        if (!steps.isEmpty()) {
            ended(steps);
        }
        if (run != null) {
            ended(run);
        }
    }

    /**
     * A run is over. Called until it returns, so that it may be called again after a crash.
     *
     * @throws RuntimeException if it cannot be recorded
     */
    default void ended(RunDone run) {}

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
