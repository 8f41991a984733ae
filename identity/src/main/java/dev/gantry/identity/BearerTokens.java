package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;

/** Knows who presents what is no API key. Thread-safe. */
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

    /**
     * Returns what stands behind a token that was authenticated just now; parameters and errors as for {@link #authenticate}.
     */
    Standing standing(String token, boolean unattended);
}
