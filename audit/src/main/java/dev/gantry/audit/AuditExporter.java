package dev.gantry.audit;

import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.proof.AuditExport;
import dev.gantry.proof.BatchHeader;
import dev.gantry.proof.MerkleProof;
import dev.gantry.proof.SignedNote;
import dev.gantry.proof.TreeHash;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Exports events with their proofs, of a log that holds every batch it ever had: what is signed here must not pass for whole when
 * it is not. Streams in bounded memory. Thread-safe.
 */
record AuditExporter(Database database, SigningKeys keys) {
    private static final int ROWS = 2_000;

    /** An event's id is made when the event is written; what it tells of may have begun so long before. */
    private static final List<Duration> AGES = List.of(Duration.ofHours(1), Duration.ofDays(2));

    private static final String HEADERS = """
            SELECT b.shard, b.number, b.sequence, b.epoch, b.recorded_at, b.events, b.root, b.previous, l.position
            FROM audit_batches AS b JOIN audit_log AS l ON l.shard = b.shard AND l.sequence = b.sequence
            WHERE b.organization_id = ? AND l.position < ?
            """;

    /** Exports the batches that were recorded in a period, whole. */
    void export(UUID organization, @Nullable Instant from, @Nullable Instant to, OutputStream out) {
        database.<@Nullable Void>inSnapshot(organization, handle -> {
            try {
                export(handle, organization, from, to, out);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return null;
        });
    }

    private void export(
            Handle handle, UUID organization, @Nullable Instant from, @Nullable Instant to, OutputStream out)
            throws SQLException, IOException {
        CheckpointLog.Stored last = requireCheckpoint(handle);
        requireWhole(handle, organization, last.size());
        Instant removedBefore = removedBefore(handle, organization);
        LogTree log = new LogTree(handle, last.size());
        AuditExport export = new AuditExport(out);
        export.head(head(handle, organization, last), from, to);
        try (PreparedStatement select = handle.getConnection()
                        .prepareStatement(HEADERS + " AND b.recorded_at >= ? AND b.recorded_at < ? ORDER BY 1, 2");
                EventCursor events = new EventCursor(handle.getConnection(), organization, from, to)) {
            select.setFetchSize(ROWS);
            select.setObject(1, organization);
            select.setLong(2, last.size());
            select.setObject(3, from == null ? OffsetDateTime.MIN : from.atOffset(ZoneOffset.UTC));
            select.setObject(4, to == null ? OffsetDateTime.MAX : to.atOffset(ZoneOffset.UTC));
            events.advance();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    BatchHeader header = header(rows, organization);
                    while (events.isBefore(header.shard(), header.number())) {
                        events.advance();
                    }
                    long position = rows.getLong(9);
                    // Without an anchor the missing events are a gap that whoever verifies the export shall see.
                    boolean removed = !events.isOf(header.shard(), header.number())
                            && header.recordedAt().isBefore(removedBefore);
                    export.batch(header, position, log.path(position), removed);
                    while (events.isOf(header.shard(), header.number())) {
                        export.event(events.event());
                        events.advance();
                    }
                }
            }
        }
        export.end(keys.signer());
    }

    private AuditExport.Head head(Handle handle, UUID organization, CheckpointLog.Stored last) {
        return new AuditExport.Head(
                organization,
                keys.trusted(),
                last.note(),
                Anchors.newest(handle, organization).orElse(null));
    }

    private Instant removedBefore(Handle handle, UUID organization) {
        try {
            return Anchors.read(handle, organization, keys.trusted()).before();
        } catch (SignedNote.Untrusted forged) {
            throw altered("The anchor of what retention removed: " + forged.getMessage());
        }
    }

    /** Where a batch is gone altogether, at an edge of a period no chain shows it. */
    private static void requireWhole(Handle handle, UUID organization, long size) {
        long entries = count(handle, "SELECT count(*) FROM audit_log WHERE position < ?", size);
        if (entries != size) {
            throw altered("The log has " + entries + " of its " + size + " entries");
        }
        long gone = count(handle, """
                SELECT count(*) FROM audit_log AS l
                WHERE l.position < ? AND l.organization_id = ?
                  AND NOT EXISTS (SELECT FROM audit_batches AS b
                                  WHERE b.organization_id = l.organization_id AND b.shard = l.shard
                                    AND b.sequence = l.sequence)
                """, size, organization);
        if (gone > 0) {
            throw altered(gone + " batches that are in the log are gone");
        }
    }

    private static long count(Handle handle, String sql, Object... arguments) {
        return handle.select(sql, arguments).mapTo(Long.class).one();
    }

    /** Returns the refusal to vouch for a log that was altered. */
    static GantryException altered(String what) {
        return new GantryException(
                ErrorCode.CONFLICT,
                "The audit log was altered, so nothing of it is exported or proven: " + what
                        + ". gantry audit verify says what is wrong");
    }

    private static CheckpointLog.Stored requireCheckpoint(Handle handle) {
        CheckpointLog.Stored last = CheckpointLog.last(handle);
        if (last.size() == 0) {
            throw new GantryException(
                    ErrorCode.NOT_FOUND, "The audit log has no checkpoint yet; try again in a second");
        }
        return last;
    }

    private static BatchHeader header(ResultSet rows, UUID organization) throws SQLException {
        return new BatchHeader(
                organization,
                rows.getInt(1),
                rows.getLong(2),
                rows.getLong(3),
                rows.getLong(4),
                Shard.instant(rows, 5),
                rows.getInt(6),
                rows.getBytes(7),
                rows.getBytes(8));
    }

    /**
     * Exports one event with its path to the batch's root in place of the batch's other events.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if there is no such event, or no checkpoint covers it yet
     */
    void prove(UUID organization, UUID id, OutputStream out) {
        database.<@Nullable Void>inSnapshot(organization, handle -> {
            try {
                prove(handle, organization, find(handle, organization, id), out);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return null;
        });
    }

    private record Place(int shard, long batch, int leaf) {}

    private static Place find(Handle handle, UUID organization, UUID id) {
        Instant made = Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
        for (Duration age : AGES) {
            Place place = handle.createQuery("""
                            SELECT shard, batch, leaf FROM audit_events
                            WHERE organization_id = :organization AND id = :id AND occurred_at BETWEEN :from AND :to
                            """)
                    .bind("organization", organization)
                    .bind("id", id)
                    .bind("from", made.minus(age).atOffset(ZoneOffset.UTC))
                    .bind("to", made.plus(age).atOffset(ZoneOffset.UTC))
                    .map((row, _) -> new Place(row.getInt(1), row.getLong(2), row.getInt(3)))
                    .findFirst()
                    .orElse(null);
            if (place != null) {
                return place;
            }
        }
        throw new GantryException(ErrorCode.NOT_FOUND, "There is no audit event " + id);
    }

    private void prove(Handle handle, UUID organization, Place place, OutputStream out)
            throws SQLException, IOException {
        CheckpointLog.Stored last = requireCheckpoint(handle);
        List<byte[]> events = handle.createQuery("""
                        SELECT event FROM audit_events
                        WHERE organization_id = :organization AND shard = :shard AND batch = :batch
                        ORDER BY leaf
                        """)
                .bind("organization", organization)
                .bind("shard", place.shard())
                .bind("batch", place.batch())
                .map((row, _) -> row.getString(1).getBytes(StandardCharsets.UTF_8))
                .list();
        TreeHash hash = new TreeHash();
        List<byte[]> leaves = events.stream().map(hash::leaf).toList();
        try (PreparedStatement select =
                handle.getConnection().prepareStatement(HEADERS + " AND b.shard = ? AND b.number = ?")) {
            select.setObject(1, organization);
            select.setLong(2, last.size());
            select.setInt(3, place.shard());
            select.setLong(4, place.batch());
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next() || place.leaf() >= leaves.size()) {
                    throw new GantryException(
                            ErrorCode.NOT_FOUND,
                            "No checkpoint covers this audit event yet. Try again in a second; if that does not help, verify"
                                    + " the log");
                }
                AuditExport export = new AuditExport(out);
                export.headOfProof(head(handle, organization, last));
                export.batch(
                        header(rows, organization),
                        rows.getLong(9),
                        new LogTree(handle, last.size()).path(rows.getLong(9)),
                        false);
                export.event(events.get(place.leaf()), place.leaf(), MerkleProof.path(leaves, place.leaf()));
                export.end(keys.signer());
            }
        }
    }
}
