package dev.gantry.batch;

/** Makes the requests of batches, each as its submitter and through the whole gate. Thread-safe. */
@FunctionalInterface
public interface ItemGate {
    /** Makes one and waits for its reply, on the caller's virtual thread. Refusals and failures are replies. */
    ItemReply pass(BatchItem item);
}
