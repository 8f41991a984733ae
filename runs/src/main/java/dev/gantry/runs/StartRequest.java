package dev.gantry.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A run that somebody wants.
 *
 * @param workflow what to run
 * @param inputs as given; defaults are applied
 * @param idempotencyKey asking again with the same key gives the same run; null for none
 * @param cause what asked for it other than a person; null for a person
 */
public record StartRequest(
        Starter starter,
        WorkflowSource.Registered workflow,
        ObjectNode inputs,
        @Nullable String idempotencyKey,
        @Nullable Cause cause) {
    /** A run that a person wants. */
    public StartRequest(
            Starter starter, WorkflowSource.Registered workflow, ObjectNode inputs, @Nullable String idempotencyKey) {
        this(starter, workflow, inputs, idempotencyKey, null);
    }
}
