package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;

/** Knows who presents what is no API key. Thread-safe. */
@FunctionalInterface
public interface BearerTokens {
    /**
     * Finds out who presents a token.
     *
     * @param token of any form and length that a header can have
     * @param unattended as in {@link Credentials}
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if it is none, is not valid, or no longer;
     *     {@link ErrorCode#DATABASE_UNAVAILABLE}, {@link ErrorCode#OVERLOADED} if that cannot be told
     */
    Caller authenticate(String token, boolean unattended);
}
