package dev.gantry.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Says who may hear of an event: a run or a trigger must tell its owner nothing that they could not look up. Thread-safe. */
@FunctionalInterface
public interface EventAudience {
    /** Everybody, of everything. */
    EventAudience EVERYBODY = (owner, event, facts) -> true;

    /**
     * Returns whether somebody may hear of an event now. May block, and is asked within no transaction.
     *
     * @param owner whose run waits for it, within the permissions of its workflow, or whose trigger hears of it
     * @param event its name, such as {@code run.failed}
     * @param facts as they were told
     */
    boolean mayHear(Starter owner, String event, ObjectNode facts);
}
