package dev.gantry.audit;

import dev.gantry.proof.TreeHash;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * The chains that this node's writer goes on with. A shard is leased by an advisory lock of the session that writes: when
 * the session ends, however it does, the lock is gone and nothing more can be written in it. Whoever takes the shard next
 * counts the epoch up. Beneath that, a key of the database lets nobody write a place of the shard twice. Used by one thread.
 */
final class Shard {
    /** As many writers may there be at a time. */
    static final int SHARDS_MAX = 64;

    /** The first of the two numbers of our advisory locks: "audt". */
    static final int LOCKS = 0x61756474;

    private static final int CHAINS_MAX = 10_000;

    private final Map<UUID, Head> chains = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Head> eldest) {
            return size() > CHAINS_MAX;
        }
    };
    private final Map<UUID, Head> uncommitted = new HashMap<>();
    private @Nullable Connection session;
    private boolean current;
    private int backend;
    private int number;
    private long epoch;
    private long sequence;
    private long committedSequence;

    /**
     * The end of a chain.
     *
     * @param number of its last batch; 0 when there is none
     * @param hash of that batch; zeros when there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // hashes are compared by their content, these records never
    record Head(long number, byte[] hash) {
        static final Head NONE = new Head(0, new byte[TreeHash.LENGTH]);
    }

    /** Makes sure that the session holds a shard and that the places to go on from are known. */
    void enter(Connection connection) throws SQLException {
        if (isOurs(connection) && current) {
            return;
        }
        chains.clear();
        uncommitted.clear();
        boolean taken = !isOurs(connection);
        if (taken) {
            session = null;
            number = lease(connection);
        }
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT sequence, epoch FROM audit_inbox WHERE shard = ? ORDER BY sequence DESC LIMIT 1")) {
            select.setInt(1, number);
            try (ResultSet rows = select.executeQuery()) {
                boolean used = rows.next();
                sequence = used ? rows.getLong(1) : 0;
                if (taken) {
                    epoch = used ? rows.getLong(2) + 1 : 1;
                }
            }
        }
        committedSequence = sequence;
        session = connection;
        current = true;
    }

    @SuppressWarnings("ReferenceEquality") // one connection is one session
    private boolean isOurs(Connection connection) {
        return connection == session;
    }

    /** Tries the shard that this node had before, then all others. */
    private int lease(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("SELECT pg_try_advisory_lock(?, ?)")) {
            for (int attempt = 0; attempt < SHARDS_MAX; attempt++) {
                int candidate = (number + attempt) % SHARDS_MAX;
                lock.setInt(1, LOCKS);
                lock.setInt(2, candidate);
                try (ResultSet rows = lock.executeQuery()) {
                    if (rows.next() && rows.getBoolean(1)) {
                        backend = connection.unwrap(PGConnection.class).getBackendPID();
                        return candidate;
                    }
                }
            }
        }
        // 55P03, lock_not_available: the writer tries again.
        throw new SQLException("All " + SHARDS_MAX + " shards of the audit log are in use by other nodes", "55P03");
    }

    /**
     * Makes sure that the session before this one ended, so that a commit it was sent has happened or never will. A server may
     * still be busy with it after the connection broke.
     *
     * @throws SQLException with the state of an unavailable database while it goes on
     */
    void requireEndOfPreviousSession(Connection connection) throws SQLException {
        if (isOurs(connection)) {
            return;
        }
        try (PreparedStatement find = connection.prepareStatement(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = ? AND pid = ?")) {
            find.setLong(1, LOCKS);
            find.setInt(2, backend);
            try (ResultSet rows = find.executeQuery()) {
                if (rows.next()) {
                    throw new SQLException("The session before this one is not over yet", "55P03");
                }
            }
        }
    }

    /** Returns the end of an organization's chain, in a transaction of the organization. */
    Head head(Connection connection, UUID organization) throws SQLException {
        Head head = uncommitted.get(organization);
        if (head == null) {
            head = chains.get(organization);
        }
        if (head != null) {
            return head;
        }
        try (PreparedStatement select = connection.prepareStatement("""
                        SELECT number, hash FROM audit_batches
                        WHERE organization_id = ? AND shard = ?
                        ORDER BY number DESC LIMIT 1
                        """)) {
            select.setObject(1, organization);
            select.setInt(2, number);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? new Head(rows.getLong(1), rows.getBytes(2)) : Head.NONE;
            }
        }
    }

    /** Notes a batch that the running transaction wrote. */
    void advance(UUID organization, Head head) {
        uncommitted.put(organization, head);
        sequence++;
    }

    /** Is told how the transaction ended; after a failure everything is read again. */
    void ended(boolean committed) {
        if (committed) {
            chains.putAll(uncommitted);
            uncommitted.clear();
            committedSequence = sequence;
        } else {
            current = false;
        }
    }

    int number() {
        return number;
    }

    long epoch() {
        return epoch;
    }

    long nextSequence() {
        return sequence + 1;
    }

    /** Returns the place of the last batch that is known to be committed. */
    long committedSequence() {
        return committedSequence;
    }

    static Instant instant(ResultSet rows, int column) throws SQLException {
        return rows.getObject(column, OffsetDateTime.class).toInstant();
    }
}
