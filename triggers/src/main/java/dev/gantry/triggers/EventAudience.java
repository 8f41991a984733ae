package dev.gantry.triggers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.runs.Starter;

/** Says who may hear of an event: a trigger must tell its owner nothing that they could not look up. Thread-safe. */
@FunctionalInterface
public interface EventAudience {
    /** Everybody, of everything. */
    EventAudience EVERYBODY = (owner, event, facts) -> true;

    /**
     * Returns whether somebody may hear of an event now. May block.
     *
     * @param event one of {@link TriggerEvents#NAMES}
     * @param facts as they were told
     */
    boolean mayHear(Starter owner, String event, ObjectNode facts);
}
