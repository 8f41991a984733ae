package dev.gantry.gateway;

import dev.gantry.metering.Model;
import java.util.Map;

/**
 * What a request occupies while it runs: a slot, a share of a rate limit, a reserved part of a budget. It ends in one of
 * two ways, on every path out of the gateway. Used by the request's own thread; must not throw.
 */
public interface Hold {
    /** Occupies nothing. */
    Hold NONE = new Hold() {
        @Override
        public void settle(Settled settled) {}

        @Override
        public void release() {}
    };

    /** A provider was asked: what was reserved becomes what was consumed. Called before the ledger's row is durable. */
    void settle(Settled settled);

    /** No provider was asked: everything is given back, as if the request had never come. */
    void release();

    /**
     * Takes what asking a further model needs of the limits that are that model's own; once for each model and request. The
     * model that was admitted has what it needs already.
     *
     * @return false if they have no room; nothing is taken then, and the model is not asked
     */
    default boolean enter(Model model) {
        return true;
    }

    /**
     * Takes as much again for one more attempt, because an earlier attempt consumed something or still may.
     *
     * @return false if there is no room for it; nothing changes then, and no further attempt is made
     */
    default boolean again() {
        return true;
    }

    /** Returns headers that tell the caller what is left; for replies of every kind that follow the admission. */
    default Map<String, String> replyHeaders() {
        return Map.of();
    }
}
