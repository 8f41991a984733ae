package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.metering.Model;

/**
 * A request that may go on: the caller is known, holds the permissions, and every limit has room for it. Closing gives
 * back what it occupies unless it was settled.
 *
 * @param plan which models may answer
 * @param hold what the request occupies
 */
public record Admitted(Ask ask, Caller caller, Prompt prompt, Plan plan, Hold hold) implements AutoCloseable {
    /** Returns the model that is asked first. */
    public Model model() {
        return plan.model();
    }

    /** Returns the same with another prompt. */
    Admitted with(Prompt guarded) {
        return new Admitted(ask, caller, guarded, plan, hold);
    }

    @Override
    public void close() {
        hold.release();
    }
}
