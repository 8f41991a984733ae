package dev.gantry.signin;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Which principal somebody of a provider is; for a transaction of the organization. */
final class ExternalAccountStore {
    /** How rows name the issuer that were written before issuers were. */
    private static final String FORMER = "provider:";

    /**
     * A row of {@code external_accounts}; never compared.
     *
     * @param statedAt when the provider said what was applied last; null if nothing was
     * @param statement a hash of that; null if nothing was
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Row(
            String issuer,
            String subject,
            UUID principal,
            @Nullable Instant statedAt,
            byte @Nullable [] statement) {
        /** Returns whether something said at a time comes after what was applied. */
        boolean isBefore(Instant said) {
            return statedAt == null || statedAt.isBefore(said);
        }

        /** Returns whether it is what was applied. */
        boolean is(Instant said, byte[] what) {
            return said.equals(statedAt) && MessageDigest.isEqual(what, statement);
        }
    }

    private static final RowMapper<Row> ROW = (row, context) -> new Row(
            row.getString("issuer"),
            row.getString("subject"),
            row.getObject("principal_id", UUID.class),
            row.getTimestamp("stated_at") == null
                    ? null
                    : row.getTimestamp("stated_at").toInstant(),
            row.getBytes("statement"));

    private ExternalAccountStore() {}

    static Optional<Row> find(Handle handle, ExternalPerson person) {
        return handle.createQuery("""
                        SELECT * FROM external_accounts WHERE subject = :subject AND issuer IN (:issuer, :former)
                        ORDER BY issuer = :issuer DESC LIMIT 1""")
                .bind("issuer", person.issuer())
                .bind("former", person.mayBeFormer() ? FORMER + person.provider() : person.issuer())
                .bind("subject", person.subject())
                .map(ROW)
                .findOne();
    }

    /** Reads a row anew, and keeps others from changing it until the transaction ends. */
    static Optional<Row> lock(Handle handle, Row row) {
        return handle.createQuery(
                        "SELECT * FROM external_accounts WHERE issuer = :issuer AND subject = :subject FOR UPDATE")
                .bind("issuer", row.issuer())
                .bind("subject", row.subject())
                .map(ROW)
                .findOne();
    }

    /** Returns whether somebody is this principal already. */
    static boolean isTied(Handle handle, UUID principal) {
        return handle.createQuery("SELECT EXISTS (SELECT 1 FROM external_accounts WHERE principal_id = :principal)")
                .bind("principal", principal)
                .mapTo(Boolean.class)
                .one();
    }

    static Row insert(Handle handle, ExternalPerson person, UUID principal) {
        handle.createUpdate("""
                        INSERT INTO external_accounts (organization_id, provider, issuer, subject, principal_id)
                        VALUES (gantry_organization(), :provider, :issuer, :subject, :principal)""")
                .bind("provider", person.provider())
                .bind("issuer", person.issuer())
                .bind("subject", person.subject())
                .bind("principal", principal)
                .execute();
        return new Row(person.issuer(), person.subject(), principal, null, null);
    }

    static void deleteOf(Handle handle, UUID principal) {
        handle.createUpdate("DELETE FROM external_accounts WHERE principal_id = :principal")
                .bind("principal", principal)
                .execute();
    }

    /** Notes the issuer and what it said last. */
    static void update(Handle handle, Row row, ExternalPerson person, Instant statedAt, byte[] statement) {
        handle.createUpdate("""
                        UPDATE external_accounts
                        SET provider = :provider, issuer = :issuer, stated_at = :at, statement = :statement
                        WHERE issuer = :known AND subject = :subject""")
                .bind("provider", person.provider())
                .bind("issuer", person.issuer())
                .bind("at", statedAt)
                .bind("statement", statement)
                .bind("known", row.issuer())
                .bind("subject", row.subject())
                .execute();
    }
}
