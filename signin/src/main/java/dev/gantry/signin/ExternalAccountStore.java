package dev.gantry.signin;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
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
     * @param departed whether the principal was deleted; whoever it was comes back only into an account that others made
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Row(
            String issuer,
            String subject,
            UUID principal,
            @Nullable Instant statedAt,
            byte @Nullable [] statement,
            boolean departed) {
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
            row.getBytes("statement"),
            row.getBoolean("departed"));

    /**
     * As whom somebody signs in.
     *
     * @param provider the provider's name in the configuration at that time
     */
    record Tie(String provider, String issuer) {}

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

    /** Returns who signs in as a principal already. */
    static List<Tie> ties(Handle handle, UUID principal) {
        return handle.createQuery("SELECT provider, issuer FROM external_accounts WHERE principal_id = :principal")
                .bind("principal", principal)
                .map((row, context) -> new Tie(row.getString("provider"), row.getString("issuer")))
                .list();
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
        return new Row(person.issuer(), person.subject(), principal, null, null, false);
    }

    /** Gives whose former account was deleted another one. */
    static Row moveTo(Handle handle, Row former, ExternalPerson person, UUID principal) {
        handle.createUpdate("""
                        UPDATE external_accounts SET provider = :provider, issuer = :issuer, principal_id = :principal,
                            departed = false, stated_at = NULL, statement = NULL
                        WHERE issuer = :known AND subject = :subject""")
                .bind("provider", person.provider())
                .bind("issuer", person.issuer())
                .bind("principal", principal)
                .bind("known", former.issuer())
                .bind("subject", former.subject())
                .execute();
        return new Row(person.issuer(), person.subject(), principal, null, null, false);
    }

    /** Remembers that a principal was deleted. */
    static void departed(Handle handle, UUID principal) {
        handle.createUpdate("UPDATE external_accounts SET departed = true WHERE principal_id = :principal")
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
