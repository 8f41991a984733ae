package dev.gantry.audit;

import dev.gantry.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How far the regular verification has come, and which node does it. Thread-safe. */
record VerificationStore(Database database, String holder) {
    /**
     * The one row.
     *
     * @param begun when the verification under way began; null when none is
     * @param organization the organization at which it is; null at the beginning
     * @param time before what time that one's events are verified; null when all are
     */
    record Standing(
            @Nullable Instant begun,
            @Nullable UUID organization,
            @Nullable Instant time,
            long events,
            long findings,
            Instant finished,
            long lastEvents,
            long lastFindings) {
        Verified verified() {
            return new Verified(finished, lastEvents, Math.max(findings, lastFindings), begun);
        }
    }

    /** Returns how it stands; the first node that asks begins the wait for the first verification. */
    Standing standing(Instant now) {
        return database.unscoped(handle -> {
            Optional<Standing> row = handle.createQuery("SELECT * FROM audit_verification")
                    .map((found, _) -> standing(found))
                    .findOne();
            if (row.isPresent()) {
                return row.get();
            }
            handle.createUpdate("INSERT INTO audit_verification (finished_at) VALUES (:now) ON CONFLICT DO NOTHING")
                    .bind("now", now.atOffset(ZoneOffset.UTC))
                    .execute();
            return new Standing(null, null, null, 0, 0, now, 0, 0);
        });
    }

    private static Standing standing(ResultSet row) throws SQLException {
        Instant finished = instant(row, "finished_at");
        return new Standing(
                instant(row, "begun_at"),
                row.getObject("at_organization", UUID.class),
                instant(row, "at_time"),
                row.getLong("events"),
                row.getLong("findings"),
                finished == null ? Instant.EPOCH : finished,
                row.getLong("last_events"),
                row.getLong("last_findings"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** Takes the work or keeps it; false when another node does it. */
    boolean hold() {
        return database.unscoped(handle ->
                        handle.createUpdate("""
                                UPDATE audit_verification SET holder = :holder, held_until = now() + interval '2 minutes'
                                WHERE holder IS NULL OR holder = :holder OR held_until < now()
                                """).bind("holder", holder).execute())
                == 1;
    }

    void release() {
        database.unscoped(
                handle -> handle.createUpdate("UPDATE audit_verification SET holder = NULL WHERE holder = :holder")
                        .bind("holder", holder)
                        .execute());
    }

    void begin(Instant now) {
        database.unscoped(handle -> handle.createUpdate("""
                        UPDATE audit_verification
                        SET begun_at = :now, at_organization = NULL, at_time = NULL, events = 0, findings = 0
                        WHERE holder = :holder
                        """)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .bind("holder", holder)
                .execute());
    }

    /** Stores that what comes before a place is verified, and what was found there. */
    void reached(@Nullable UUID organization, @Nullable Instant time, long events, long findings) {
        database.unscoped(handle -> handle.createUpdate("""
                        UPDATE audit_verification
                        SET at_organization = CAST(:organization AS uuid), at_time = CAST(:time AS timestamptz), events = events + :events,
                            findings = findings + :findings
                        WHERE holder = :holder
                        """)
                .bind("organization", organization == null ? null : organization.toString())
                .bind("time", time == null ? null : time.toString())
                .bind("events", events)
                .bind("findings", findings)
                .bind("holder", holder)
                .execute());
    }

    /** Stores that everything is verified; false when another node has taken the work. */
    boolean finish(Instant now) {
        return database.unscoped(handle -> handle.createUpdate("""
                        UPDATE audit_verification
                        SET finished_at = :now, last_events = events, last_findings = findings, begun_at = NULL,
                            at_organization = NULL, at_time = NULL, events = 0, findings = 0
                        WHERE holder = :holder
                        """)
                        .bind("now", now.atOffset(ZoneOffset.UTC))
                        .bind("holder", holder)
                        .execute())
                == 1;
    }

    /** Returns when the first batch of an organization was recorded. */
    Optional<Instant> first(UUID organization) {
        return database.inOrganization(
                organization,
                handle -> handle.createQuery(
                                "SELECT min(recorded_at) FROM audit_batches WHERE organization_id = :organization")
                        .bind("organization", organization)
                        .mapTo(OffsetDateTime.class)
                        .findOne()
                        .map(OffsetDateTime::toInstant));
    }
}
