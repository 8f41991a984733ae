package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A run as it was when it was read.
 *
 * @param inputs null where only a summary was asked for
 * @param outputs null while there are none, and where only a summary was asked for
 * @param tokensReserved held by steps under way
 * @param parent the run whose step started it; null for none
 * @param cause what started it other than a person, such as {@code schedule:nightly}; null for a person or another run
 * @param deadLetter whether it was given up, since it could not be worked on; {@code error} says why
 * @param unreadable what of it cannot be shown, and why; empty for nearly all runs
 * @param plan the steps of the workflow's own body; empty where only a summary was asked for
 * @param steps in the order in which they began; empty where only a summary was asked for
 */
public record RunView(
        UUID id,
        String workflow,
        int version,
        RunState state,
        Starter starter,
        @Nullable JsonNode inputs,
        @Nullable JsonNode outputs,
        @Nullable String error,
        long tokenBudget,
        long tokensUsed,
        long tokensReserved,
        long costMicroUsd,
        Instant deadlineAt,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable UUID parent,
        @Nullable String cause,
        boolean deadLetter,
        List<String> unreadable,
        List<Planned> plan,
        List<StepView> steps) {
    /** Copies the lists. */
    public RunView {
        unreadable = List.copyOf(unreadable);
        plan = List.copyOf(plan);
        steps = List.copyOf(steps);
    }

    /** A step of the workflow's own body, whether or not it has begun, and those that it waits for. */
    public record Planned(String id, String title, List<String> dependsOn) {
        /** Copies the list. */
        public Planned {
            dependsOn = List.copyOf(dependsOn);
        }
    }

    /**
     * A step that has begun, as it was.
     *
     * @param path such as {@code each[3]/score}
     * @param kind such as {@code pattern}; {@code unknown} when the workflow cannot be read
     * @param output null while there is none, and where it was not asked for
     * @param waitsFor facts on what a waiting step waits for: the message of an approval and its decisions; null for others
     * @param approvers who may decide; empty for steps that wait for nobody
     * @param cachedFrom the run whose result it took; null when it was done
     */
    public record StepView(
            String path,
            String kind,
            String title,
            StepState state,
            int attempt,
            long tokens,
            long costMicroUsd,
            @Nullable String error,
            @Nullable JsonNode output,
            @Nullable JsonNode waitsFor,
            List<String> approvers,
            @Nullable UUID childRun,
            @Nullable UUID cachedFrom,
            @Nullable Instant dueAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {
        /** Copies the list. */
        public StepView {
            approvers = List.copyOf(approvers);
        }
    }
}
