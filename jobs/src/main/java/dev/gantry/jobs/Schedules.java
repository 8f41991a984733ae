package dev.gantry.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Schedules: what happens at the times of a cron expression, once each, whichever node is there. Thread-safe. */
public final class Schedules {
    /** Missed times that are made up for at the most. */
    public static final int MISSED_MAX = 100;

    /** Schedules of one organization. */
    public static final int SCHEDULES_MAX = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);

    /** How late a time may be and still not count as missed: a take-over lies within. */
    private static final Duration LATE = Duration.ofMinutes(1);

    private static final String COLUMNS = """
            SELECT id, kind, name, cron, zone, missed, enabled, payload::text, next_at, fired_at, fired, problem, created_at
            FROM job_schedules
            """;

    private final DurableTasks tasks;

    /** Schedules over tasks. */
    public Schedules(DurableTasks tasks) {
        this.tasks = tasks;
    }

    /** Says who hears of schedules of a kind; before the tasks start. */
    public void handle(String kind, ScheduleHandler handler) {
        tasks.handle(task(kind), running -> run(running, handler));
    }

    /**
     * Makes a schedule, or replaces that of the same kind and name, which then goes on from now.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if its times cannot be read;
     *     {@link ErrorCode#QUOTA_EXCEEDED} if there are too many
     */
    public Schedule put(UUID organization, ScheduleRequest request) {
        return tasks.transaction(organization, transaction -> put(transaction, organization, request));
    }

    /** The same together with what else a transaction changes. */
    public Schedule put(TaskTransaction transaction, UUID organization, ScheduleRequest request) {
        CronTimes times = CronTimes.parse(request.cron(), request.zone());
        Handle handle = transaction.handle();
        Instant now = transaction.now();
        if (times.after(now).isEmpty()) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "'" + request.cron() + "' never comes: there is no such day");
        }
        remove(transaction, organization, request.kind(), request.name());
        long count = handle.createQuery("SELECT count(*) FROM job_schedules")
                .mapTo(Long.class)
                .one();
        if (count >= SCHEDULES_MAX) {
            throw new GantryException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "There are " + count + " schedules already, as many as may be; remove some");
        }
        Instant next = request.enabled() ? times.after(now).orElse(null) : null;
        UUID id = Ids.next();
        handle.createUpdate("""
                        INSERT INTO job_schedules (organization_id, id, kind, name, cron, zone, missed, enabled, payload,
                            next_at, created_at)
                        VALUES (:organization, :id, :kind, :name, :cron, :zone, :missed, :enabled, :payload::jsonb,
                            :next, :now)
                        """)
                .bind("organization", organization)
                .bind("id", id)
                .bind("kind", request.kind())
                .bind("name", request.name())
                .bind("cron", request.cron())
                .bind("zone", request.zone())
                .bind("missed", request.missed().id())
                .bind("enabled", request.enabled())
                .bind("payload", request.payload().toString())
                .bind("next", next)
                .bind("now", now)
                .execute();
        if (next != null) {
            transaction.schedule(new TaskId(task(request.kind()), organization, id), JobPriority.HIGH, next);
        }
        return find(handle, id).orElseThrow();
    }

    /**
     * Removes a schedule.
     *
     * @return whether there was one
     */
    public boolean remove(UUID organization, String kind, String name) {
        return tasks.transaction(organization, transaction -> remove(transaction, organization, kind, name));
    }

    /** Returns the schedules of a kind, by name. */
    public List<Schedule> list(UUID organization, String kind) {
        return tasks.transaction(organization, transaction -> list(transaction, kind));
    }

    /** The same together with what else a transaction reads. */
    public List<Schedule> list(TaskTransaction transaction, String kind) {
        return transaction
                .handle()
                .createQuery(COLUMNS + " WHERE kind = :kind ORDER BY name LIMIT :max")
                .bind("kind", kind)
                .bind("max", SCHEDULES_MAX)
                .map((row, _) -> schedule(row))
                .list();
    }

    /** The same together with what else a transaction changes. */
    public boolean remove(TaskTransaction transaction, UUID organization, String kind, String name) {
        Optional<UUID> id = transaction
                .handle()
                .createQuery("DELETE FROM job_schedules WHERE kind = :kind AND name = :name RETURNING id")
                .bind("kind", kind)
                .bind("name", name)
                .mapTo(UUID.class)
                .findOne();
        id.ifPresent(gone -> transaction.remove(new TaskId(task(kind), organization, gone)));
        return id.isPresent();
    }

    private void run(RunningTask task, ScheduleHandler handler) {
        try {
            task.transaction(transaction -> fire(transaction, task, handler, null));
        } catch (TaskLost lost) {
            throw lost;
        } catch (RuntimeException failure) {
            if (failure instanceof GantryException known && known.code() == ErrorCode.DATABASE_UNAVAILABLE) {
                throw failure;
            }
            LOG.warn("The schedule {} failed to fire", task.id().id(), failure);
            String problem = Text.storable(String.valueOf(failure.getMessage()), 500);
            task.transaction(transaction -> fire(transaction, task, handler, problem));
        }
    }

    /** Fires what is due and moves the schedule on; with a problem, it only moves on. */
    private static @Nullable Void fire(
            TaskTransaction transaction, RunningTask task, ScheduleHandler handler, @Nullable String problem) {
        Optional<Schedule> found = find(transaction.handle(), task.id().id());
        Instant now = transaction.now();
        if (found.isEmpty() || found.get().nextAt() == null) {
            transaction.finish();
            return null;
        }
        Schedule schedule = found.get();
        CronTimes times = CronTimes.parse(schedule.cron(), schedule.zone());
        List<Instant> due = due(schedule, times, now);
        if (problem == null) {
            due.forEach(at -> handler.fire(transaction, task.id().organization(), schedule, at));
        }
        Instant next = times.after(now).orElse(null);
        transaction
                .handle()
                .createUpdate("""
                        UPDATE job_schedules SET next_at = :next, problem = :problem, fired = fired + :count,
                            fired_at = CASE WHEN :count > 0 THEN :now ELSE fired_at END
                        WHERE id = :id
                        """)
                .bind("id", schedule.id())
                .bind("next", next)
                .bind("problem", problem)
                .bind("count", problem == null ? due.size() : 0)
                .bind("now", now)
                .execute();
        if (next == null) {
            transaction.finish();
        } else {
            transaction.again(next);
        }
        return null;
    }

    /** Returns the times to fire for now, by the rule about missed ones. */
    private static List<Instant> due(Schedule schedule, CronTimes times, Instant now) {
        Instant first = schedule.nextAt();
        List<Instant> due = first == null ? List.of() : latest(times, first, now);
        return switch (schedule.missed()) {
            case ALL -> due;
            case ONCE -> due.isEmpty() ? due : List.of(due.getLast());
            case SKIP ->
                due.stream().filter(time -> !time.isBefore(now.minus(LATE))).toList();
        };
    }

    /**
     * Returns the last times up to now, at most {@value #MISSED_MAX}. It looks ever further back until there are enough, so
     * that it takes no longer for a year than for a day.
     */
    private static List<Instant> latest(CronTimes times, Instant first, Instant now) {
        Duration back = Duration.ofHours(2);
        while (true) {
            Instant from = now.minus(back);
            boolean all = !from.isAfter(first);
            ArrayDeque<Instant> found = new ArrayDeque<>();
            Instant at = all ? first : times.after(from).orElse(null);
            while (at != null && !at.isAfter(now)) {
                if (found.size() == MISSED_MAX) {
                    found.removeFirst();
                }
                found.addLast(at);
                at = times.after(at).orElse(null);
            }
            if (all || found.size() == MISSED_MAX) {
                return List.copyOf(found);
            }
            back = back.multipliedBy(2);
        }
    }

    private static String task(String kind) {
        return "schedule." + kind;
    }

    private static Optional<Schedule> find(Handle handle, UUID id) {
        return handle.createQuery(COLUMNS + " WHERE id = :id FOR UPDATE")
                .bind("id", id)
                .map((row, _) -> schedule(row))
                .findOne();
    }

    private static Schedule schedule(ResultSet row) throws SQLException {
        ObjectNode payload = Json.readObject(row.getString("payload").getBytes(StandardCharsets.UTF_8));
        return new Schedule(
                row.getObject("id", UUID.class),
                row.getString("kind"),
                row.getString("name"),
                row.getString("cron"),
                row.getString("zone"),
                MissedRuns.of(row.getString("missed")),
                row.getBoolean("enabled"),
                payload,
                JobStore.instant(row.getTimestamp("next_at")),
                JobStore.instant(row.getTimestamp("fired_at")),
                row.getLong("fired"),
                row.getString("problem"),
                row.getTimestamp("created_at").toInstant());
    }
}
