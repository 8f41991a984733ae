package dev.gantry.audit;

import dev.gantry.audit.VerificationReport.Kind;
import dev.gantry.proof.Checkpoint;
import dev.gantry.proof.CompactRange;
import dev.gantry.proof.NoteKey;
import dev.gantry.proof.SignedNote;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Verifies the log over all shards: that it is what every checkpoint says, in the database and outside of it. */
final class LogVerification {
    private static final int ROWS = 10_000;

    private final Findings findings;
    private final Collection<NoteKey> keys;
    private final CheckpointMirror mirror;
    private final long[] lastSequence = new long[Shard.SHARDS_MAX];
    private final Map<UUID, Long> entries = new HashMap<>();
    private long size;

    LogVerification(Findings findings, Collection<NoteKey> keys, CheckpointMirror mirror) {
        this.findings = findings;
        this.keys = keys;
        this.mirror = mirror;
    }

    /** Returns how many entries there are. */
    long size() {
        return size;
    }

    /** Returns the place in a shard up to which everything is in the log. */
    long lastSequence(int shard) {
        return lastSequence[shard];
    }

    /** Returns how many entries each organization has. */
    Map<UUID, Long> entries() {
        return entries;
    }

    /** Verifies, in a snapshot of no organization. */
    void verify(Handle handle) throws SQLException, IOException {
        NavigableMap<Long, Checkpoint> outside = mirror.checkpoints();
        findings.mirrored = outside.size();
        CompactRange tree = new CompactRange();
        try (PreparedStatement select = handle.getConnection()
                        .prepareStatement(
                                "SELECT position, shard, sequence, organization_id, hash FROM audit_log ORDER BY position");
                PreparedStatement signed = handle.getConnection()
                        .prepareStatement("SELECT size, note FROM audit_checkpoints ORDER BY size")) {
            select.setFetchSize(ROWS);
            signed.setFetchSize(ROWS);
            try (ResultSet rows = select.executeQuery();
                    ResultSet checkpoints = signed.executeQuery()) {
                boolean more = checkpoints.next();
                while (rows.next()) {
                    if (!append(rows, tree)) {
                        break;
                    }
                    while (more && checkpoints.getLong(1) <= tree.size()) {
                        compare(checkpoints.getLong(1), checkpoints.getString(2), tree);
                        more = checkpoints.next();
                    }
                    Checkpoint other = outside.get(tree.size());
                    if (other != null && !Arrays.equals(other.root(), tree.root())) {
                        disagrees(other);
                    }
                }
                size = tree.size();
                if (more) {
                    findings.add(
                            Kind.LOG_CUT_OFF,
                            "The database has a checkpoint of " + checkpoints.getLong(1) + " entries, and " + size
                                    + " entries",
                            null);
                }
            }
        }
        requireSignedEnd(handle);
        Map.Entry<Long, Checkpoint> last = outside.lastEntry();
        if (last != null && last.getKey() > size) {
            cutOff(last.getValue());
        }
    }

    private boolean append(ResultSet rows, CompactRange tree) throws SQLException {
        if (rows.getLong(1) != tree.size()) {
            findings.add(
                    Kind.LOG_ALTERED,
                    "Entry " + tree.size() + " of the log is missing; the next one is " + rows.getLong(1)
                            + ". What follows cannot be verified.",
                    null);
            return false;
        }
        int shard = rows.getInt(2);
        long sequence = rows.getLong(3);
        if (shard < 0 || shard >= lastSequence.length) {
            findings.add(Kind.LOG_ALTERED, "Entry " + tree.size() + " of the log names shard " + shard, null);
            return false;
        }
        if (lastSequence[shard] != 0 && sequence != lastSequence[shard] + 1) {
            findings.add(
                    Kind.BATCH_MISSING,
                    "Shard " + shard + " goes from place " + lastSequence[shard] + " to place " + sequence
                            + " in the log: a batch was removed before it was signed",
                    null);
        }
        lastSequence[shard] = sequence;
        entries.merge(rows.getObject(4, UUID.class), 1L, Long::sum);
        tree.append(rows.getBytes(5));
        findings.logEntries++;
        findings.moved();
        return true;
    }

    private void compare(long at, String note, CompactRange tree) {
        try {
            Checkpoint checkpoint = Checkpoint.parse(SignedNote.parse(note).text());
            if (checkpoint.size() != at) {
                findings.add(Kind.CHECKPOINT_FORGED, "The checkpoint of " + at + " entries names another number", null);
            } else if (at == tree.size() && !Arrays.equals(checkpoint.root(), tree.root())) {
                findings.add(
                        Kind.LOG_ALTERED,
                        "The first " + at + " entries of the log are not those of the checkpoint of "
                                + checkpoint.time(),
                        null);
            }
        } catch (SignedNote.Untrusted malformed) {
            findings.add(
                    Kind.CHECKPOINT_FORGED, "The checkpoint of " + at + " entries: " + malformed.getMessage(), null);
        }
    }

    /** Signatures of earlier checkpoints say nothing more once the newest one covers what they cover. */
    private void requireSignedEnd(Handle handle) {
        CheckpointLog.Stored last = CheckpointLog.last(handle);
        if (last.size() != size) {
            findings.add(
                    Kind.LOG_ALTERED,
                    "The log has " + size + " entries, and its newest checkpoint covers " + last.size(),
                    null);
        }
        if (last.size() == 0) {
            return;
        }
        try {
            findings.checkpoint = Checkpoint.parse(SignedNote.verify(last.note(), keys));
        } catch (SignedNote.Untrusted forged) {
            findings.add(Kind.CHECKPOINT_FORGED, "The newest checkpoint: " + forged.getMessage(), null);
        }
    }

    private void disagrees(Checkpoint other) {
        findings.add(
                Kind.LOG_ALTERED,
                "The first " + other.size() + " entries of the log are not those of the checkpoint of " + other.time()
                        + " that lies outside of the database",
                null);
    }

    private void cutOff(Checkpoint other) {
        findings.add(
                Kind.LOG_CUT_OFF,
                "The log has " + size + " entries; a checkpoint of " + other.time()
                        + " that lies outside of the database has " + other.size()
                        + ". The log was cut off, or the database replaced by an earlier state.",
                null);
    }
}
