package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.database.BatchColumns;
import dev.gantry.jobs.TaskTransaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table of steps, within a transaction that has their run locked. */
final class StepRows {
    private static final String COLUMNS = """
            SELECT scope, step, state, attempt, lost, troubled, fence, strand, timer, child_run, event, fallback, reserved,
                   tokens, cost_micro_usd, error, due_at, started_at, finished_at, cached_from
            FROM run_steps
            """;

    private static final String WRITE = """
            INSERT INTO run_steps (organization_id, run_id, scope, step, state, attempt, lost, troubled, fence, strand, timer,
                child_run, event, fallback, reserved, tokens, cost_micro_usd, error, output, output_ref, data, due_at, started_at,
                finished_at, cached_from)
            SELECT ?, ?, scope, step, state, attempt, lost, troubled, fence, strand, timer, child_run, event, fallback, reserved,
                tokens, cost, error, output, output_ref, data, timestamptz 'epoch' + due * interval '1 microsecond',
                timestamptz 'epoch' + started * interval '1 microsecond',
                timestamptz 'epoch' + finished * interval '1 microsecond', cached_from
            FROM (SELECT unnest(?) AS scope, unnest(?) AS step, unnest(?) AS state, unnest(?) AS attempt, unnest(?) AS lost,
                    unnest(?) AS troubled, unnest(?) AS fence, unnest(?) AS strand, unnest(?) AS timer, unnest(?) AS child_run, unnest(?) AS event,
                    unnest(?) AS fallback, unnest(?) AS reserved, unnest(?) AS tokens, unnest(?) AS cost, unnest(?) AS error,
                    unnest(?) AS output, unnest(?) AS output_ref, unnest(?) AS data, unnest(?) AS due, unnest(?) AS started,
                    unnest(?) AS finished, unnest(?) AS cached_from) AS changed
            ON CONFLICT (organization_id, run_id, scope, step) DO UPDATE SET
                state = excluded.state, attempt = excluded.attempt, lost = excluded.lost, troubled = excluded.troubled, fence = excluded.fence,
                strand = excluded.strand, timer = excluded.timer, child_run = excluded.child_run,
                fallback = excluded.fallback, reserved = excluded.reserved, tokens = excluded.tokens,
                cost_micro_usd = excluded.cost_micro_usd, error = excluded.error, due_at = excluded.due_at,
                started_at = excluded.started_at, finished_at = excluded.finished_at, cached_from = excluded.cached_from,
                output = CASE WHEN excluded.output_ref IS NULL THEN coalesce(excluded.output, run_steps.output) END,
                output_ref = CASE WHEN excluded.output IS NULL THEN coalesce(excluded.output_ref, run_steps.output_ref) END,
                data = coalesce(excluded.data, run_steps.data)
            """;

    private StepRows() {}

    static List<StepRow> ofScope(Handle handle, UUID run, String scope) {
        return handle.createQuery(COLUMNS + " WHERE run_id = :run AND scope = :scope")
                .bind("run", run)
                .bind("scope", scope)
                .map((row, _) -> row(row))
                .list();
    }

    static List<StepRow> ofStates(Handle handle, UUID run, Collection<StepState> states) {
        return handle.createQuery(COLUMNS + " WHERE run_id = :run AND state = ANY (:states) ORDER BY scope, step")
                .bind("run", run)
                .bindArray(
                        "states",
                        String.class,
                        states.stream().map(StepState::id).toArray())
                .map((row, _) -> row(row))
                .list();
    }

    static List<StepRow> all(Handle handle, UUID run, int limit) {
        return handle.createQuery(
                        COLUMNS + " WHERE run_id = :run ORDER BY started_at NULLS LAST, scope, step LIMIT :max")
                .bind("run", run)
                .bind("max", limit)
                .map((row, _) -> row(row))
                .list();
    }

    /** Returns the names of the objects that a run and its steps refer to. */
    static Set<String> references(Handle handle, UUID run) {
        return handle.createQuery("""
                        SELECT output_ref FROM run_steps WHERE run_id = :run AND output_ref IS NOT NULL
                        UNION SELECT outputs_ref FROM runs WHERE id = :run AND outputs_ref IS NOT NULL
                        """).bind("run", run).mapTo(String.class).collect(Collectors.toSet());
    }

    static @Nullable StepRow ofStrand(Handle handle, UUID run, UUID strand) {
        return handle.createQuery(
                        COLUMNS + " WHERE run_id = :run AND strand = :strand AND state IN ('ready', 'running')")
                .bind("run", run)
                .bind("strand", strand)
                .map((row, _) -> row(row))
                .findOne()
                .orElse(null);
    }

    static List<StepRow> unassigned(Handle handle, UUID run, int limit) {
        return handle.createQuery(COLUMNS + """
                         WHERE run_id = :run AND state = 'ready' AND strand IS NULL ORDER BY scope, step LIMIT :max
                        """)
                .bind("run", run)
                .bind("max", limit)
                .map((row, _) -> row(row))
                .list();
    }

    /** What a value is, or where it is. */
    @SuppressWarnings("ArrayRecordComponent") // Handed on at once, and neither compared nor kept.
    record Sealed(byte @Nullable [] inline, @Nullable String reference, byte @Nullable [] data) {}

    static @Nullable Sealed values(Handle handle, UUID run, String scope, String step) {
        return handle.createQuery("""
                        SELECT output, output_ref, data FROM run_steps
                        WHERE run_id = :run AND scope = :scope AND step = :step
                        """)
                .bind("run", run)
                .bind("scope", scope)
                .bind("step", step)
                .map((row, _) -> new Sealed(row.getBytes(1), row.getString(2), row.getBytes(3)))
                .findOne()
                .orElse(null);
    }

    /** What a body of a map gave. */
    record BodyOutput(String scope, Sealed value) {}

    /** Returns how many bytes that lie in the database bodies gave together, before they were sealed. */
    static long bytesOfBodies(Handle handle, UUID run, Collection<String> bodies) {
        return handle.createQuery("""
                        SELECT coalesce(sum(greatest(octet_length(output) - :overhead, 0)), 0)::bigint FROM run_steps
                        WHERE run_id = :run AND scope = ANY (:bodies) AND step = '' AND state = 'done'
                        """)
                .bind("overhead", Vault.OVERHEAD_LENGTH)
                .bind("run", run)
                .bindArray("bodies", String.class, bodies)
                .mapTo(Long.class)
                .one();
    }

    /** Returns what bodies gave that are done; all of it is in memory then, so {@link #bytesOfBodies} is to be asked before. */
    static List<BodyOutput> ofBodies(Handle handle, UUID run, Collection<String> bodies) {
        return handle.createQuery("""
                        SELECT scope, output, output_ref FROM run_steps
                        WHERE run_id = :run AND scope = ANY (:bodies) AND step = '' AND state = 'done'
                        """)
                .bind("run", run)
                .bindArray("bodies", String.class, bodies)
                .map((row, _) -> new BodyOutput(row.getString(1), new Sealed(row.getBytes(2), row.getString(3), null)))
                .list();
    }

    /** Removes rows whose steps are to be done anew. */
    static void delete(Handle handle, UUID run, String scope, String step) {
        // What a step itself had done is kept, and of use if it is given the same again.
        handle.createUpdate("DELETE FROM run_journal WHERE run_id = :run AND starts_with(scope, :within)")
                .bind("run", run)
                .bind("within", ScopePath.path(scope, step) + "[")
                .execute();
        handle.createUpdate("""
                        DELETE FROM run_steps WHERE run_id = :run
                          AND (scope = :scope AND step = :step OR starts_with(scope, :within))
                        """)
                .bind("run", run)
                .bind("scope", scope)
                .bind("step", step)
                .bind("within", ScopePath.path(scope, step) + "[")
                .execute();
    }

    /** Gives up what lies within a container and has not ended, except for what is running, whose result is ignored. */
    static List<StepRow> openWithin(Handle handle, UUID run, String container) {
        return handle.createQuery(COLUMNS + """
                         WHERE run_id = :run AND starts_with(scope, :within) AND state IN ('ready', 'open', 'waiting')
                        """)
                .bind("run", run)
                .bind("within", container + "[")
                .map((row, _) -> row(row))
                .list();
    }

    /** Gives up all that has not ended, without a look at what it is. */
    static void giveUpAll(Handle handle, UUID run) {
        handle.createUpdate("""
                        UPDATE run_steps SET state = 'cancelled', strand = NULL, timer = NULL, tokens = tokens + reserved,
                            reserved = 0, finished_at = now()
                        WHERE run_id = :run AND state IN ('ready', 'running', 'open', 'waiting')
                        """).bind("run", run).execute();
    }

    /** A row as it is to be written, with its values sealed; what has not changed of these is null. */
    @SuppressWarnings("ArrayRecordComponent") // Handed on at once, and neither compared nor kept.
    private record Written(StepRow row, Vault.Kept output, byte @Nullable [] data) {}

    /** Writes what has changed of rows, with the other statements of the transaction. */
    static void write(TaskTransaction transaction, RunRow run, Collection<StepRow> rows, Vault vault) {
        List<Written> changed = new ArrayList<>();
        for (StepRow row : rows) {
            if (row.changed) {
                changed.add(sealed(run, row, vault));
                row.changed = false;
                row.outputChanged = false;
                row.dataChanged = false;
                row.itemsChanged = false;
            }
        }
        if (!changed.isEmpty()) {
            List<Object> values = new ArrayList<>(List.of(run.organization(), run.id));
            values.addAll(columns().arrays(changed));
            transaction.add(WRITE, values);
        }
    }

    private static Written sealed(RunRow run, StepRow row, Vault vault) {
        JsonNode output = row.output;
        Vault.Kept kept = Vault.NOTHING;
        if (row.outputChanged && row.kept != null) {
            kept = row.kept;
        } else if (row.outputChanged && output != null) {
            kept = vault.keep(run.organization(), run.id, row.place("output"), output);
        }
        JsonNode items = row.items;
        if (row.itemsChanged && items != null && row.state == StepState.OPEN) {
            kept = vault.keep(run.organization(), run.id, row.place("items"), items);
        }
        JsonNode data = row.data;
        return new Written(
                row,
                kept,
                row.dataChanged && data != null
                        ? vault.seal(run.organization(), run.id, row.place("data"), data)
                        : null);
    }

    private static BatchColumns<Written> columns() {
        return new BatchColumns.Builder<Written>()
                .texts(written -> written.row().scope)
                .texts(written -> written.row().step)
                .texts(written -> written.row().state.id())
                .integers(written -> written.row().attempt)
                .integers(written -> written.row().lost)
                .integers(written -> written.row().troubled)
                .longs(written -> written.row().fence)
                .uuids(written -> written.row().strand)
                .uuids(written -> written.row().timer)
                .uuids(written -> written.row().childRun)
                .texts(written -> written.row().event)
                .booleans(written -> written.row().fallback)
                .longs(written -> written.row().reserved)
                .longs(written -> written.row().tokens)
                .longs(written -> written.row().cost)
                .texts(written -> written.row().error)
                .bytes(written -> written.output().inline())
                .texts(written -> written.output().reference())
                .bytes(Written::data)
                .microsOrNull(written -> written.row().dueAt)
                .microsOrNull(written -> written.row().startedAt)
                .microsOrNull(written -> written.row().finishedAt)
                .uuids(written -> written.row().cachedFrom)
                .build();
    }

    /** Notes of an attempt that it ended by trouble of the platform's own; without effect once somebody else has the step. */
    static void noteTrouble(Handle handle, UUID run, StepRow row) {
        handle.createUpdate("""
                        UPDATE run_steps SET troubled = troubled + 1
                        WHERE run_id = :run AND scope = :scope AND step = :step AND fence = :fence AND state = :running
                        """)
                .bind("run", run)
                .bind("scope", row.scope)
                .bind("step", row.step)
                .bind("fence", row.fence)
                .bind("running", StepState.RUNNING.id())
                .execute();
    }

    private static StepRow row(ResultSet row) throws SQLException {
        StepRow step = new StepRow(row.getString("scope"), row.getString("step"), StepState.of(row.getString("state")));
        step.attempt = row.getInt("attempt");
        step.lost = row.getInt("lost");
        step.troubled = row.getInt("troubled");
        step.fence = row.getLong("fence");
        step.strand = row.getObject("strand", UUID.class);
        step.timer = row.getObject("timer", UUID.class);
        step.childRun = row.getObject("child_run", UUID.class);
        step.event = row.getString("event");
        step.fallback = row.getBoolean("fallback");
        step.reserved = row.getLong("reserved");
        step.tokens = row.getLong("tokens");
        step.cost = row.getLong("cost_micro_usd");
        step.error = row.getString("error");
        step.cachedFrom = row.getObject("cached_from", UUID.class);
        step.dueAt = instant(row.getTimestamp("due_at"));
        step.startedAt = instant(row.getTimestamp("started_at"));
        step.finishedAt = instant(row.getTimestamp("finished_at"));
        return step;
    }

    static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
