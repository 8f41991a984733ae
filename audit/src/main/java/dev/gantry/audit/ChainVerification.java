package dev.gantry.audit;

import dev.gantry.audit.Shard.Head;
import dev.gantry.audit.VerificationReport.Kind;
import dev.gantry.proof.BatchHeader;
import dev.gantry.proof.CompactRange;
import dev.gantry.proof.NoteKey;
import dev.gantry.proof.SignedNote;
import dev.gantry.proof.TreeHash;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the chains of one organization and the events of their batches, in a snapshot of the organization: headers and
 * events are read side by side, in the same order, a few thousand at a time.
 */
final class ChainVerification {
    private static final int ROWS = 2_000;

    /** Which headers are verified beside the events of a period. */
    enum Headers {
        /** All, whatever the period is. */
        ALL,
        /** None: those of the period are read only to verify the events against them. */
        NONE
    }

    private final Findings findings;
    private final LogVerification log;
    private final UUID organization;
    private final @Nullable Instant from;
    private final @Nullable Instant to;
    private final Headers headers;
    private final TreeHash hash = new TreeHash();
    private final CompactRange tree = new CompactRange();
    private Instant removedBefore = Instant.MIN;
    private int shard = -1;
    private Head head = Head.NONE;
    private long inLog;

    /** {@code from} and {@code to} bound the batches whose events are verified. */
    ChainVerification(
            Findings findings,
            LogVerification log,
            UUID organization,
            @Nullable Instant from,
            @Nullable Instant to,
            Headers headers) {
        this.findings = findings;
        this.log = log;
        this.organization = organization;
        this.from = from;
        this.to = to;
        this.headers = headers;
    }

    void verify(Handle handle, Collection<NoteKey> keys) throws SQLException {
        findings.organizations++;
        try {
            removedBefore = Anchors.read(handle, organization, keys).before();
        } catch (SignedNote.Untrusted forged) {
            add(Kind.CHECKPOINT_FORGED, "The anchor of what retention removed: " + forged.getMessage());
        }
        try (PreparedStatement select = handle.getConnection().prepareStatement("""
                        SELECT b.shard, b.number, b.sequence, b.epoch, b.recorded_at, b.events, b.root, b.previous, b.hash,
                               l.position, l.hash, l.organization_id
                        FROM audit_batches AS b LEFT JOIN audit_log AS l ON l.shard = b.shard AND l.sequence = b.sequence
                        WHERE b.organization_id = ? AND b.recorded_at >= ? AND b.recorded_at < ?
                        ORDER BY b.shard, b.number
                        """);
                EventCursor events = new EventCursor(handle.getConnection(), organization, from, to)) {
            boolean all = headers == Headers.ALL;
            select.setObject(1, organization);
            select.setObject(2, EventCursor.start(all ? null : from));
            select.setObject(3, EventCursor.end(all ? null : to));
            select.setFetchSize(ROWS);
            events.advance();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    verify(rows, events);
                }
            }
            requireNoMore(events, Integer.MAX_VALUE, 0);
        }
        if (headers == Headers.ALL) {
            requireAllOfTheLog(handle);
        }
    }

    private void add(Kind kind, String message) {
        findings.add(kind, message, organization);
    }

    private void verify(ResultSet rows, EventCursor events) throws SQLException {
        BatchHeader header;
        try {
            header = new BatchHeader(
                    organization,
                    rows.getInt(1),
                    rows.getLong(2),
                    rows.getLong(3),
                    rows.getLong(4),
                    Shard.instant(rows, 5),
                    rows.getInt(6),
                    rows.getBytes(7),
                    rows.getBytes(8));
        } catch (IllegalArgumentException impossible) {
            add(Kind.BATCH_ALTERED, "Batch " + rows.getLong(2) + " of shard " + rows.getInt(1) + " is malformed");
            return;
        }
        if (headers == Headers.ALL) {
            byte[] headerHash = header.hash(hash);
            verifyChain(header, headerHash, rows.getBytes(9));
            verifyInLog(header, headerHash, rows);
            findings.batches++;
        }
        requireNoMore(events, header.shard(), header.number());
        if ((from == null || !header.recordedAt().isBefore(from))
                && (to == null || header.recordedAt().isBefore(to))) {
            verifyEvents(header, events);
        }
        findings.moved();
    }

    private void verifyChain(BatchHeader header, byte[] headerHash, byte[] storedHash) {
        if (header.shard() != shard) {
            shard = header.shard();
            head = Head.NONE;
        }
        if (header.number() != head.number() + 1) {
            add(
                    Kind.BATCH_MISSING,
                    "Shard " + shard + " goes from batch " + head.number() + " to batch " + header.number());
        } else if (!Arrays.equals(header.previous(), head.hash())) {
            add(Kind.BATCH_ALTERED, name(header) + " does not follow the one before: one of the two was altered");
        }
        if (!Arrays.equals(headerHash, storedHash)) {
            add(Kind.BATCH_ALTERED, name(header) + ": its header is not the one that was hashed");
        }
        head = new Head(header.number(), headerHash);
    }

    private void verifyInLog(BatchHeader header, byte[] headerHash, ResultSet rows) throws SQLException {
        long position = rows.getLong(10);
        if (rows.wasNull()) {
            if (header.sequence() > log.lastSequence(header.shard())) {
                findings.pending++;
            } else {
                add(Kind.BATCH_INSERTED, name(header) + " is not in the log, though later ones of its shard are");
            }
            return;
        }
        if (position >= log.size()) {
            findings.pending++;
            return;
        }
        inLog++;
        if (!Arrays.equals(rows.getBytes(11), headerHash) || !organization.equals(rows.getObject(12, UUID.class))) {
            add(Kind.BATCH_ALTERED, name(header) + " is not the one that entry " + position + " of the log covers");
        }
    }

    private void verifyEvents(BatchHeader header, EventCursor events) throws SQLException {
        tree.clear();
        int missing = -1;
        while (events.isOf(header.shard(), header.number())) {
            if (events.leaf() != tree.size() && missing < 0) {
                missing = (int) tree.size();
            }
            events.appendTo(tree);
            String column = events.alteredColumn();
            if (column != null) {
                add(
                        Kind.EVENT_ALTERED,
                        "Event " + events.id() + " (leaf " + events.leaf() + " of " + name(header) + "): the column "
                                + column + " is not what the event says");
            }
            findings.events++;
            findings.moved();
            events.advance();
        }
        if (tree.size() == 0 && header.recordedAt().isBefore(removedBefore)) {
            findings.removed++;
        } else if (tree.size() < header.count()) {
            add(
                    Kind.EVENT_MISSING,
                    name(header) + " has " + tree.size() + " of its " + header.count() + " events"
                            + (missing < 0
                                    ? "; its last ones are gone"
                                    : "; leaf " + missing + " is the first that is gone"));
        } else if (tree.size() > header.count()) {
            add(Kind.EVENT_INSERTED, name(header) + " has " + tree.size() + " events instead of " + header.count());
        } else if (missing >= 0 || !Arrays.equals(tree.root(), header.root())) {
            add(
                    Kind.EVENT_ALTERED,
                    name(header) + ": one of its " + header.count()
                            + " events was altered or replaced, or their order was changed");
        }
    }

    /** Events that come before a batch in the order and were not read with one belong to none. */
    private void requireNoMore(EventCursor events, int beforeShard, long beforeNumber) throws SQLException {
        while (events.isBefore(beforeShard, beforeNumber)) {
            add(
                    Kind.EVENT_INSERTED,
                    "Event " + events.id() + " names batch " + events.batch() + " of shard " + events.shard()
                            + ", which does not exist");
            findings.events++;
            events.advance();
        }
    }

    private void requireAllOfTheLog(Handle handle) {
        long expected = log.entries().getOrDefault(organization, 0L);
        if (inLog >= expected) {
            return;
        }
        handle.createQuery("""
                        SELECT position, shard, sequence FROM audit_log AS l
                        WHERE organization_id = :organization AND position < :size
                          AND NOT EXISTS (SELECT FROM audit_batches AS b
                                          WHERE b.organization_id = :organization AND b.shard = l.shard
                                            AND b.sequence = l.sequence)
                        ORDER BY position
                        LIMIT 20
                        """)
                .bind("organization", organization)
                .bind("size", log.size())
                .map((row, _) -> "The batch of entry " + row.getLong(1) + " of the log (place " + row.getLong(3)
                        + " of shard " + row.getInt(2) + ") is gone")
                .forEach(message -> add(Kind.BATCH_MISSING, message));
    }

    private static String name(BatchHeader header) {
        return "Batch " + header.number() + " of shard " + header.shard() + ", recorded at " + header.recordedAt();
    }
}
