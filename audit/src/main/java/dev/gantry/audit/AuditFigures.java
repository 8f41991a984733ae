package dev.gantry.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What this node's part of the audit log did since it was opened, and how it is. Nothing here tells of single events.
 *
 * @param events that became durable in the database
 * @param bytes of these, as canonical JSON
 * @param transactions in which they were written
 * @param lagSum of each transaction, how long the first of its events had waited to be durable
 * @param lag that of the last transaction
 * @param logSize batches in the signed log, when this node last looked
 * @param unseen how long ago this node last made sure that all batches are signed and mirrored
 * @param signing false while it signs nothing, since the log was altered or cannot be mirrored
 * @param spilling events that lie in the local file, waiting for the database
 * @param spillBytes size of that file
 * @param spilled events that ever went there
 * @param sinks each of the sinks
 * @param verification the last regular one of any node, or a later one that this node was asked for; null when there was none
 */
public record AuditFigures(
        long events,
        long bytes,
        long transactions,
        Duration lagSum,
        Duration lag,
        long logSize,
        Duration unseen,
        boolean signing,
        long spilling,
        long spillBytes,
        long spilled,
        List<Sink> sinks,
        @Nullable Verification verification) {
    /** Copies the list. */
    public AuditFigures {
        sinks = List.copyOf(sinks);
    }

    /**
     * A sink.
     *
     * @param name its name in the configuration
     * @param behind how many batches of the log it has not got; empty where another node feeds it
     * @param taking whether it took the last delivery
     * @param delivered events that this node delivered
     */
    public record Sink(String name, OptionalLong behind, boolean taking, long delivered) {}

    /**
     * A verification.
     *
     * @param at when it ended
     * @param findings how much was wrong
     * @param events how many were verified
     */
    public record Verification(Instant at, long findings, long events) {}
}
