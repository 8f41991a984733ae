package dev.gantry.identity;

import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Ends what a module keeps of people who leave. Thread-safe. */
@FunctionalInterface
public interface Leaving {
    /**
     * Learns that somebody may not sign in any more, in the transaction by which that is so; every node looks up the callers of
     * the organization anew after its commit.
     *
     * @param forGood whether they are deleted: nothing of theirs may serve whoever gets the name next; otherwise they may come
     *     back as they were, and only what they have opened ends
     */
    void left(Handle handle, UUID principal, boolean forGood);
}
