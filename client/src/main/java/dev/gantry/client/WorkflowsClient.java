package dev.gantry.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import java.util.Map;

/** Workflows and their runs. Thread-safe. */
public final class WorkflowsClient {
    private final GantryClient client;

    WorkflowsClient(GantryClient client) {
        this.client = client;
    }

    /** Starts a run; it goes on whatever happens to this process. */
    public WorkflowRun start(String workflow, Map<String, ?> inputs) {
        return start(workflow, inputs, Ids.next().toString());
    }

    /**
     * Starts a run, or returns the one that was started with the same key before.
     *
     * @param workflow such as {@code team-a/nightly} or {@code text-digest@2}
     * @param inputs texts, numbers, booleans, lists, maps and {@code JsonNode}s
     * @param idempotencyKey the caller's own name of this start, up to 200 characters
     */
    public WorkflowRun start(String workflow, Map<String, ?> inputs, String idempotencyKey) {
        ObjectNode body = Json.object();
        body.set("inputs", Json.mapper().valueToTree(inputs));
        return WorkflowRun.of(client.send(
                        Transport.Call.of("POST", "/api/v1/workflows/" + Transport.encodePath(workflow) + "/runs", body)
                                .withHeader("Idempotency-Key", idempotencyKey)
                                .asRepeatable())
                .body());
    }

    /** Returns a run with its steps and what they gave. */
    public WorkflowRun show(String run) {
        return WorkflowRun.of(
                client.send(Transport.Call.get(path(run), Map.of())).body());
    }

    /** Watches a run from its beginning until it is over. Close it: the run goes on nonetheless. */
    public RunWatch watch(String run) {
        return watch(run, 0);
    }

    /**
     * Watches a run.
     *
     * @param after the number of the last event that is known; 0 for all
     */
    public RunWatch watch(String run, long after) {
        return new RunWatch(client.transport(), path(run) + "/events", after);
    }

    /** Waits until a run is over, and returns it. */
    public WorkflowRun await(String run) {
        try (RunWatch watch = watch(run)) {
            watch.forEach(_ -> {});
        }
        return show(run);
    }

    /** Stops a run; what is under way is given up. */
    public WorkflowRun cancel(String run) {
        return WorkflowRun.of(
                client.send(Transport.Call.once(path(run) + "/cancel", null)).body());
    }

    private static String path(String run) {
        return "/api/v1/runs/" + Transport.encode(run);
    }
}
