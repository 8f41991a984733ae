package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.MicroDollars;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run of a workflow.
 *
 * @param id names it
 * @param workflow its qualified name
 * @param version of the workflow
 * @param state {@code queued}, {@code running}, {@code paused}, {@code failing}, {@code cancelling}, {@code succeeded},
 *     {@code failed} or {@code cancelled}
 * @param error why it failed; null if it did not
 * @param createdAt when it was accepted
 * @param finishedAt null while it is not over
 * @param tokens used so far
 * @param cost so far
 * @param outputs what it gave, by name; null or missing while it is not over
 * @param steps empty in the reply to a start
 */
public record WorkflowRun(
        String id,
        String workflow,
        int version,
        String state,
        @Nullable String error,
        Instant createdAt,
        @Nullable Instant finishedAt,
        long tokens,
        MicroDollars cost,
        JsonNode outputs,
        List<Step> steps) {
    private static final Set<String> OVER = Set.of("succeeded", "failed", "cancelled");

    /** Copies the steps. */
    public WorkflowRun {
        steps = List.copyOf(steps);
    }

    /**
     * A step.
     *
     * @param path names it within the run; steps within steps have slashes
     * @param kind such as {@code pattern}
     * @param state {@code running}, {@code waiting}, {@code done}, {@code failed}, {@code skipped}, {@code cancelled}, …
     * @param error why it failed; null if it did not
     * @param output what it gave; null or missing while there is nothing
     */
    public record Step(
            String path,
            String kind,
            String state,
            @Nullable String error,
            JsonNode output) {}

    /** Returns whether nothing more will happen. */
    public boolean isOver() {
        return OVER.contains(state);
    }

    static WorkflowRun of(JsonNode body) {
        List<Step> steps = new ArrayList<>();
        for (JsonNode step : body.path("steps")) {
            steps.add(new Step(
                    step.path("path").asText(""),
                    step.path("kind").asText(""),
                    step.path("state").asText(""),
                    GantryClient.text(step.path("error")),
                    step.path("output")));
        }
        String finished = GantryClient.text(body.path("finished_at"));
        String created = GantryClient.text(body.path("created_at"));
        return new WorkflowRun(
                body.path("id").asText(""),
                body.path("workflow").asText(""),
                body.path("version").asInt(),
                body.path("state").asText(""),
                GantryClient.text(body.path("error")),
                created == null ? Instant.EPOCH : Instant.parse(created),
                finished == null ? null : Instant.parse(finished),
                body.path("tokens").path("used").asLong(),
                new MicroDollars(body.path("cost").path("micro_usd").asLong()),
                body.path("outputs"),
                steps);
    }
}
