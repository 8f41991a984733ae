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

    /**
     * Returns the same for a request that must not be made in its owner's name, such as one that a page of another site had
     * a browser send: it must be valid all the same, and proves nobody.
     */
    default Proof withoutCaller() {
        Proof shown = this;
        return new Proof() {
            @Override
            public String id() {
                return shown.id();
            }

            @Override
            public void require() {
                shown.require();
            }

            @Override
            public Caller caller() {
                shown.require();
                throw new GantryException(
                        ErrorCode.UNAUTHENTICATED,
                        "The client certificate does not count for a page of another site; send an API key, or add the"
                                + " page's origin to server.allowed_origins");
            }
        };
    }
}
