package dev.gantry.audit;

import dev.gantry.database.Database;
import dev.gantry.kernel.GantryException;
import dev.gantry.proof.Checkpoint;
import dev.gantry.proof.RetentionAnchor;
import dev.gantry.proof.SignedNote;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes partitions for the months to come, and removes those of which every event is older than it has to be kept: first the
 * events are verified, then an anchor is signed for each organization, then the partition is dropped. Headers of batches and
 * the log stay, so that chains and proofs stay whole. Works as the owner of the tables; at most one node at a time.
 */
final class Retention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final int MONTHS_AHEAD = 3;
    private static final int LOCK = -2;
    private static final String SET_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'";

    private final Database database;
    private final Optional<Duration> keep;
    private final List<String> sinks;
    private final AuditVerifier verifier;
    private final SigningKeys keys;
    private final Clock clock;
    private final Thread thread;
    private @Nullable LocalDate thinned;
    private volatile boolean closing;

    Retention(
            Database database,
            Optional<Duration> keep,
            Collection<String> sinks,
            AuditVerifier verifier,
            SigningKeys keys,
            Clock clock) {
        this.database = database;
        this.keep = keep;
        this.sinks = List.copyOf(sinks);
        this.verifier = verifier;
        this.keys = keys;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("gantry-audit-retention").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closing) {
            try {
                apply();
            } catch (RuntimeException failure) {
                LOG.warn("The audit log's partitions could not be looked after: {}", failure.getMessage());
            }
            try {
                Thread.sleep(INTERVAL);
            } catch (InterruptedException stopping) {
                return;
            }
        }
    }

    /** Makes and removes partitions as of now. Waits for nobody: what is in use is left for the next time. */
    void apply() {
        makeAhead();
        thinCheckpoints();
        if (keep.isEmpty()) {
            return;
        }
        Instant before = YearMonth.from(clock.instant().minus(keep.get()).atOffset(ZoneOffset.UTC))
                .atDay(1)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC);
        List<String> expired = expired(before);
        if (!expired.isEmpty()) {
            remove(expired, before);
        }
    }

    private void makeAhead() {
        database.<@Nullable Void>asOwner(handle -> {
            handle.execute(SET_LOCK_TIMEOUT);
            // Two nodes that make the same table at the same time would trip over each other.
            handle.execute("SELECT pg_advisory_xact_lock(?, ?)", Shard.LOCKS, LOCK);
            YearMonth now = YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC));
            for (int month = 0; month <= MONTHS_AHEAD; month++) {
                LocalDate day = now.plusMonths(month).atDay(1);
                handle.createQuery("SELECT audit_events_make_partition(:day)")
                        .bind("day", day)
                        .mapTo(Boolean.class)
                        .one();
            }
            handle.execute("SELECT audit_events_close_months(?)", now.atDay(1));
            return null;
        });
    }

    /** Once a day: leaves of checkpoints before yesterday the last of each hour, as the mirror does. */
    private void thinCheckpoints() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        if (today.equals(thinned)) {
            return;
        }
        database.<@Nullable Void>asOwner(handle -> {
            handle.createUpdate("""
                            DELETE FROM audit_checkpoints AS gone
                            USING (SELECT size, row_number() OVER (PARTITION BY date_trunc('hour', made_at)
                                                                   ORDER BY size DESC) AS place
                                   FROM audit_checkpoints
                                   WHERE made_at < :before) AS old
                            WHERE gone.size = old.size AND old.place > 1
                            """)
                    .bind("before", today.minusDays(1).atStartOfDay().atOffset(ZoneOffset.UTC))
                    .execute();
            return null;
        });
        thinned = today;
    }

    /** Returns the partitions whose months ended before a time; those that hold nothing among them. */
    private List<String> expired(Instant before) {
        YearMonth month = YearMonth.from(before.atOffset(ZoneOffset.UTC));
        return database.asOwner(handle -> handle.createQuery("""
                        SELECT relname FROM pg_class
                        WHERE relnamespace = 'gantry'::regnamespace AND relispartition AND relkind = 'r'
                          AND relname ~ '^audit_events_[0-9]{4}_[0-9]{2}$' AND relname < :first
                        ORDER BY relname
                        """)
                .bind("first", "audit_events_%04d_%02d".formatted(month.getYear(), month.getMonthValue()))
                .mapTo(String.class)
                .list());
    }

    private void remove(List<String> partitions, Instant before) {
        VerificationReport report = verifier.verify(null, null, before, _ -> {});
        Checkpoint log = report.checkpoint();
        if (!report.isSound() || log == null) {
            LOG.error(
                    "Audit events before {} are kept: the log cannot be verified ({} findings). Run: gantry audit verify",
                    before,
                    report.findingsTotal());
            return;
        }
        boolean removed = database.asOwner(handle -> {
            handle.execute(SET_LOCK_TIMEOUT);
            if (!isAlone(handle)) {
                return false;
            }
            if (isAwaitedByASink(handle, before)) {
                LOG.warn("Audit events before {} are kept: a sink has not got all of them", before);
                return false;
            }
            for (UUID organization : organizations(handle)) {
                anchor(handle, organization, before, log);
            }
            for (String partition : partitions) {
                handle.execute("DROP TABLE " + partition);
            }
            return true;
        });
        if (removed) {
            LOG.info("Audit events before {} were verified and removed: {}", before, partitions);
        }
    }

    private boolean isAwaitedByASink(Handle handle, Instant before) {
        if (sinks.isEmpty()) {
            return false;
        }
        long last = -1;
        for (UUID organization : organizations(handle)) {
            enter(handle, organization);
            last = Math.max(
                    last,
                    handle.createQuery("""
                                    SELECT coalesce(max(l.position), -1)
                                    FROM audit_batches AS b
                                         JOIN audit_log AS l ON l.shard = b.shard AND l.sequence = b.sequence
                                    WHERE b.organization_id = :organization AND b.recorded_at < :before
                                    """)
                            .bind("organization", organization)
                            .bind("before", before.atOffset(ZoneOffset.UTC))
                            .mapTo(Long.class)
                            .one());
        }
        return handle.createQuery("SELECT count(*) FROM audit_sinks WHERE name = ANY (:names) AND position > :last")
                        .bindArray("names", String.class, sinks)
                        .bind("last", last)
                        .mapTo(Integer.class)
                        .one()
                < sinks.size();
    }

    private static List<UUID> organizations(Handle handle) {
        return handle.createQuery("SELECT DISTINCT organization_id FROM audit_chains")
                .mapTo(UUID.class)
                .list();
    }

    private static void enter(Handle handle, UUID organization) {
        handle.createQuery("SELECT set_config('gantry.organization', :organization, true)")
                .bind("organization", organization.toString())
                .mapTo(String.class)
                .one();
    }

    private static boolean isAlone(Handle handle) {
        return handle.createQuery("SELECT pg_try_advisory_xact_lock(:locks, :lock)")
                .bind("locks", Shard.LOCKS)
                .bind("lock", LOCK)
                .mapTo(Boolean.class)
                .one();
    }

    private void anchor(Handle handle, UUID organization, Instant before, Checkpoint log) {
        enter(handle, organization);
        requireOurs(handle, organization);
        handle.createUpdate("""
                        INSERT INTO audit_anchors (organization_id, made_at, note) VALUES (:organization, :at, :note)
                        """)
                .bind("organization", organization)
                .bind("at", clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC))
                .bind("note", keys.signer().sign(new RetentionAnchor(organization, before).text(keys.origin(), log)))
                .execute();
    }

    /** An anchor that somebody forged must be found out, and not be covered by one of ours. */
    private void requireOurs(Handle handle, UUID organization) {
        try {
            Anchors.read(handle, organization, keys.trusted());
        } catch (SignedNote.Untrusted forged) {
            throw new GantryException(
                    dev.gantry.kernel.ErrorCode.INTERNAL,
                    "An anchor of the audit log was forged: " + forged.getMessage(),
                    forged);
        }
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
    }
}
