package dev.gantry.audit;

import dev.gantry.database.Database;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds a sink from the log in the database, in the log's order: nothing that is appended ever waits for a sink, and nothing
 * is lost while one is away. How far it has come is stored after each delivery, so that every event is delivered at least
 * once. Of several nodes one feeds; another takes over when its lease runs out.
 */
final class SinkFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SinkFeed.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(1);
    private static final int ENTRIES_MAX = 200;
    private static final int EVENTS_MAX = 5_000;
    private static final long NOT_OURS = -1;

    private final String name;
    private final SinkSettings settings;
    private final AuditSink sink;
    private final Database database;
    private final SubjectKeys subjects;
    private final String holder = UUID.randomUUID().toString();
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable String problem;
    private volatile long position = NOT_OURS;
    private final AtomicLong delivered = new AtomicLong();

    /** An entry of the log whose events are to be delivered. */
    private record Entry(long position, int shard, long sequence, UUID organization) {}

    SinkFeed(String name, SinkSettings settings, Database database, SubjectKeys subjects) {
        this.name = name;
        this.settings = settings;
        this.sink = AuditSink.of(settings);
        this.database = database;
        this.subjects = subjects;
        this.thread = Thread.ofVirtual().name("gantry-audit-sink-" + name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    String name() {
        return name;
    }

    /** Returns how it stands with a log of so many entries. */
    AuditFigures.Sink figures(long logSize) {
        long reached = position;
        return new AuditFigures.Sink(
                name,
                reached == NOT_OURS ? OptionalLong.empty() : OptionalLong.of(Math.max(0, logSize - reached)),
                problem == null,
                delivered.get());
    }

    private void run() {
        Duration pause = POLL;
        while (!closing) {
            try {
                while (feed()) {
                    pause = POLL;
                }
                problem = null;
                pause = POLL;
            } catch (IOException | RuntimeException failure) {
                if (problem == null && !closing) {
                    LOG.warn("Audit events wait for the sink '{}': {}", name, failure.getMessage());
                }
                problem = String.valueOf(failure.getMessage());
                pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException stopping) {
                return;
            }
        }
    }

    /** Delivers the next events; returns whether there may be more. */
    boolean feed() throws IOException {
        Long leased = lease();
        position = leased == null ? NOT_OURS : leased;
        if (leased == null) {
            return false;
        }
        long from = leased;
        List<Entry> entries = database.unscoped(handle -> handle.createQuery("""
                        SELECT position, shard, sequence, organization_id FROM audit_log
                        WHERE position >= :position ORDER BY position LIMIT :limit
                        """)
                .bind("position", from)
                .bind("limit", ENTRIES_MAX)
                .map((row, _) -> new Entry(row.getLong(1), row.getInt(2), row.getLong(3), row.getObject(4, UUID.class)))
                .list());
        List<AuditEvent> events = new ArrayList<>();
        long next = from;
        for (Entry entry : entries) {
            for (AuditEvent event : read(entry)) {
                if (settings.wants(event.eventType())) {
                    events.add(event);
                }
            }
            next = entry.position() + 1;
            if (events.size() >= EVENTS_MAX) {
                break;
            }
        }
        if (!events.isEmpty()) {
            // Named by both ends: after a crash the same start may be delivered with more behind it.
            sink.deliver(from + "-" + next, events);
            delivered.addAndGet(events.size());
        }
        if (next > from) {
            advance(next);
            position = next;
        }
        return next > from && !closing;
    }

    /** Takes the lease, or keeps it; returns where to go on, or null when another node feeds. A new sink begins now. */
    private @Nullable Long lease() {
        return database.<@Nullable Long>unscoped(handle -> {
            handle.createUpdate("""
                            INSERT INTO audit_sinks (name, position)
                            SELECT :name, coalesce(max(position) + 1, 0) FROM audit_log
                            ON CONFLICT DO NOTHING
                            """).bind("name", name).execute();
            return handle.createQuery("""
                            UPDATE audit_sinks SET holder = :holder, held_until = now() + interval '2 minutes'
                            WHERE name = :name AND (holder IS NULL OR holder = :holder OR held_until < now())
                            RETURNING position
                            """)
                    .bind("name", name)
                    .bind("holder", holder)
                    .mapTo(Long.class)
                    .findOne()
                    .orElse(null);
        });
    }

    private List<AuditEvent> read(Entry entry) {
        return database.inOrganization(
                entry.organization(),
                handle -> AuditStore.readable(
                        handle,
                        entry.organization(),
                        handle.createQuery("""
                                        SELECT e.event
                                        FROM audit_batches AS b
                                             JOIN audit_events AS e
                                             ON e.organization_id = b.organization_id AND e.shard = b.shard
                                                AND e.batch = b.number AND e.recorded_at = b.recorded_at
                                        WHERE b.organization_id = :organization AND b.shard = :shard
                                          AND b.sequence = :sequence
                                        ORDER BY e.leaf
                                        """)
                                .bind("organization", entry.organization())
                                .bind("shard", entry.shard())
                                .bind("sequence", entry.sequence())
                                .mapTo(String.class)
                                .list(),
                        subjects));
    }

    /** Stores how far it has come, unless another node took over meanwhile: then that one counts. */
    private void advance(long next) {
        database.unscoped(handle -> handle.createUpdate("""
                        UPDATE audit_sinks SET position = :next
                        WHERE name = :name AND holder = :holder AND position < :next
                        """)
                .bind("name", name)
                .bind("holder", holder)
                .bind("next", next)
                .execute());
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(POLL.multipliedBy(5));
            database.unscoped(handle -> handle.createUpdate(
                            "UPDATE audit_sinks SET holder = NULL WHERE name = :name AND holder = :holder")
                    .bind("name", name)
                    .bind("holder", holder)
                    .execute());
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException away) {
            LOG.warn("The sink '{}' stays with this node until its lease runs out", name);
        }
    }
}
