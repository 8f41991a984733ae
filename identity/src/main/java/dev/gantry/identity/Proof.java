package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;

/** What a connection proves about its client, whatever a request on it presents: a client certificate. Thread-safe. */
public interface Proof {
    /** Returns what it is known by, such as {@code sha256:…}; no secret. */
    String id();

    /**
     * Insists that it is valid now, whoever it proves.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if it is not, in words for its owner
     */
    void require();

    /**
     * Finds out whom it proves.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if it is not valid, proves nobody, or somebody who may not
     *     call; {@link ErrorCode#DATABASE_UNAVAILABLE}, {@link ErrorCode#OVERLOADED} if that cannot be told
     */
    Caller caller();
}
