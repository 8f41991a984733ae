package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.metering.Model;

/**
 * A request that may go on: the caller is known, holds the permissions, and every limit has room for it. Closing gives
 * back what it occupies unless it was settled.
 *
 * @param model the model that the request names
 * @param hold what the request occupies
 */
public record Admitted(Ask ask, Caller caller, Prompt prompt, Model model, Hold hold) implements AutoCloseable {
    @Override
    public void close() {
        hold.release();
    }
}
