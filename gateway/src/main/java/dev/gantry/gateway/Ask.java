package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import org.jspecify.annotations.Nullable;

/** One request for a model's answer, as the edge received it. */
public interface Ask {
    /** Returns where the request came from and how it is identified. */
    Origin origin();

    /** Returns what the caller presented. */
    Credentials credentials();

    /**
     * Reads the body, or assembles a prompt from it, now that the caller is known.
     *
     * @throws dev.gantry.kernel.GantryException if the body is malformed or names what the caller cannot see
     */
    Prompt prepare(Caller caller);

    /** Returns the schema in which the caller wants answers and errors. */
    ReplyFormat format();

    /** Returns the connection to the caller. */
    Exchange exchange();

    /**
     * Called once with a complete answer, after it is settled and before the caller learns that it is complete.
     *
     * @param answer null when a provider's reply was forwarded untranslated
     */
    default void answered(Settled settled, @Nullable ChatAnswer answer) {}
}
