package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What the attempts at a step have done so far, for steps that do several things in a row: the next attempt reads it and goes
 * on from there. It is sealed like outputs, and goes when the step is done. Used by one thread.
 */
public interface StepJournal {
    /** Returns everything that was added, by earlier attempts too, in order. */
    List<JsonNode> entries();

    /**
     * Adds an entry, durably, with what it took. Tokens that were reserved are settled with it: what was not used comes back.
     *
     * @param tokens that were used since the entry before
     * @param costMicroUsd what they cost
     * @param event what the run's events say of it, such as {@code step.turn}
     * @param facts for the event; readable by everyone who sees the run, so without contents
     * @throws dev.gantry.kernel.GantryException {@code QUOTA_EXCEEDED} if the step has done too much, or the entry is too large
     * @throws RuntimeException if the step is no more this attempt's
     */
    void append(JsonNode entry, long tokens, long costMicroUsd, String event, ObjectNode facts);
}
