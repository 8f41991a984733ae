package dev.gantry.crypto;

import dev.gantry.crypto.KeyRing.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** SQL of the data keys, in plain JDBC: this module does not know the one that opens connections. */
record SqlKeyStore(Transactions transactions) implements KeyStore {
    @Override
    public List<StoredKey> find(UUID organization) {
        List<StoredKey> keys = new ArrayList<>();
        transactions.inOrganization(organization, connection -> keys.addAll(find(organization, connection)));
        return keys;
    }

    @Override
    public List<StoredKey> find(UUID organization, Connection connection) throws SQLException {
        List<StoredKey> keys = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                        SELECT version, master_key_id, wrapped
                        FROM data_keys
                        WHERE organization_id = ?
                        ORDER BY version
                        """)) {
            select.setObject(1, organization);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    keys.add(new StoredKey(
                            rows.getInt("version"),
                            rows.getString("master_key_id"),
                            Sealed.fromBytes(rows.getBytes("wrapped"))));
                }
            }
        }
        return keys;
    }

    /** The first data key of a database registers the master key that wraps it. */
    @Override
    public void add(UUID organization, StoredKey key) {
        transactions.inOrganization(organization, connection -> {
            try (PreparedStatement first = connection.prepareStatement("""
                            INSERT INTO master_keys (master_key_id, current)
                            SELECT ?, true WHERE NOT EXISTS (SELECT 1 FROM master_keys)
                            ON CONFLICT DO NOTHING""")) {
                first.setString(1, key.masterKeyId());
                first.executeUpdate();
            }
            write(connection, organization, key, """
                    INSERT INTO data_keys (master_key_id, wrapped, organization_id, version)
                    VALUES (?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """);
        });
    }

    @Override
    public void rewrap(UUID organization, StoredKey key) {
        transactions.inOrganization(organization, connection -> write(connection, organization, key, """
                UPDATE data_keys
                SET master_key_id = ?, wrapped = ?
                WHERE organization_id = ? AND version = ?
                """));
    }

    private static void write(Connection connection, UUID organization, StoredKey key, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, key.masterKeyId());
            statement.setBytes(2, key.wrapped().toBytes());
            statement.setObject(3, organization);
            statement.setInt(4, key.version());
            statement.executeUpdate();
        }
    }
}
