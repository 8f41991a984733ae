package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gantry.gateway.Guard;
import dev.gantry.guard.Direction;
import dev.gantry.guard.Inspection;
import org.jspecify.annotations.Nullable;

/**
 * The guard before tools: what is sent to one is held against the rules for prompts, as what is sent to a model; what one answers
 * is held against those for results of tools, where instructions have no place. Thread-safe.
 */
record ToolGuard(Guard guard) {
    /**
     * Returns what may be sent.
     *
     * @throws dev.gantry.kernel.GantryException {@code CONTENT_BLOCKED} if it must not be sent
     */
    JsonNode sent(@Nullable String team, JsonNode value) {
        Inspection inspection = guard.open(team, Direction.PROMPT);
        return inspection.isOff() ? value : Guard.inspected(value, inspection);
    }

    /** The same of a single text. */
    String sent(@Nullable String team, String text) {
        return sent(team, TextNode.valueOf(text)).textValue();
    }

    /**
     * Refuses an answer that must not come in. What passes stays as it is: before it goes to a model it is looked at again, and
     * replaced there where the rules say so.
     *
     * @throws dev.gantry.kernel.GantryException {@code CONTENT_BLOCKED} if it must not come in
     */
    void received(@Nullable String team, JsonNode value) {
        Inspection inspection = guard.open(team, Direction.PROMPT);
        if (!inspection.isOff()) {
            inspection.document(true);
            Guard.inspected(value, inspection);
        }
    }
}
