package dev.gantry.runs;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of a run while a transaction that has it locked works on it. Used by one thread. */
final class RunRow {
    final UUID id;
    final String workflow;
    final int version;
    final Starter starter;
    final long budget;
    final Instant deadlineAt;
    final Instant createdAt;
    final @Nullable UUID parentRun;
    final @Nullable String parentScope;
    final @Nullable String parentStep;
    final int depth;
    final @Nullable String concurrencyKey;
    RunState state;

    /** What started it other than a person; null for a person or another run. */
    @Nullable
    Cause cause;

    /** By which the text of the workflow is kept beside the runs; null where the registry keeps it. */
    @Nullable
    String definition;

    long used;
    long reserved;
    long cost;
    int strands;
    int unassigned;
    long events;
    boolean closed;

    /** How often it was retried. */
    int revivals;

    /** Whether it was given up, since it could not be worked on. */
    boolean deadLetter;

    @Nullable
    String error;

    @Nullable
    Instant startedAt;

    /** Since when it is paused; null when it is not. */
    @Nullable
    Instant pausedAt;

    @Nullable
    Instant finishedAt;

    /** What only its beginning knows; null when the run is stored already. */
    @Nullable
    Beginning beginning;

    /** What it gave, when that is to be written. */
    Vault.@Nullable Kept outputs;

    /** What is stored with a new run, and never changes. */
    @SuppressWarnings("ArrayRecordComponent") // Handed on at once, and neither compared nor kept.
    record Beginning(
            byte[] inputs,
            @Nullable String idempotencyKey,
            byte @Nullable [] requestHash,
            @Nullable UUID forkedFrom) {}

    RunRow(
            UUID id,
            String workflow,
            int version,
            Starter starter,
            long budget,
            Instant deadlineAt,
            Instant createdAt,
            @Nullable UUID parentRun,
            @Nullable String parentScope,
            @Nullable String parentStep,
            int depth,
            @Nullable String concurrencyKey,
            RunState state) {
        this.id = id;
        this.workflow = workflow;
        this.version = version;
        this.starter = starter;
        this.budget = budget;
        this.deadlineAt = deadlineAt;
        this.createdAt = createdAt;
        this.parentRun = parentRun;
        this.parentScope = parentScope;
        this.parentStep = parentStep;
        this.depth = depth;
        this.concurrencyKey = concurrencyKey;
        this.state = state;
    }

    UUID organization() {
        return starter.organization();
    }

    /** Returns how many runs that were started by events lie before it. */
    int chain() {
        return cause == null ? 0 : cause.chain();
    }

    /** Returns whether new steps may begin. */
    boolean mayBegin() {
        return state == RunState.RUNNING;
    }
}
