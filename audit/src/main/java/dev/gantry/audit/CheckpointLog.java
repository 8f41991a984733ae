package dev.gantry.audit;

import dev.gantry.database.BatchColumns;
import dev.gantry.database.Database;
import dev.gantry.database.Statements;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.proof.Checkpoint;
import dev.gantry.proof.CompactRange;
import dev.gantry.proof.SignedNote;
import dev.gantry.proof.TreeHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the batches of all shards into one log, and signs what it then holds: once a second, by whichever node is first. Every
 * node mirrors every checkpoint that it sees, and first makes sure that the log still holds what it saw before; where it
 * does not, the node signs nothing more.
 */
final class CheckpointLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointLog.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int ROWS_MAX = 20_000;
    private static final int LOCK = -1;

    /** In the select list, {@code unnest} streams; in FROM it would first collect every column on its own. */
    private static final String INSERT_ENTRIES = """
            INSERT INTO audit_log (position, shard, sequence, organization_id, hash)
            SELECT position, shard, sequence, organization_id, hash
            FROM (SELECT generate_series(?, ?) AS position, unnest(?) AS shard, unnest(?) AS sequence,
                         unnest(?) AS organization_id, unnest(?) AS hash) AS entries
            """;

    private static final String INSERT_CHECKPOINT =
            "INSERT INTO audit_checkpoints (size, made_at, edge, note) VALUES (?, ?, ?, ?)";

    private final BatchColumns<Entry> columns = new BatchColumns.Builder<Entry>()
            .integers(Entry::shard)
            .longs(Entry::sequence)
            .uuids(Entry::organization)
            .bytes(Entry::hash)
            .build();
    private final Database database;
    private final SigningKeys keys;
    private final CheckpointMirror mirror;
    private final Clock clock;
    private final AtomicLong size = new AtomicLong();
    private final AtomicLong entries = new AtomicLong();
    private @Nullable Checkpoint mirrored;
    private String trustedNote = "";
    private volatile @Nullable String alteration;
    private volatile @Nullable String unmirrored;
    private volatile long seenNanos = System.nanoTime();
    private volatile boolean closing;
    private @Nullable Thread thread;

    /** A batch that no checkpoint covers yet. */
    @SuppressWarnings("ArrayRecordComponent") // hashes are compared by their content, these records never
    private record Entry(int shard, long sequence, java.util.UUID organization, byte[] hash) {}

    /** A checkpoint as it is stored. */
    @SuppressWarnings("ArrayRecordComponent") // hashes are compared by their content, these records never
    record Stored(long size, byte[] edge, String note) {
        static final Stored NONE = new Stored(0, new byte[0], "");

        List<byte[]> hashes() {
            List<byte[]> hashes = new ArrayList<>();
            for (int at = 0; at < edge.length; at += TreeHash.LENGTH) {
                hashes.add(Arrays.copyOfRange(edge, at, at + TreeHash.LENGTH));
            }
            return hashes;
        }
    }

    /** The log does not hold what it once held. */
    static final class Altered extends RuntimeException {
        private static final long serialVersionUID = 1;

        Altered(String message) {
            super(message);
        }
    }

    CheckpointLog(Database database, SigningKeys keys, CheckpointMirror mirror, Clock clock) throws IOException {
        this.database = database;
        this.keys = keys;
        this.mirror = mirror;
        this.clock = clock;
        this.mirrored = mirror.latest();
    }

    /**
     * Starts to do it every second, on a thread of its own: hashes and signatures are work that on a virtual thread would hold up
     * requests.
     */
    void start() {
        thread = Thread.ofPlatform().name("gantry-audit-checkpoints").daemon().start(this::run);
    }

    private void run() {
        while (!closing) {
            try {
                Thread.sleep(INTERVAL);
                extend();
            } catch (InterruptedException stopping) {
                return;
            } catch (RuntimeException failure) {
                LOG.warn("No checkpoint could be made of the audit log: {}", failure.getMessage());
            }
        }
    }

    /**
     * Puts what is new into the log, signs and mirrors it. Does nothing when another node is just doing it.
     *
     * @throws GantryException if the database cannot be reached
     */
    synchronized void extend() {
        try {
            while (extendOnce() == ROWS_MAX) {
                // There is more.
            }
        } catch (Altered altered) {
            if (alteration == null) {
                LOG.error("THE AUDIT LOG WAS ALTERED, nothing more is signed: {}", altered.getMessage());
            }
            alteration = altered.getMessage();
        } catch (IOException failure) {
            if (unmirrored == null) {
                LOG.error("A checkpoint of the audit log cannot be mirrored: {}", failure.getMessage());
            }
            unmirrored = "The checkpoints cannot be mirrored: " + failure.getMessage();
        }
    }

    private int extendOnce() throws IOException {
        List<Entry> added = new ArrayList<>();
        Stored now = database.unscoped(handle -> {
            Stored last = last(handle);
            requireUnaltered(handle, last);
            if (!handle.createQuery("SELECT pg_try_advisory_xact_lock(:locks, :lock)")
                    .bind("locks", Shard.LOCKS)
                    .bind("lock", LOCK)
                    .mapTo(Boolean.class)
                    .one()) {
                return last;
            }
            // Read again: only now nobody else goes on from it.
            Stored base = last(handle);
            requireOurs(base);
            added.addAll(unsequenced(handle));
            return added.isEmpty() ? base : append(handle, base, added);
        });
        if (!added.isEmpty()) {
            // It was signed here and is committed as it was signed.
            trustedNote = now.note();
        }
        mirror(now);
        alteration = null;
        unmirrored = null;
        seenNanos = System.nanoTime();
        size.set(now.size());
        if (!added.isEmpty()) {
            entries.addAndGet(added.size());
        }
        return added.size();
    }

    private void mirror(Stored now) throws IOException {
        Checkpoint before = mirrored;
        if (now.size() > (before == null ? 0 : before.size())) {
            Checkpoint checkpoint = trusted(now);
            mirror.add(now.note(), checkpoint);
            mirrored = checkpoint;
        }
    }

    /** Compares what the log holds with what this node saw of it, when somebody else signed or at the start. */
    private void requireUnaltered(Handle handle, Stored last) {
        Checkpoint seen = mirrored;
        if (seen == null) {
            return;
        }
        if (last.size() < seen.size()) {
            throw new Altered("The database holds " + last.size() + " entries of the log; a checkpoint of "
                    + seen.time() + " that lies outside of it has " + seen.size()
                    + ". It was cut off or replaced by an earlier state.");
        }
        try {
            byte[] root = last.size() == seen.size()
                    ? new CompactRange(last.size(), last.hashes(), (_, _, _) -> {}).root()
                    : new LogTree(handle, seen.size()).root();
            if (!Arrays.equals(root, seen.root())) {
                throw new Altered(
                        "The first " + seen.size() + " entries of the log are others than on " + seen.time() + ".");
            }
        } catch (LogTree.Incomplete missing) {
            throw new Altered(String.valueOf(missing.getMessage()));
        }
    }

    private Checkpoint trusted(Stored stored) {
        try {
            if (stored.note().equals(trustedNote)) {
                return Checkpoint.parse(SignedNote.parse(stored.note()).text());
            }
            try {
                return Checkpoint.parse(SignedNote.verify(stored.note(), keys.trusted()));
            } catch (SignedNote.Untrusted unknown) {
                if (!keys.reload()) {
                    throw unknown;
                }
                // Another node made a new key.
                return Checkpoint.parse(SignedNote.verify(stored.note(), keys.trusted()));
            }
        } catch (SignedNote.Untrusted forged) {
            throw new Altered("The last checkpoint in the database cannot be trusted: " + forged.getMessage());
        }
    }

    /** What is signed next covers what is there: nobody's word is taken for it but that of a key of ours. */
    private void requireOurs(Stored base) {
        if (base.size() > 0 && !base.note().equals(trustedNote)) {
            trusted(base);
            trustedNote = base.note();
        }
    }

    /** Returns whether a log has checkpoints. */
    static boolean isBegun(Database database) {
        return database.unscoped(handle -> last(handle).size() > 0);
    }

    static Stored last(Handle handle) {
        return handle.createQuery("SELECT size, edge, note FROM audit_checkpoints ORDER BY size DESC LIMIT 1")
                .map((row, _) -> new Stored(row.getLong(1), row.getBytes(2), row.getString(3)))
                .findOne()
                .orElse(Stored.NONE);
    }

    private static List<Entry> unsequenced(Handle handle) {
        return handle.createQuery("""
                        SELECT fresh.shard, fresh.sequence, fresh.organization_id, fresh.hash
                        FROM generate_series(0, :shards - 1) AS shards (shard),
                             LATERAL (SELECT * FROM audit_inbox
                                      WHERE audit_inbox.shard = shards.shard
                                        AND sequence > coalesce((SELECT max(sequence) FROM audit_log
                                                                 WHERE audit_log.shard = shards.shard), 0)
                                      ORDER BY sequence
                                      LIMIT :limit) AS fresh
                        LIMIT :limit
                        """)
                .bind("shards", Shard.SHARDS_MAX)
                .bind("limit", ROWS_MAX)
                .map((row, _) -> new Entry(
                        row.getInt(1), row.getLong(2), row.getObject(3, java.util.UUID.class), row.getBytes(4)))
                .list();
    }

    private Stored append(Handle handle, Stored base, List<Entry> added) throws SQLException {
        List<LogTree.Node> nodes = new ArrayList<>();
        CompactRange tree = new CompactRange(base.size(), base.hashes(), (level, index, hash) -> {
            LogTree.Node node = new LogTree.Node(level, index, hash);
            if (node.isStored()) {
                nodes.add(node);
            }
        });
        for (Entry entry : added) {
            tree.append(entry.hash());
        }
        LogTree.store(handle, nodes);
        Checkpoint checkpoint = new Checkpoint(
                keys.origin(), tree.size(), tree.root(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
        Stored stored =
                new Stored(tree.size(), concatenated(tree.edge()), keys.signer().sign(checkpoint.text()));
        Statements statements = new Statements(handle);
        List<Object> entries = new ArrayList<>(List.of(base.size(), stored.size() - 1));
        entries.addAll(columns.arrays(added));
        statements.add(INSERT_ENTRIES, entries);
        statements.add(
                INSERT_CHECKPOINT,
                List.of(stored.size(), checkpoint.time().atOffset(ZoneOffset.UTC), stored.edge(), stored.note()));
        statements.send();
        return stored;
    }

    static byte[] concatenated(List<byte[]> hashes) {
        ByteBuffer bytes = ByteBuffer.allocate(hashes.size() * TreeHash.LENGTH);
        hashes.forEach(bytes::put);
        return bytes.array();
    }

    /** Returns why nothing is signed at the moment, or what does not take what is signed; null when all is well. */
    @Nullable
    String problem() {
        String altered = alteration;
        String own = altered == null ? unmirrored : altered;
        return own == null ? mirror.trouble() : own;
    }

    /** Returns whether checkpoints are signed and mirrored on this node at least. */
    boolean isSigning() {
        return alteration == null && unmirrored == null;
    }

    /**
     * Puts what is new into the log, before something is shown that others are to trust.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if the log does not hold what it once held
     */
    void requireSound() {
        extend();
        String altered = alteration;
        if (altered != null) {
            throw AuditExporter.altered(altered);
        }
    }

    /** Returns how long ago everything was last seen to be signed and mirrored. */
    Duration unseen() {
        return Duration.ofNanos(System.nanoTime() - seenNanos);
    }

    /** Returns how many entries the log had when this node last looked. */
    long size() {
        return size.get();
    }

    /** Makes a last checkpoint, if the database answers, and stops. */
    @Override
    public void close() {
        closing = true;
        Thread running = thread;
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            running.join(INTERVAL.multipliedBy(5));
            extend();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            LOG.warn("The last events are in no checkpoint before the next start: {}", failure.getMessage());
        }
    }
}
