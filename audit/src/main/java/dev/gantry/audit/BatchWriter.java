package dev.gantry.audit;

import dev.gantry.audit.Shard.Head;
import dev.gantry.database.BatchColumns;
import dev.gantry.database.GroupCommit;
import dev.gantry.database.Statements;
import dev.gantry.kernel.CanonicalJson;
import dev.gantry.proof.BatchHeader;
import dev.gantry.proof.CompactRange;
import dev.gantry.proof.TreeHash;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Writes events of one organization as a batch: rows, header, and the header's hash in the inbox of the log. Canonical JSON
 * and hashes are made here, by the one thread that writes, into buffers that it keeps.
 */
final class BatchWriter implements GroupCommit.BatchInsert<BatchWriter.Row> {
    /** In the select list, {@code unnest} streams; in FROM it would first collect every column on its own. */
    private static final String INSERT_EVENTS = """
            INSERT INTO audit_events (organization_id, recorded_at, shard, batch, leaf, occurred_at, id, subject, event_type,
                                      resource, team, result, request_id, event)
            SELECT ?, ?, ?, ?, leaf, timestamptz 'epoch' + occurred_at_us * interval '1 microsecond', id, subject, event_type,
                   resource, team, result, request_id, event
            FROM (SELECT generate_series(0, ?) AS leaf, unnest(?) AS occurred_at_us, unnest(?) AS id, unnest(?) AS subject,
                         unnest(?) AS event_type, unnest(?) AS resource, unnest(?) AS team, unnest(?) AS result,
                         unnest(?) AS request_id, unnest(?) AS event) AS rows
            """;

    private static final String INSERT_HEADER = """
            INSERT INTO audit_batches (organization_id, shard, number, sequence, epoch, recorded_at, events, root, previous, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String INSERT_CHAIN =
            "INSERT INTO audit_chains (organization_id, shard) VALUES (?, ?) ON CONFLICT DO NOTHING";

    private static final String INSERT_INBOX =
            "INSERT INTO audit_inbox (shard, sequence, epoch, organization_id, hash) VALUES (?, ?, ?, ?, ?)";

    private final Clock clock;
    private final PersonSealer sealer;
    private final Shard shard = new Shard();
    private final CanonicalJson json = new CanonicalJson();
    private final TreeHash hash = new TreeHash();
    private final CompactRange tree = new CompactRange();
    private final BatchColumns<Leaf> columns = new BatchColumns.Builder<Leaf>()
            .micros(leaf -> leaf.event().timestamp())
            .uuids(leaf -> leaf.event().id())
            .uuids(leaf -> leaf.persons().actorSubject())
            .texts(leaf -> leaf.event().eventType())
            .texts(leaf -> leaf.persons().resource())
            .texts(leaf -> leaf.event().team())
            .texts(leaf -> leaf.event().result().id())
            .texts(leaf -> leaf.event().requestId())
            .json(this::grow)
            .build();
    private final WriteFigures figures = new WriteFigures();
    private long bytes;
    private @Nullable Attempt last;

    /**
     * An event to be written.
     *
     * @param spilled whether it lay in the spill file, so that it may have been written before
     * @param appendedNanos when it was appended, on the clock of {@link System#nanoTime}
     */
    record Row(AuditEvent event, boolean spilled, long appendedNanos) {
        Row(AuditEvent event, boolean spilled) {
            this(event, spilled, System.nanoTime());
        }
    }

    /** An event as it is stored. */
    private record Leaf(AuditEvent event, SealedPersons persons) {}

    /** The last batch that was sent, in case nobody learns whether it was committed. */
    @SuppressWarnings("ArrayRecordComponent") // hashes are compared by their content, these records never
    private record Attempt(int shard, long sequence, byte[] hash) {}

    BatchWriter(Clock clock, PersonSealer sealer) {
        this.clock = clock;
        this.sealer = sealer;
    }

    /** Returns what was written so far. */
    WriteFigures figures() {
        return figures;
    }

    @Override
    public void insert(Statements statements, UUID organization, List<Row> rows) throws SQLException {
        Handle handle = statements.handle();
        Connection connection = handle.getConnection();
        shard.enter(connection);
        List<AuditEvent> batch = unwritten(connection, organization, rows);
        if (batch.isEmpty()) {
            return;
        }
        List<SealedPersons> persons = sealer.seal(handle, organization, batch);
        List<Leaf> leaves = new ArrayList<>(batch.size());
        for (int index = 0; index < batch.size(); index++) {
            leaves.add(new Leaf(batch.get(index), persons.get(index)));
        }
        bytes = 0;
        Head head = shard.head(connection, organization);
        Instant recordedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        byte[] root = addEvents(statements, organization, recordedAt, head.number() + 1, leaves);
        BatchHeader header = new BatchHeader(
                organization,
                shard.number(),
                head.number() + 1,
                shard.nextSequence(),
                shard.epoch(),
                recordedAt,
                batch.size(),
                root,
                head.hash());
        byte[] headerHash = header.hash(hash);
        addHeader(statements, header, headerHash);
        shard.advance(organization, new Head(header.number(), headerHash));
        last = new Attempt(header.shard(), header.sequence(), headerHash);
        figures.sent(batch.size(), bytes, rows.getFirst().appendedNanos());
    }

    @Override
    public void ended(boolean committed) {
        shard.ended(committed);
        sealer.ended(committed);
        figures.ended(committed);
    }

    /** What its keys refuse is another batch at the same place. */
    @Override
    public boolean hasRowKeys() {
        return false;
    }

    @Override
    public boolean wasCommitted(Handle handle) throws SQLException {
        Attempt attempt = last;
        if (attempt == null) {
            return false;
        }
        shard.requireEndOfPreviousSession(handle.getConnection());
        try (PreparedStatement select = handle.getConnection()
                .prepareStatement("SELECT hash FROM audit_inbox WHERE shard = ? AND sequence = ?")) {
            select.setInt(1, attempt.shard());
            select.setLong(2, attempt.sequence());
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() && Arrays.equals(rows.getBytes(1), attempt.hash());
            }
        }
    }

    /** Leaves out what lay in the spill file and was written nevertheless. */
    private static List<AuditEvent> unwritten(Connection connection, UUID organization, List<Row> rows)
            throws SQLException {
        if (rows.stream().noneMatch(Row::spilled)) {
            return rows.stream().map(Row::event).toList();
        }
        List<AuditEvent> spilled =
                rows.stream().filter(Row::spilled).map(Row::event).toList();
        Set<UUID> written = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement("""
                        SELECT id FROM audit_events
                        WHERE organization_id = ? AND occurred_at >= ? AND occurred_at <= ? AND id = ANY (?)
                        """)) {
            select.setObject(1, organization);
            Instant first = spilled.stream()
                    .map(AuditEvent::timestamp)
                    .min(Instant::compareTo)
                    .orElseThrow();
            Instant latest = spilled.stream()
                    .map(AuditEvent::timestamp)
                    .max(Instant::compareTo)
                    .orElseThrow();
            select.setObject(2, first.atOffset(ZoneOffset.UTC));
            select.setObject(3, latest.atOffset(ZoneOffset.UTC));
            select.setArray(
                    4,
                    connection.createArrayOf(
                            "uuid", spilled.stream().map(AuditEvent::id).toArray()));
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    written.add(found.getObject(1, UUID.class));
                }
            }
        }
        // A spilled event may also stand in this batch twice, when its first copy was still queued.
        Set<UUID> taken = new HashSet<>();
        return rows.stream()
                .filter(row -> !row.spilled() || !written.contains(row.event().id()))
                .filter(row -> taken.add(row.event().id()))
                .map(Row::event)
                .toList();
    }

    /** Writes the canonical JSON of an event, and its hash into the tree of the batch. */
    private CanonicalJson grow(Leaf leaf) {
        EventWriter.sealed(json.restart(), leaf.event(), leaf.persons());
        tree.appendData(json.buffer(), 0, json.length());
        bytes += json.length();
        return json;
    }

    /** Adds the rows and returns the root over them. */
    private byte[] addEvents(
            Statements statements, UUID organization, Instant recordedAt, long number, List<Leaf> leaves) {
        tree.clear();
        List<Object> parameters = new ArrayList<>(
                List.of(organization, recordedAt.atOffset(ZoneOffset.UTC), shard.number(), number, leaves.size() - 1));
        parameters.addAll(columns.arrays(leaves));
        statements.add(INSERT_EVENTS, parameters);
        return tree.root();
    }

    /** Plain statements, and none that seldom has anything to do: each of them costs a lone event as much as its row does. */
    private static void addHeader(Statements statements, BatchHeader header, byte[] headerHash) {
        statements.add(
                INSERT_HEADER,
                List.of(
                        header.organization(),
                        header.shard(),
                        header.number(),
                        header.sequence(),
                        header.epoch(),
                        header.recordedAt().atOffset(ZoneOffset.UTC),
                        header.count(),
                        header.root(),
                        header.previous(),
                        headerHash));
        if (header.number() == 1) {
            statements.add(INSERT_CHAIN, List.of(header.organization(), header.shard()));
        }
        statements.add(
                INSERT_INBOX,
                List.of(header.shard(), header.sequence(), header.epoch(), header.organization(), headerHash));
    }
}
