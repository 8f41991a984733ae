package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What the expressions of a step see.
 *
 * @param run facts on the run: {@code run.id} and so on
 * @param inputs the run's inputs, defaults applied: {@code inputs.NAME}
 * @param steps results of the steps that have ended, those around a body and those within it: {@code steps.ID}
 * @param names further names: the item and {@code index} of a map, {@code loop} of a loop, {@code event} of an event
 */
public record Scope(RunFacts run, ObjectNode inputs, Map<String, StepResult> steps, Map<String, JsonNode> names) {
    /** Copies the maps; the JSON within is shared and must not be changed. */
    public Scope {
        steps = Map.copyOf(steps);
        names = Map.copyOf(names);
    }

    /**
     * Facts on a run.
     *
     * @param id the run's
     * @param workflow the qualified name
     * @param user who started it
     * @param team the team that pays; empty for none
     * @param hooks where to call so that a step that waits for a call goes on, by the ids of such steps
     */
    public record RunFacts(
            String id, String workflow, String user, String team, Instant startedAt, Map<String, String> hooks) {
        /** Copies the map. */
        public RunFacts {
            hooks = Map.copyOf(hooks);
        }

        /** Facts on a run without steps that wait for a call. */
        public RunFacts(String id, String workflow, String user, String team, Instant startedAt) {
            this(id, workflow, user, team, startedAt, Map.of());
        }
    }

    /** Returns this scope with one more name, which covers one of the same name around it. */
    public Scope with(String name, JsonNode value) {
        Map<String, JsonNode> more = new HashMap<>(names);
        more.put(name, value);
        return new Scope(run, inputs, steps, more);
    }
}
