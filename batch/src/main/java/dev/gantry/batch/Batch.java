package dev.gantry.batch;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Requests that were handed in at once.
 *
 * @param name as the submitter calls it; null when it has none
 * @param principalId who handed it in
 * @param principal the name of who did
 * @param keyId the key with which it was done; null when something else proved who it was
 * @param wishes what the submitter wishes of the way of all requests, by name of the header
 * @param expiresAt after which no request begins
 * @param finishedAt null while there are requests that are not over
 */
public record Batch(
        UUID id,
        @Nullable String name,
        UUID principalId,
        String principal,
        @Nullable UUID keyId,
        Map<String, String> wishes,
        State state,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant finishedAt,
        Counts counts) {
    /** Copies the wishes. */
    public Batch {
        wishes = Map.copyOf(wishes);
    }

    /** Where it stands. */
    public enum State {
        /** Requests wait or are under way. */
        RUNNING,
        /** It was cancelled, and requests are still under way. */
        CANCELLING,
        /** Every request is over. */
        FINISHED
    }

    /** How many of its requests are how. */
    public record Counts(int total, int succeeded, int failed, int cancelled, int expired) {
        /** Returns how many wait or are under way. */
        public int open() {
            return total - succeeded - failed - cancelled - expired;
        }
    }
}
