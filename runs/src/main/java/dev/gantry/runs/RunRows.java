package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.database.BatchColumns;
import dev.gantry.database.Statements;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The tables of runs and their events, for transactions that change them. */
final class RunRows {
    static final String COLUMNS = """
            SELECT organization_id, id, workflow, version, state, principal, principal_name, team, project, error, token_budget,
                   tokens_used, tokens_reserved, cost_micro_usd, strands, unassigned, events, closed, deadline_at, created_at,
                   started_at, finished_at, parent_run, parent_scope, parent_step, depth, concurrency_key, key_id, cause, chain,
                   paused_at, bounds::text, dead_letter, revivals, definition, region
            FROM runs
            """;

    private static final String INSERT = """
            INSERT INTO runs (organization_id, id, workflow, version, state, principal, principal_name, team, project, inputs,
                outputs, outputs_ref, error, token_budget, strands, unassigned, events, closed, deadline_at, created_at,
                started_at, finished_at, parent_run, parent_scope, parent_step, depth, idempotency_key, request_hash,
                forked_from, concurrency_key, key_id, cause, chain, bounds, definition, region)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?)
            """;

    private static final String UPDATE = """
            UPDATE runs SET state = ?, error = ?, tokens_used = ?, tokens_reserved = ?, cost_micro_usd = ?, strands = ?,
                unassigned = ?, events = ?, closed = ?, started_at = ?, finished_at = ?, paused_at = ?,
                dead_letter = ?, revivals = ?
            WHERE id = ?
            """;

    private static final String APPEND = """
            INSERT INTO run_events (organization_id, run_id, sequence, at, kind, step, data)
            SELECT ?, ?, sequence, timestamptz 'epoch' + at * interval '1 microsecond', kind, step, data::jsonb
            FROM (SELECT unnest(?) AS sequence, unnest(?) AS at, unnest(?) AS kind, unnest(?) AS step, unnest(?) AS data)
                AS happened
            """;

    private RunRows() {}

    /** Reads a run and keeps everybody else from changing it until the end of the transaction. */
    static Optional<RunRow> lock(Handle handle, UUID run) {
        return handle.createQuery(COLUMNS + " WHERE id = :run FOR UPDATE")
                .bind("run", run)
                .map((row, _) -> run(row))
                .findOne();
    }

    static Optional<RunRow> find(Handle handle, UUID run) {
        return handle.createQuery(COLUMNS + " WHERE id = :run")
                .bind("run", run)
                .map((row, _) -> run(row))
                .findOne();
    }

    /** Writes a run, with the other statements of the transaction: a new one, or what has changed of one. */
    static void write(TaskTransaction transaction, RunRow run) {
        RunRow.Beginning beginning = run.beginning;
        if (beginning == null) {
            update(transaction, run);
        } else {
            insert(transaction, run, beginning);
            run.beginning = null;
        }
        run.outputs = null;
    }

    private static void insert(TaskTransaction transaction, RunRow run, RunRow.Beginning beginning) {
        Vault.Kept outputs = run.outputs == null ? Vault.NOTHING : run.outputs;
        transaction.add(
                INSERT,
                List.of(
                        run.organization(),
                        run.id,
                        run.workflow,
                        run.version,
                        run.state.id(),
                        run.starter.principal(),
                        run.starter.name(),
                        Statements.text(run.starter.team()),
                        Statements.text(run.starter.project()),
                        beginning.inputs(),
                        Statements.bytes(outputs.inline()),
                        Statements.text(outputs.reference()),
                        Statements.text(run.error),
                        run.budget,
                        run.strands,
                        run.unassigned,
                        run.events,
                        run.closed,
                        Statements.time(run.deadlineAt),
                        Statements.time(run.createdAt),
                        Statements.time(run.startedAt),
                        Statements.time(run.finishedAt),
                        Statements.id(run.parentRun),
                        Statements.text(run.parentScope),
                        Statements.text(run.parentStep),
                        run.depth,
                        Statements.text(beginning.idempotencyKey()),
                        Statements.bytes(beginning.requestHash()),
                        Statements.id(beginning.forkedFrom()),
                        Statements.text(run.concurrencyKey),
                        Statements.id(run.starter.key()),
                        Statements.text(run.cause == null ? null : run.cause.trigger()),
                        run.chain(),
                        Statements.text(bounds(run.starter.bounds())),
                        Statements.text(run.definition),
                        Statements.text(run.starter.region())));
    }

    private static void update(TaskTransaction transaction, RunRow run) {
        Vault.Kept outputs = run.outputs;
        if (outputs != null) {
            transaction.add(
                    "UPDATE runs SET outputs = ?, outputs_ref = ? WHERE id = ?",
                    List.of(Statements.bytes(outputs.inline()), Statements.text(outputs.reference()), run.id));
        }
        transaction.add(
                UPDATE,
                List.of(
                        run.state.id(),
                        Statements.text(run.error),
                        run.used,
                        run.reserved,
                        run.cost,
                        run.strands,
                        run.unassigned,
                        run.events,
                        run.closed,
                        Statements.time(run.startedAt),
                        Statements.time(run.finishedAt),
                        Statements.time(run.pausedAt),
                        run.deadLetter,
                        run.revivals,
                        run.id));
    }

    static byte[] inputs(Handle handle, UUID run) {
        return Objects.requireNonNull(handle.createQuery("SELECT inputs FROM runs WHERE id = :id")
                .bind("id", run)
                .map((row, _) -> row.getBytes(1))
                .one());
    }

    static StepRows.@Nullable Sealed outputs(Handle handle, UUID run) {
        return handle.createQuery("SELECT outputs, outputs_ref FROM runs WHERE id = :id")
                .bind("id", run)
                .map((row, _) -> new StepRows.Sealed(row.getBytes(1), row.getString(2), null))
                .findOne()
                .orElse(null);
    }

    static void append(TaskTransaction transaction, RunRow run, List<RunEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        List<Object> values = new ArrayList<>(List.of(run.organization(), run.id));
        values.addAll(new BatchColumns.Builder<RunEvent>()
                .longs(RunEvent::sequence)
                .micros(RunEvent::at)
                .texts(RunEvent::kind)
                .texts(RunEvent::step)
                .texts(event -> event.data().toString())
                .build()
                .arrays(events));
        transaction.add(APPEND, values);
    }

    static List<RunEvent> events(Handle handle, UUID run, long after, int limit) {
        return handle.createQuery("""
                        SELECT sequence, at, kind, step, data::text FROM run_events
                        WHERE run_id = :run AND sequence > :after ORDER BY sequence LIMIT :limit
                        """)
                .bind("run", run)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, _) -> new RunEvent(
                        row.getLong("sequence"),
                        row.getTimestamp("at").toInstant(),
                        row.getString("kind"),
                        row.getString("step"),
                        Json.readObject(row.getString("data").getBytes(StandardCharsets.UTF_8))))
                .list();
    }

    static RunRow run(ResultSet row) throws SQLException {
        RunRow run = new RunRow(
                row.getObject("id", UUID.class),
                row.getString("workflow"),
                row.getInt("version"),
                new Starter(
                        row.getObject("organization_id", UUID.class),
                        row.getObject("principal", UUID.class),
                        row.getObject("key_id", UUID.class),
                        row.getString("principal_name"),
                        row.getString("team"),
                        row.getString("project"),
                        bounds(row.getString("bounds")),
                        row.getString("region")),
                row.getLong("token_budget"),
                row.getTimestamp("deadline_at").toInstant(),
                row.getTimestamp("created_at").toInstant(),
                row.getObject("parent_run", UUID.class),
                row.getString("parent_scope"),
                row.getString("parent_step"),
                row.getInt("depth"),
                row.getString("concurrency_key"),
                RunState.of(row.getString("state")));
        run.cause = Cause.of(row.getString("cause"), row.getInt("chain"));
        run.used = row.getLong("tokens_used");
        run.reserved = row.getLong("tokens_reserved");
        run.cost = row.getLong("cost_micro_usd");
        run.strands = row.getInt("strands");
        run.unassigned = row.getInt("unassigned");
        run.events = row.getLong("events");
        run.closed = row.getBoolean("closed");
        run.error = row.getString("error");
        run.startedAt = StepRows.instant(row.getTimestamp("started_at"));
        run.finishedAt = StepRows.instant(row.getTimestamp("finished_at"));
        run.pausedAt = StepRows.instant(row.getTimestamp("paused_at"));
        run.deadLetter = row.getBoolean("dead_letter");
        run.revivals = row.getInt("revivals");
        run.definition = row.getString("definition");
        return run;
    }

    private static @Nullable String bounds(List<List<String>> bounds) {
        return bounds.isEmpty() ? null : Json.mapper().valueToTree(bounds).toString();
    }

    private static List<List<String>> bounds(@Nullable String stored) {
        if (stored == null) {
            return List.of();
        }
        List<List<String>> bounds = new ArrayList<>();
        for (JsonNode permissions : Json.read(stored.getBytes(StandardCharsets.UTF_8))) {
            List<String> most = new ArrayList<>();
            permissions.forEach(permission -> most.add(permission.asText()));
            bounds.add(most);
        }
        return bounds;
    }
}
