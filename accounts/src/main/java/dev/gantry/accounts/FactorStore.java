package dev.gantry.accounts;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The tables {@code totp_secrets} and {@code recovery_codes}; every method runs in the organization of its handle. */
final class FactorStore {
    private FactorStore() {}

    /** A sealed secret. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Totp(byte[] sealed, boolean confirmed, long lastStep) {}

    /** A recovery code that was not used. */
    record Code(int number, String hash) {}

    static Optional<Totp> totp(Handle handle, UUID principal) {
        return handle.createQuery(
                        "SELECT sealed, confirmed_at, last_step FROM totp_secrets WHERE principal_id = :principal")
                .bind("principal", principal)
                .map((row, context) -> new Totp(
                        row.getBytes("sealed"), row.getTimestamp("confirmed_at") != null, row.getLong("last_step")))
                .findOne();
    }

    /** Begins an enrolment anew; returns false if one was confirmed already. */
    static boolean begin(Handle handle, UUID principal, byte[] sealed, Instant now) {
        return handle.createUpdate("""
                                INSERT INTO totp_secrets (organization_id, principal_id, sealed, last_step, created_at)
                                VALUES (gantry_organization(), :principal, :sealed, 0, :now)
                                ON CONFLICT (organization_id, principal_id) DO UPDATE
                                SET sealed = :sealed, last_step = 0, created_at = :now
                                WHERE totp_secrets.confirmed_at IS NULL""")
                        .bind("principal", principal)
                        .bind("sealed", sealed)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    /** Confirms an enrolment by the code of a step; returns false if another one was begun or it was confirmed meanwhile. */
    static boolean confirm(Handle handle, UUID principal, byte[] sealed, long step, Instant now) {
        return handle.createUpdate("""
                                UPDATE totp_secrets SET last_step = :step, confirmed_at = :now
                                WHERE principal_id = :principal AND sealed = :sealed AND confirmed_at IS NULL""")
                        .bind("principal", principal)
                        .bind("sealed", sealed)
                        .bind("step", step)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    /** Takes the code of a step; returns false if that or a later one was taken before. */
    static boolean take(Handle handle, UUID principal, long step) {
        return handle.createUpdate("""
                                UPDATE totp_secrets SET last_step = :step
                                WHERE principal_id = :principal AND last_step < :step AND confirmed_at IS NOT NULL""")
                        .bind("principal", principal)
                        .bind("step", step)
                        .execute()
                == 1;
    }

    static boolean deleteTotp(Handle handle, UUID principal) {
        return handle.createUpdate("DELETE FROM totp_secrets WHERE principal_id = :principal")
                        .bind("principal", principal)
                        .execute()
                == 1;
    }

    static List<Code> codes(Handle handle, UUID principal) {
        return handle.createQuery("""
                        SELECT number, hash FROM recovery_codes
                        WHERE principal_id = :principal AND used_at IS NULL ORDER BY number""")
                .bind("principal", principal)
                .map((row, context) -> new Code(row.getInt("number"), row.getString("hash")))
                .list();
    }

    /** Returns false if it was used meanwhile. */
    static boolean use(Handle handle, UUID principal, Code code, Instant now) {
        return handle.createUpdate("""
                                UPDATE recovery_codes SET used_at = :now
                                WHERE principal_id = :principal AND number = :number AND hash = :hash
                                    AND used_at IS NULL""")
                        .bind("principal", principal)
                        .bind("number", code.number())
                        .bind("hash", code.hash())
                        .bind("now", now)
                        .execute()
                == 1;
    }

    static void deleteCodes(Handle handle, UUID principal) {
        handle.createUpdate("DELETE FROM recovery_codes WHERE principal_id = :principal")
                .bind("principal", principal)
                .execute();
    }

    static void replaceCodes(Handle handle, UUID principal, List<String> hashes, Instant now) {
        deleteCodes(handle, principal);
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO recovery_codes (organization_id, principal_id, number, hash, created_at)
                VALUES (gantry_organization(), :principal, :number, :hash, :now)""");
        for (int index = 0; index < hashes.size(); index++) {
            batch.bind("principal", principal)
                    .bind("number", index + 1)
                    .bind("hash", hashes.get(index))
                    .bind("now", now)
                    .add();
        }
        batch.execute();
    }
}
