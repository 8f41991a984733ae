package dev.gantry.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TimeCursor;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table of jobs. */
final class JobStore {
    private static final String COLUMNS = """
            SELECT id, kind, key, state, priority, payload::text, attempts, attempts_max, progress, reason, result::text,
                   created_at, due_at, started_at, finished_at
            FROM jobs
            """;

    /** Rows that are over for long and are removed whenever one more is over. */
    private static final int FORGET_MAX = 10;

    private JobStore() {}

    /** Adds a job; returns false when there is one of that kind and key. */
    static boolean insert(
            Handle handle, UUID organization, UUID id, UUID task, JobRequest request, int attemptsMax, Instant now) {
        return handle.createUpdate("""
                        INSERT INTO jobs (organization_id, id, task, kind, key, state, priority, payload, attempts_max, created_at, due_at)
                        VALUES (:organization, :id, :task, :kind, :key, 'waiting', :priority, :payload::jsonb, :attemptsMax, :now, :due)
                        ON CONFLICT (organization_id, kind, key) WHERE key IS NOT NULL DO NOTHING
                        """)
                        .bind("organization", organization)
                        .bind("id", id)
                        .bind("task", task)
                        .bind("kind", request.kind())
                        .bind("key", request.key())
                        .bind("priority", request.priority().number())
                        .bind("payload", request.payload().toString())
                        .bind("attemptsMax", attemptsMax)
                        .bind("now", now)
                        .bind("due", request.due() == null ? now : request.due())
                        .execute()
                == 1;
    }

    static UUID idOf(Handle handle, String kind, @Nullable String key) {
        return handle.createQuery("SELECT id FROM jobs WHERE kind = :kind AND key = :key")
                .bind("kind", kind)
                .bind("key", key)
                .mapTo(UUID.class)
                .one();
    }

    static Optional<Job> find(Handle handle, UUID id) {
        return handle.createQuery(COLUMNS + " WHERE id = :id")
                .bind("id", id)
                .map((row, _) -> job(row))
                .findOne();
    }

    static List<Job> list(
            Handle handle, @Nullable String kind, @Nullable JobState state, @Nullable TimeCursor after, int limit) {
        return handle.createQuery(COLUMNS + """
                        WHERE (:kind::text IS NULL OR kind = :kind) AND (:state::text IS NULL OR state = :state)
                          AND (:time::timestamptz IS NULL OR (created_at, id) < (:time, :id::uuid))
                        ORDER BY created_at DESC, id DESC LIMIT :limit
                        """)
                .bind("kind", kind)
                .bind("state", state == null ? null : state.id())
                .bind("time", after == null ? null : after.time())
                .bind("id", after == null ? null : after.id())
                .bind("limit", limit)
                .map((row, _) -> job(row))
                .list();
    }

    /** Counts one more attempt; empty when the job is over. */
    static Optional<Job> begin(Handle handle, UUID task, Instant now) {
        return handle.createQuery("""
                        UPDATE jobs SET state = 'running', attempts = attempts + 1, started_at = :now, progress = 0
                        WHERE task = :task AND state IN ('waiting', 'running')
                        RETURNING id
                        """)
                .bind("task", task)
                .bind("now", now)
                .mapTo(UUID.class)
                .findOne()
                .flatMap(id -> find(handle, id));
    }

    static int progress(Handle handle, UUID id, int percent) {
        return handle.createUpdate("UPDATE jobs SET progress = :percent WHERE id = :id AND state = 'running'")
                .bind("id", id)
                .bind("percent", Math.clamp(percent, 0, 100))
                .execute();
    }

    static void again(Handle handle, UUID id, String reason, Instant due) {
        handle.createUpdate("UPDATE jobs SET state = 'waiting', reason = :reason, due_at = :due WHERE id = :id")
                .bind("id", id)
                .bind("reason", reason)
                .bind("due", due)
                .execute();
    }

    /** Gives an attempt back that was cut short by the end of the node. */
    static void uncount(Handle handle, UUID id, Instant due) {
        handle.createUpdate(
                        "UPDATE jobs SET state = 'waiting', attempts = greatest(0, attempts - 1), due_at = :due WHERE id = :id")
                .bind("id", id)
                .bind("due", due)
                .execute();
    }

    /** Ends a job that is not over, and forgets some that were over before a time; returns whether it was not over. */
    static boolean end(
            Handle handle,
            UUID id,
            JobState state,
            @Nullable String reason,
            @Nullable ObjectNode result,
            Instant now,
            Instant forgetBefore) {
        boolean ended = handle.createUpdate("""
                        UPDATE jobs SET state = :state, reason = coalesce(:reason, reason), result = :result::jsonb,
                            finished_at = :now, progress = CASE WHEN :state = 'done' THEN 100 ELSE progress END
                        WHERE id = :id AND state IN ('waiting', 'running')
                        """)
                        .bind("id", id)
                        .bind("state", state.id())
                        .bind("reason", reason)
                        .bind("result", result == null ? null : result.toString())
                        .bind("now", now)
                        .execute()
                == 1;
        handle.createUpdate("""
                        DELETE FROM jobs WHERE id IN
                            (SELECT id FROM jobs WHERE finished_at < :before ORDER BY finished_at LIMIT :max
                             FOR UPDATE SKIP LOCKED)
                        """)
                .bind("before", forgetBefore)
                .bind("max", FORGET_MAX)
                .execute();
        return ended;
    }

    static Optional<UUID> taskOf(Handle handle, UUID id) {
        return handle.createQuery("SELECT task FROM jobs WHERE id = :id")
                .bind("id", id)
                .mapTo(UUID.class)
                .findOne();
    }

    static boolean revive(Handle handle, UUID id, UUID task, Instant now) {
        return handle.createUpdate("""
                        UPDATE jobs SET state = 'waiting', task = :task, attempts = 0, finished_at = NULL, due_at = :now
                        WHERE id = :id AND state IN ('dead', 'cancelled')
                        """)
                        .bind("id", id)
                        .bind("task", task)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    private static Job job(ResultSet row) throws SQLException {
        String result = row.getString("result");
        return new Job(
                row.getObject("id", UUID.class),
                row.getString("kind"),
                row.getString("key"),
                JobState.of(row.getString("state")),
                JobPriority.of(row.getInt("priority")),
                read(row.getString("payload")),
                row.getInt("attempts"),
                row.getInt("attempts_max"),
                row.getInt("progress"),
                row.getString("reason"),
                result == null ? null : read(result),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("due_at").toInstant(),
                instant(row.getTimestamp("started_at")),
                instant(row.getTimestamp("finished_at")));
    }

    private static ObjectNode read(String json) {
        return Json.readObject(json.getBytes(StandardCharsets.UTF_8));
    }

    static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
