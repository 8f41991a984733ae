package dev.gantry.accounts;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** The tables {@code passwords} and {@code password_resets}; every method runs in the organization of its handle. */
final class PasswordStore {
    private PasswordStore() {}

    /** A stored password. */
    record Row(String hash, boolean mustChange, Instant changedAt) {}

    static Optional<Row> find(Handle handle, UUID principal) {
        return handle.createQuery("SELECT hash, must_change, changed_at FROM passwords WHERE principal_id = :principal")
                .bind("principal", principal)
                .map((row, context) -> new Row(
                        row.getString("hash"),
                        row.getBoolean("must_change"),
                        row.getTimestamp("changed_at").toInstant()))
                .findOne();
    }

    static void put(Handle handle, UUID principal, String hash, boolean mustChange, Instant now) {
        handle.createUpdate("""
                        INSERT INTO passwords (organization_id, principal_id, hash, must_change, changed_at)
                        VALUES (gantry_organization(), :principal, :hash, :mustChange, :now)
                        ON CONFLICT (organization_id, principal_id) DO UPDATE
                        SET hash = :hash, must_change = :mustChange, changed_at = :now""")
                .bind("principal", principal)
                .bind("hash", hash)
                .bind("mustChange", mustChange)
                .bind("now", now)
                .execute();
        deleteReset(handle, principal);
    }

    /** Replaces a hash by a dearer one of the same password, unless it was changed meanwhile. */
    static void rehash(Handle handle, UUID principal, String old, String hash) {
        handle.createUpdate("UPDATE passwords SET hash = :hash WHERE principal_id = :principal AND hash = :old")
                .bind("principal", principal)
                .bind("old", old)
                .bind("hash", hash)
                .execute();
    }

    static boolean delete(Handle handle, UUID principal) {
        deleteReset(handle, principal);
        return handle.createUpdate("DELETE FROM passwords WHERE principal_id = :principal")
                        .bind("principal", principal)
                        .execute()
                == 1;
    }

    static void putReset(Handle handle, UUID principal, byte[] tokenHash, UUID issuedBy, Instant now, Instant expires) {
        handle.createUpdate("""
                        INSERT INTO password_resets (organization_id, principal_id, token_hash, issued_by, created_at,
                            expires_at)
                        VALUES (gantry_organization(), :principal, :hash, :issuedBy, :now, :expires)
                        ON CONFLICT (organization_id, principal_id) DO UPDATE
                        SET token_hash = :hash, issued_by = :issuedBy, created_at = :now, expires_at = :expires""")
                .bind("principal", principal)
                .bind("hash", tokenHash)
                .bind("issuedBy", issuedBy)
                .bind("now", now)
                .bind("expires", expires)
                .execute();
    }

    /** Returns whether a token is good, and locks it until the transaction ends. */
    static boolean lockReset(Handle handle, UUID principal, byte[] tokenHash, Instant now) {
        return handle.createQuery("""
                        SELECT 1 FROM password_resets
                        WHERE principal_id = :principal AND token_hash = :hash AND expires_at > :now
                        FOR UPDATE""")
                .bind("principal", principal)
                .bind("hash", tokenHash)
                .bind("now", now)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    private static void deleteReset(Handle handle, UUID principal) {
        handle.createUpdate("DELETE FROM password_resets WHERE principal_id = :principal")
                .bind("principal", principal)
                .execute();
    }
}
