package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Identity;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One request for a model's answer, as the edge received it. */
public interface Ask {
    /** Returns where the request came from and how it is identified. */
    Origin origin();

    /** Returns what the caller presented. */
    Credentials credentials();

    /**
     * Finds out who asks.
     *
     * @throws dev.gantry.kernel.GantryException {@code UNAUTHENTICATED} if that cannot be told, or they may not any more
     */
    default Caller authenticate(Identity identity) {
        return identity.authenticate(credentials());
    }

    /**
     * Returns the id of the execution and of its line in the ledger, for work that may be done twice and must be counted once;
     * null for a new one. Its {@link Origin#startedAt} must be the same, too.
     */
    default @Nullable UUID executionId() {
        return null;
    }

    /**
     * Reads the body, or assembles a prompt from it, now that the caller is known.
     *
     * @throws dev.gantry.kernel.GantryException if the body is malformed or names what the caller cannot see
     */
    Prompt prepare(Caller caller);

    /** Returns whether the caller only wants to know what would be asked of whom; known after {@link #prepare}. */
    default boolean wantsPreview() {
        return false;
    }

    /** What would be asked, in JSON, and headers for the reply. */
    record Preview(Buffer body, Map<String, String> headers) {}

    /**
     * Describes what would be asked; called when that is wanted and the caller's permissions are checked.
     *
     * @param passed the conversation as the guard lets it pass, and what the guard found
     * @throws dev.gantry.kernel.GantryException if a limit of the caller is reached
     */
    default Preview preview(Caller caller, Plan plan, Guard.Preview passed) {
        throw new IllegalStateException("No preview was wanted");
    }

    /** Returns the schema in which the caller wants answers and errors. */
    ReplyFormat format();

    /** Returns the connection to the caller. */
    Exchange exchange();

    /**
     * Called once with a complete answer, after it is settled and before the caller learns that it is complete.
     *
     * @param answer null when a provider's reply was forwarded untranslated
     * @param guarded turns what is to be kept of the exchange into what may be kept
     */
    default void answered(Settled settled, @Nullable ChatAnswer answer, Guarded guarded) {}
}
