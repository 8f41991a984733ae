package dev.gantry.audit;

import dev.gantry.proof.Checkpoint;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a verification found.
 *
 * @param organizations how many organizations' events were verified
 * @param batches how many batches
 * @param events how many events
 * @param removed how many batches retention had removed the events of
 * @param pending how many batches no checkpoint covers yet, at most those of the last second or so
 * @param logSize entries of the log
 * @param checkpoint the newest that the database has; null when it has none
 * @param mirrored how many checkpoints outside of the database were compared
 * @param findings what is wrong, at most {@link #FINDINGS_MAX}
 * @param findingsTotal how much is wrong
 */
public record VerificationReport(
        int organizations,
        long batches,
        long events,
        long removed,
        long pending,
        long logSize,
        @Nullable Checkpoint checkpoint,
        long mirrored,
        List<Finding> findings,
        long findingsTotal) {
    /** Most findings that are told one by one. */
    public static final int FINDINGS_MAX = 100;

    /** Copies the list. */
    public VerificationReport {
        findings = List.copyOf(findings);
    }

    /** Returns whether nothing is wrong. */
    public boolean isSound() {
        return findingsTotal == 0;
    }

    /** What can be wrong. */
    public enum Kind {
        /** The log does not hold what a checkpoint says. */
        LOG_ALTERED,
        /** The log ends before a checkpoint that lies outside of the database. */
        LOG_CUT_OFF,
        /** A checkpoint or anchor in the database has no valid signature. */
        CHECKPOINT_FORGED,
        /** The log or a chain has a batch that is gone. */
        BATCH_MISSING,
        /** A batch's header is not what its chain or the log says. */
        BATCH_ALTERED,
        /** A batch stands where none was written. */
        BATCH_INSERTED,
        /** Events of a batch are gone. */
        EVENT_MISSING,
        /** Events of a batch are not what was written, or not in their order. */
        EVENT_ALTERED,
        /** An event stands where none was written. */
        EVENT_INSERTED
    }

    /**
     * Something that is wrong.
     *
     * @param message what, where, and what was expected
     * @param organization whose log; null for what concerns all
     */
    public record Finding(
            Kind kind, String message, @Nullable UUID organization) {}

    /** How far a verification has come. */
    public record Progress(long events, long batches, long logEntries) {}
}
