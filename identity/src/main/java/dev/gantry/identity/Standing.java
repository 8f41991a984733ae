package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;

/**
 * That somebody was let in, to be asked again while their answer is under way. It stays as long as what let them in, whatever
 * becomes of the text by which they presented it: a session outlives each of its tokens. Thread-safe.
 */
public interface Standing {
    /** Returns what is the same for all who were let in by the same; may be a secret. */
    String id();

    /**
     * Insists that they would still be let in.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if not; {@link ErrorCode#DATABASE_UNAVAILABLE},
     *     {@link ErrorCode#OVERLOADED} if that cannot be told
     */
    void require();

    /** Returns one that asks something. */
    static Standing of(String id, Runnable question) {
        return new Standing() {
            @Override
            public String id() {
                return id;
            }

            @Override
            public void require() {
                question.run();
            }
        };
    }
}
