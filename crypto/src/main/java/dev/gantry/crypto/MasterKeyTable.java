package dev.gantry.crypto;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** SQL of the master keys' fingerprints and of the nodes that have them; over one connection, in one transaction. */
record MasterKeyTable(Connection connection) {
    /** How long after its last sign a node counts as running, in seconds by the database's clock. */
    private static final int ALIVE_SECONDS = 30;

    /**
     * A master key that may wrap.
     *
     * @param offered the key itself, sealed by {@code offeredBy}; null when no node needs it
     */
    record Row(
            String id,
            boolean current,
            Instant createdAt,
            @Nullable String offeredBy,
            @Nullable Sealed offered) {}

    /** A node that runs. */
    record NodeRow(UUID node, String name, String current, List<String> known, Instant seenAt) {}

    /** Returns all keys, the current one first. */
    List<Row> keys() throws SQLException {
        List<Row> keys = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT * FROM master_keys ORDER BY current DESC, created_at, master_key_id");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                byte[] offered = rows.getBytes("offered");
                keys.add(new Row(
                        rows.getString("master_key_id"),
                        rows.getBoolean("current"),
                        rows.getTimestamp("created_at").toInstant(),
                        rows.getString("offered_by"),
                        offered == null ? null : Sealed.fromBytes(offered)));
            }
        }
        return keys;
    }

    /** Keeps every other change of master keys waiting until the end of the transaction. */
    void lock() throws SQLException {
        run("LOCK TABLE master_keys IN SHARE ROW EXCLUSIVE MODE");
    }

    /** Makes a key the current one if there is none; of an older database it may be there already. */
    void registerFirst(String id) throws SQLException {
        run("""
                INSERT INTO master_keys (master_key_id, current)
                SELECT ?, true WHERE NOT EXISTS (SELECT 1 FROM master_keys WHERE current)
                ON CONFLICT (master_key_id) DO UPDATE SET current = true""", id);
    }

    void offer(String id, String offeredBy, Sealed offered) throws SQLException {
        run(
                "INSERT INTO master_keys (master_key_id, current, offered_by, offered) VALUES (?, false, ?, ?)",
                id,
                offeredBy,
                offered.toBytes());
    }

    void makeCurrent(String id) throws SQLException {
        run("UPDATE master_keys SET current = false WHERE current");
        run("UPDATE master_keys SET current = true WHERE master_key_id = ?", id);
    }

    /** Removes all but the current key; fails where one of them still wraps a data key. */
    void retireOthers() throws SQLException {
        run("DELETE FROM master_keys WHERE NOT current");
        run("UPDATE master_keys SET offered_by = NULL, offered = NULL");
    }

    /** Notes that a node runs, and what it has. */
    void see(UUID node, String name, String current, List<String> known) throws SQLException {
        Array array = connection.createArrayOf("text", known.toArray());
        run("""
                INSERT INTO master_key_nodes (node, name, current_key, known_keys, seen_at)
                VALUES (?, ?, ?, ?, clock_timestamp())
                ON CONFLICT (node) DO UPDATE
                SET current_key = excluded.current_key, known_keys = excluded.known_keys, seen_at = excluded.seen_at""", node, name, current, array);
        run("DELETE FROM master_key_nodes WHERE seen_at < clock_timestamp() - interval '1 day'");
    }

    void forget(UUID node) throws SQLException {
        run("DELETE FROM master_key_nodes WHERE node = ?", node);
    }

    /** Returns the nodes that run, always in the same order. */
    List<NodeRow> nodes() throws SQLException {
        List<NodeRow> nodes = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                        SELECT * FROM master_key_nodes
                        WHERE seen_at > clock_timestamp() - make_interval(secs => ?) ORDER BY node""")) {
            select.setInt(1, ALIVE_SECONDS);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    nodes.add(new NodeRow(
                            rows.getObject("node", UUID.class),
                            rows.getString("name"),
                            rows.getString("current_key"),
                            List.of((String[]) rows.getArray("known_keys").getArray()),
                            rows.getTimestamp("seen_at").toInstant()));
                }
            }
        }
        return nodes;
    }

    private void run(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < parameters.length; index++) {
                statement.setObject(index + 1, parameters[index]);
            }
            statement.executeUpdate();
        }
    }
}
