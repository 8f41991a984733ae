package dev.gantry.accounts;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table {@code passkeys}; every method runs in the organization of its handle. */
final class PasskeyStore {
    private PasskeyStore() {}

    /** A stored passkey; {@code credential} is the attested credential data in its own encoding. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Row(
            UUID id,
            UUID principal,
            byte[] credentialId,
            String name,
            byte[] credential,
            long signCount,
            boolean backedUp,
            List<String> transports,
            Instant createdAt,
            @Nullable Instant lastUsedAt) {}

    private static Row row(ResultSet row) throws SQLException {
        Array transports = row.getArray("transports");
        Timestamp lastUsed = row.getTimestamp("last_used_at");
        return new Row(
                row.getObject("passkey_id", UUID.class),
                row.getObject("principal_id", UUID.class),
                row.getBytes("credential_id"),
                row.getString("name"),
                row.getBytes("credential"),
                row.getLong("sign_count"),
                row.getBoolean("backed_up"),
                List.of((String[]) transports.getArray()),
                row.getTimestamp("created_at").toInstant(),
                lastUsed == null ? null : lastUsed.toInstant());
    }

    /** Returns false if the authenticator's credential is known already. */
    static boolean insert(Handle handle, Row row) {
        return handle.createUpdate("""
                                INSERT INTO passkeys (passkey_id, organization_id, principal_id, credential_id, name,
                                    credential, sign_count, backed_up, transports, created_at)
                                VALUES (:id, gantry_organization(), :principal, :credentialId, :name, :credential,
                                    :signCount, :backedUp, :transports, :createdAt)
                                ON CONFLICT (organization_id, credential_id) DO NOTHING""")
                        .bind("id", row.id())
                        .bind("principal", row.principal())
                        .bind("credentialId", row.credentialId())
                        .bind("name", row.name())
                        .bind("credential", row.credential())
                        .bind("signCount", row.signCount())
                        .bind("backedUp", row.backedUp())
                        .bindArray("transports", String.class, row.transports())
                        .bind("createdAt", row.createdAt())
                        .execute()
                == 1;
    }

    static List<Row> of(Handle handle, UUID principal) {
        return handle.createQuery("SELECT * FROM passkeys WHERE principal_id = :principal ORDER BY passkey_id")
                .bind("principal", principal)
                .map((row, context) -> row(row))
                .list();
    }

    static Optional<Row> find(Handle handle, byte[] credentialId) {
        return handle.createQuery("SELECT * FROM passkeys WHERE credential_id = :credentialId")
                .bind("credentialId", credentialId)
                .map((row, context) -> row(row))
                .findOne();
    }

    /** Notes a use; returns false if another use with this or a higher count came first. Authenticators without a counter stay at 0. */
    static boolean used(Handle handle, UUID id, long signCount, boolean backedUp, Instant now) {
        return handle.createUpdate("""
                                UPDATE passkeys SET sign_count = :count, backed_up = :backedUp, last_used_at = :now
                                WHERE passkey_id = :id
                                    AND (sign_count < :count OR (sign_count = 0 AND :count = 0))""")
                        .bind("id", id)
                        .bind("count", signCount)
                        .bind("backedUp", backedUp)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    static boolean delete(Handle handle, UUID principal, UUID id) {
        return handle.createUpdate("DELETE FROM passkeys WHERE passkey_id = :id AND principal_id = :principal")
                        .bind("id", id)
                        .bind("principal", principal)
                        .execute()
                == 1;
    }

    static int deleteAll(Handle handle, UUID principal) {
        return handle.createUpdate("DELETE FROM passkeys WHERE principal_id = :principal")
                .bind("principal", principal)
                .execute();
    }
}
