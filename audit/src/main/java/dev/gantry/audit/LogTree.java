package dev.gantry.audit;

import dev.gantry.proof.MerkleProof;
import dev.gantry.proof.TreeHash;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * The tree over the log's entries, as the database has it: read in chunks of 256 hashes of one level, of which the last used
 * ones are kept, so that proofs of neighbours cost next to nothing. Not thread-safe.
 */
final class LogTree {
    /** Levels of which a chunk has the lowest; the hashes of every such level are stored. */
    static final int CHUNK_LEVELS = 8;

    private static final int CHUNK_SIZE = 1 << CHUNK_LEVELS;
    private static final int CHUNKS_MAX = 64;

    private final Handle handle;
    private final long size;
    private final TreeHash hash = new TreeHash();
    private final Map<Chunk, List<List<byte[]>>> chunks = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Chunk, List<List<byte[]>>> eldest) {
            return size() > CHUNKS_MAX;
        }
    };

    private record Chunk(int level, long index) {}

    /** Hashes of the tree are missing from the database. */
    static final class Incomplete extends RuntimeException {
        private static final long serialVersionUID = 1;

        Incomplete(String message) {
            super(message);
        }
    }

    /** The tree over the first {@code size} entries, read by a handle. */
    LogTree(Handle handle, long size) {
        this.handle = handle;
        this.size = size;
    }

    long size() {
        return size;
    }

    /** Returns the path of an entry to the root. */
    List<byte[]> path(long position) {
        return MerkleProof.path(size, position, this::root);
    }

    byte[] root() {
        return size == 0 ? hash.empty() : root(0, size);
    }

    /** Returns the root over entries; see {@link MerkleProof.Roots}. */
    private byte[] root(long from, long to) {
        long length = to - from;
        long whole = Long.highestOneBit(length);
        if (whole == length) {
            return node(Long.numberOfTrailingZeros(length), from / length);
        }
        return hash.node(root(from, from + whole), root(from + whole, to));
    }

    private byte[] node(int level, long index) {
        int base = level / CHUNK_LEVELS * CHUNK_LEVELS;
        int within = level - base;
        long first = index << within;
        List<byte[]> row = chunks.computeIfAbsent(new Chunk(base, first >> CHUNK_LEVELS), this::load)
                .get(within);
        int place = (int) ((first & (CHUNK_SIZE - 1)) >> within);
        if (place >= row.size()) {
            throw new Incomplete("The log lacks hashes at level " + level + ", place " + index);
        }
        return row.get(place);
    }

    /** Reads a chunk and makes the levels above, as far as they are complete. */
    private List<List<byte[]>> load(Chunk chunk) {
        long first = chunk.index() << CHUNK_LEVELS;
        long end = Math.min(first + CHUNK_SIZE, size >> chunk.level());
        List<byte[]> hashes = handle.createQuery(
                        chunk.level() == 0
                                ? "SELECT hash FROM audit_log WHERE position >= :first AND position < :end ORDER BY position"
                                : "SELECT hash FROM audit_log_nodes WHERE level = :level AND position >= :first"
                                        + " AND position < :end ORDER BY position")
                .bindMap(Map.of("first", first, "end", end, "level", chunk.level()))
                .mapTo(byte[].class)
                .list();
        if (hashes.size() != end - first) {
            throw new Incomplete("The log has " + hashes.size() + " of the " + (end - first) + " hashes of level "
                    + chunk.level() + " from " + first);
        }
        List<List<byte[]>> levels = new ArrayList<>();
        levels.add(hashes);
        while (levels.size() <= CHUNK_LEVELS) {
            List<byte[]> below = levels.getLast();
            List<byte[]> level = new ArrayList<>(below.size() / 2);
            for (int index = 0; index + 1 < below.size(); index += 2) {
                level.add(hash.node(below.get(index), below.get(index + 1)));
            }
            levels.add(level);
        }
        return levels;
    }

    /** Stores the roots that later chunks begin with. */
    static void store(Handle handle, List<Node> nodes) throws SQLException {
        if (nodes.isEmpty()) {
            return;
        }
        try (var insert = handle.getConnection()
                .prepareStatement("INSERT INTO audit_log_nodes (level, position, hash) VALUES (?, ?, ?)")) {
            for (Node node : nodes) {
                insert.setInt(1, node.level());
                insert.setLong(2, node.index());
                insert.setBytes(3, node.hash());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** A complete subtree. */
    @SuppressWarnings("ArrayRecordComponent") // hashes are compared by their content, these records never
    record Node(int level, long index, byte[] hash) {
        boolean isStored() {
            return level > 0 && level % CHUNK_LEVELS == 0;
        }
    }
}
