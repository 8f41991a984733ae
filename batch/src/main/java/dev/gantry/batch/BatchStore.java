package dev.gantry.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.Sealed;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** The tables of batches. Every method runs in a transaction that sees one organization. */
final class BatchStore {
    /** A request that was begun so often, and never ended, would be begun for ever. */
    private static final int BEGINNINGS_MAX = 20;

    private static final int INSERT_ROWS = 500;

    /** Bounds on the replies that are in memory at the same time. */
    private static final int PAGE_ROWS = 100;

    private static final long PAGE_BYTES = 8L << 20;

    private static final RowMapper<Batch> BATCH = (row, _) -> new Batch(
            row.getObject("id", UUID.class),
            row.getString("name"),
            row.getObject("principal_id", UUID.class),
            row.getString("principal"),
            row.getObject("key_id", UUID.class),
            wishes(row.getString("wishes")),
            Batch.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
            row.getTimestamp("created_at").toInstant(),
            row.getTimestamp("expires_at").toInstant(),
            instant(row, "finished_at"),
            new Batch.Counts(
                    row.getInt("total"),
                    row.getInt("succeeded"),
                    row.getInt("failed"),
                    row.getInt("cancelled"),
                    row.getInt("expired")));

    private final KeyRing keyRing;

    BatchStore(KeyRing keyRing) {
        this.keyRing = keyRing;
    }

    /** What a task is to do next. */
    sealed interface Next {
        /** Returns the batch if it was finished by the look at it; null mostly. */
        default @Nullable UUID finished() {
            return null;
        }

        /** To make a request. */
        record Work(BatchItem item, int attempts) implements Next {}

        /** To look again later. */
        record Later(Instant at) implements Next {}

        /** Nothing any more. */
        record Nothing(@Nullable UUID finished) implements Next {}
    }

    private static Map<String, String> wishes(String json) {
        Map<String, String> wishes = new HashMap<>();
        Json.read(json)
                .properties()
                .forEach(wish -> wishes.put(wish.getKey(), wish.getValue().asText()));
        return wishes;
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }

    /** Counts batches that are not finished; until the end of the transaction nobody else counts those of the organization. */
    int countOpen(Handle handle, UUID organization) {
        handle.createQuery("SELECT pg_advisory_xact_lock(hashtextextended(:key, 9))::text")
                .bind("key", "batches/" + organization)
                .mapTo(String.class)
                .one();
        return handle.createQuery("SELECT count(*) FROM batches WHERE state <> 'finished'")
                .mapTo(Integer.class)
                .one();
    }

    void insert(Handle handle, UUID organization, Batch batch, List<BatchRequest.Item> items) {
        ObjectNode wishes = Json.object();
        batch.wishes().forEach(wishes::put);
        handle.createUpdate("""
                        INSERT INTO batches (organization_id, id, name, principal_id, principal, key_id, wishes, state,
                            created_at, expires_at, total)
                        VALUES (:organization, :id, :name, :principalId, :principal, CAST(:key AS uuid),
                            CAST(:wishes AS jsonb), 'running', :created, :expires, :total)""")
                .bind("organization", organization)
                .bind("id", batch.id())
                .bind("name", batch.name())
                .bind("principalId", batch.principalId())
                .bind("principal", batch.principal())
                .bind("key", batch.keyId())
                .bind("wishes", new String(Json.write(wishes), StandardCharsets.UTF_8))
                .bind("created", batch.createdAt())
                .bind("expires", batch.expiresAt())
                .bind("total", items.size())
                .execute();
        for (int from = 0; from < items.size(); from += INSERT_ROWS) {
            PreparedBatch rows = handle.prepareBatch("""
                    INSERT INTO batch_items (organization_id, batch_id, number, custom_id, endpoint, state, sealed_body,
                        not_before)
                    VALUES (:organization, :batch, :number, :customId, :endpoint, 'waiting', :body, :now)""");
            for (int number = from; number < Math.min(items.size(), from + INSERT_ROWS); number++) {
                BatchRequest.Item item = items.get(number);
                rows.bind("organization", organization)
                        .bind("batch", batch.id())
                        .bind("number", number)
                        .bind("customId", item.customId())
                        .bind("endpoint", item.endpoint())
                        .bind("body", seal(organization, item.body(), place(batch.id(), number, "body")))
                        .bind("now", batch.createdAt())
                        .add();
            }
            rows.execute();
        }
    }

    void insertRunner(Handle handle, UUID organization, UUID runner, UUID batch) {
        handle.createUpdate(
                        "INSERT INTO batch_runners (organization_id, id, batch_id) VALUES (:organization, :id, :batch)")
                .bind("organization", organization)
                .bind("id", runner)
                .bind("batch", batch)
                .execute();
    }

    Optional<Batch> find(Handle handle, UUID id) {
        return handle.createQuery("SELECT * FROM batches WHERE id = :id")
                .bind("id", id)
                .map(BATCH)
                .findOne();
    }

    /** Returns batches, the newest first; {@code principal} is null for everybody's. */
    List<Batch> list(
            Handle handle, @Nullable UUID principal, @Nullable Instant beforeTime, @Nullable UUID beforeId, int rows) {
        return handle.createQuery("""
                        SELECT * FROM batches
                        WHERE (CAST(:principal AS uuid) IS NULL OR principal_id = CAST(:principal AS uuid))
                          AND (CAST(:id AS uuid) IS NULL
                               OR (created_at, id) < (CAST(:time AS timestamptz), CAST(:id AS uuid)))
                        ORDER BY created_at DESC, id DESC LIMIT :rows""")
                .bind("principal", principal)
                .bind("time", beforeTime)
                .bind("id", beforeId)
                .bind("rows", rows)
                .map(BATCH)
                .list();
    }

    boolean delete(Handle handle, UUID id) {
        return handle.createUpdate("DELETE FROM batches WHERE id = :id AND state = 'finished'")
                        .bind("id", id)
                        .execute()
                == 1;
    }

    /** Ends what has not begun; returns whether the batch is finished by that. */
    boolean cancel(Handle handle, UUID id, Instant now) {
        handle.createUpdate("UPDATE batches SET state = 'cancelling' WHERE id = :id AND state = 'running'")
                .bind("id", id)
                .execute();
        // Whoever puts a request back holds the batch: from now on none is put back any more.
        int cancelled = endWaiting(handle, id, "cancelled", now);
        return count(handle, id, "cancelled", cancelled, now);
    }

    /** Lets nobody else change the batch until the end of the transaction; returns whether its requests are still to be made. */
    private static boolean lock(Handle handle, UUID id) {
        return handle.createQuery("SELECT state FROM batches WHERE id = :id FOR UPDATE")
                .bind("id", id)
                .mapTo(String.class)
                .findOne()
                .map("running"::equals)
                .orElse(false);
    }

    private static int endWaiting(Handle handle, UUID id, String state, Instant now) {
        return handle.createUpdate("""
                        UPDATE batch_items SET state = :state, sealed_body = NULL, finished_at = :now
                        WHERE batch_id = :id AND state = 'waiting'""")
                .bind("state", state)
                .bind("id", id)
                .bind("now", now)
                .execute();
    }

    /** Adds to a count; returns whether every request is over by that. {@code column} is one of our own words. */
    private static boolean count(Handle handle, UUID id, String column, int more, Instant now) {
        return handle.createQuery("""
                        UPDATE batches SET %1$s = %1$s + :more,
                            finished_at = CASE WHEN succeeded + failed + cancelled + expired + :more = total
                                THEN CAST(:now AS timestamptz) END,
                            state = CASE WHEN succeeded + failed + cancelled + expired + :more = total
                                THEN 'finished' ELSE state END
                        WHERE id = :id AND state <> 'finished' RETURNING state""".formatted(column))
                .bind("more", more)
                .bind("now", now)
                .bind("id", id)
                .mapTo(String.class)
                .findOne()
                .map("finished"::equals)
                .orElse(false);
    }

    /** Takes the next request for a task: the one that it has, which a dead process left, or another that waits. */
    Next next(Handle handle, UUID organization, UUID runner, Instant now) {
        Optional<UUID> id = handle.createQuery("SELECT batch_id FROM batch_runners WHERE id = :runner")
                .bind("runner", runner)
                .mapTo(UUID.class)
                .findOne();
        Optional<Batch> found = id.flatMap(known -> find(handle, known));
        if (found.isEmpty()) {
            return new Next.Nothing(null);
        }
        Batch batch = found.get();
        Optional<Next.Work> work = take(handle, organization, batch, runner, now);
        if (work.isPresent() && work.get().attempts() <= BEGINNINGS_MAX) {
            return work.get();
        }
        if (work.isPresent()) {
            BatchItem stuck = work.get().item();
            ItemReply gaveUp = new ItemReply(500, "", gaveUp(), false, Duration.ZERO);
            return complete(handle, organization, stuck, gaveUp, now)
                    ? new Next.Nothing(batch.id())
                    : new Next.Later(now);
        }
        if (!now.isBefore(batch.expiresAt())) {
            lock(handle, batch.id());
            boolean finished =
                    count(handle, batch.id(), "expired", endWaiting(handle, batch.id(), "expired", now), now);
            return end(handle, runner, finished ? batch.id() : null);
        }
        Instant later = handle.createQuery(
                        "SELECT min(not_before) AS at FROM batch_items WHERE batch_id = :batch AND state = 'waiting'")
                .bind("batch", batch.id())
                .map((row, _) -> Optional.ofNullable(instant(row, "at")))
                .one()
                .orElse(null);
        if (later == null) {
            return end(handle, runner, null);
        }
        return new Next.Later(later.isBefore(batch.expiresAt()) ? later : batch.expiresAt());
    }

    private static Next end(Handle handle, UUID runner, @Nullable UUID finished) {
        handle.createUpdate("DELETE FROM batch_runners WHERE id = :runner")
                .bind("runner", runner)
                .execute();
        return new Next.Nothing(finished);
    }

    private static byte[] gaveUp() {
        ObjectNode body = Json.object();
        body.putObject("error")
                .put("code", "internal")
                .put("message", "The request was begun " + BEGINNINGS_MAX + " times and never came to an end");
        return Json.write(body);
    }

    private Optional<Next.Work> take(Handle handle, UUID organization, Batch batch, UUID runner, Instant now) {
        return handle.createQuery("""
                        WITH own AS (
                            SELECT number FROM batch_items
                            WHERE runner = :runner AND batch_id = :batch AND state = 'running' LIMIT 1),
                        waiting AS (
                            SELECT number FROM batch_items
                            WHERE batch_id = :batch AND state = 'waiting' AND not_before <= :now
                              AND CAST(:now AS timestamptz) < :expires AND NOT EXISTS (SELECT 1 FROM own)
                            ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED)
                        UPDATE batch_items item
                        SET state = 'running', runner = :runner, attempts = item.attempts + 1,
                            execution_id = coalesce(item.execution_id, :execution),
                            started_at = coalesce(item.started_at, :now)
                        FROM (SELECT number FROM own UNION ALL SELECT number FROM waiting) chosen
                        WHERE item.batch_id = :batch AND item.number = chosen.number
                        RETURNING item.*""")
                .bind("runner", runner)
                .bind("batch", batch.id())
                .bind("now", now)
                .bind("expires", batch.expiresAt())
                .bind("execution", Ids.next())
                .map((row, _) -> new Next.Work(
                        new BatchItem(
                                batch,
                                organization,
                                row.getInt("number"),
                                row.getString("endpoint"),
                                open(
                                        organization,
                                        row.getBytes("sealed_body"),
                                        place(batch.id(), row.getInt("number"), "body")),
                                row.getObject("execution_id", UUID.class),
                                row.getTimestamp("started_at").toInstant()),
                        row.getInt("attempts")))
                .findOne();
    }

    /**
     * Lets a request wait for another try, which is another one for the ledger; ends it if its batch was cancelled.
     *
     * @param counts whether this try counts
     * @return whether the batch is finished by that
     */
    boolean putBack(Handle handle, BatchItem item, Instant notBefore, boolean counts, Instant now) {
        if (!lock(handle, item.batch().id())) {
            int ended = handle.createUpdate("""
                            UPDATE batch_items SET state = 'cancelled', runner = NULL, sealed_body = NULL, finished_at = :now
                            WHERE batch_id = :batch AND number = :number AND state = 'running'""")
                    .bind("now", now)
                    .bind("batch", item.batch().id())
                    .bind("number", item.number())
                    .execute();
            return ended == 1 && count(handle, item.batch().id(), "cancelled", 1, now);
        }
        handle.createUpdate("""
                        UPDATE batch_items SET state = 'waiting', runner = NULL, execution_id = NULL, started_at = NULL,
                            not_before = :notBefore, attempts = attempts - :uncounted
                        WHERE batch_id = :batch AND number = :number AND state = 'running'""")
                .bind("notBefore", notBefore)
                .bind("uncounted", counts ? 0 : 1)
                .bind("batch", item.batch().id())
                .bind("number", item.number())
                .execute();
        return false;
    }

    /** Keeps a reply, and no longer the request; returns whether the batch is finished by that. */
    boolean complete(Handle handle, UUID organization, BatchItem item, ItemReply reply, Instant now) {
        UUID batch = item.batch().id();
        String state = reply.succeeded() ? "succeeded" : "failed";
        int rows = handle.createUpdate("""
                        UPDATE batch_items SET state = :state, runner = NULL, sealed_body = NULL, status = :status,
                            request_id = :request, sealed_reply = :reply, finished_at = :now
                        WHERE batch_id = :batch AND number = :number AND state = 'running'""")
                .bind("state", state)
                .bind("status", reply.status())
                .bind("request", reply.requestId())
                .bind("reply", seal(organization, reply.body(), place(batch, item.number(), "reply")))
                .bind("now", now)
                .bind("batch", batch)
                .bind("number", item.number())
                .execute();
        return rows == 1 && count(handle, batch, state, 1, now);
    }

    /**
     * Returns requests that are over, in their order: at least one if there is one, and no more than what fits into {@link
     * #PAGE_BYTES}, but for the last.
     */
    List<ItemResult> results(Handle handle, UUID organization, UUID batch, int after) {
        return new ArrayList<>(handle.createQuery("""
                        SELECT number, custom_id, state, status, request_id, sealed_reply
                        FROM (SELECT *, sum(coalesce(octet_length(sealed_reply), 0)) OVER (
                                  ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
                              FROM (SELECT number, custom_id, state, status, request_id, sealed_reply FROM batch_items
                                    WHERE batch_id = :batch AND number > :after AND state NOT IN ('waiting', 'running')
                                    ORDER BY number LIMIT :rows) next) sized
                        WHERE coalesce(bytes_before, 0) < :bytes
                        ORDER BY number""")
                .bind("batch", batch)
                .bind("after", after)
                .bind("rows", PAGE_ROWS)
                .bind("bytes", PAGE_BYTES)
                .map((row, _) -> {
                    int number = row.getInt("number");
                    byte[] sealed = row.getBytes("sealed_reply");
                    return new ItemResult(
                            number,
                            row.getString("custom_id"),
                            row.getString("state"),
                            row.getObject("status", Integer.class),
                            row.getString("request_id"),
                            sealed == null ? null : open(organization, sealed, place(batch, number, "reply")));
                })
                .list());
    }

    private static byte[] place(UUID batch, int number, String what) {
        return ("batch_items/" + batch + "/" + number + "/" + what).getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] seal(UUID organization, byte[] plain, byte[] place) {
        return keyRing.seal(organization, plain, place).toBytes();
    }

    private byte[] open(UUID organization, byte[] sealed, byte[] place) {
        return keyRing.open(organization, Sealed.fromBytes(sealed), place);
    }
}
