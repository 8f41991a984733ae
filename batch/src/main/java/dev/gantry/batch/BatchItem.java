package dev.gantry.batch;

import java.time.Instant;
import java.util.UUID;

/**
 * A request of a batch that is to be made now.
 *
 * @param number from 0, in the order in which they were handed in
 * @param body in JSON
 * @param executionId the id of its line in the ledger: the same when it is made again because nobody knows whether it was
 * @param startedAt the time of that line
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record BatchItem(
        Batch batch, UUID organization, int number, String endpoint, byte[] body, UUID executionId, Instant startedAt) {
    /** Returns the key by which a provider may know that it has had the request before. */
    public String idempotencyKey() {
        return "batch-" + batch.id() + "-" + number;
    }
}
