package dev.gantry.runs;

import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** The tables of runs and their events, for transactions that change them. */
final class RunRows {
    static final String COLUMNS = """
            SELECT organization_id, id, workflow, version, state, principal, principal_name, team, project, error, token_budget,
                   tokens_used, tokens_reserved, cost_micro_usd, strands, unassigned, events, closed, deadline_at, created_at,
                   started_at, finished_at, parent_run, parent_scope, parent_step, depth, concurrency_key, key_id, cause, chain,
                   paused_at
            FROM runs
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

    static void insert(
            Handle handle,
            RunRow run,
            byte[] inputs,
            @Nullable String idempotencyKey,
            byte @Nullable [] requestHash,
            @Nullable UUID forkedFrom) {
        handle.createUpdate("""
                        INSERT INTO runs (organization_id, id, workflow, version, state, principal, principal_name, team, project,
                            inputs, token_budget, strands, unassigned, events, deadline_at, created_at, started_at, parent_run,
                            parent_scope, parent_step, depth, idempotency_key, request_hash, forked_from, concurrency_key,
                            key_id, cause, chain)
                        VALUES (:organization, :id, :workflow, :version, :state, :principal, :name, :team, :project,
                            :inputs, :budget, :strands, :unassigned, :events, :deadline, :created, :started::timestamptz,
                            :parent::uuid, :parentScope, :parentStep, :depth, :key, :hash::bytea, :forked::uuid, :concurrency,
                            :keyId::uuid, :cause, :chain)
                        """)
                .bind("organization", run.organization())
                .bind("id", run.id)
                .bind("workflow", run.workflow)
                .bind("version", run.version)
                .bind("state", run.state.id())
                .bind("principal", run.starter.principal())
                .bind("name", run.starter.name())
                .bind("team", run.starter.team())
                .bind("project", run.starter.project())
                .bind("inputs", inputs)
                .bind("budget", run.budget)
                .bind("strands", run.strands)
                .bind("unassigned", run.unassigned)
                .bind("events", run.events)
                .bind("deadline", run.deadlineAt)
                .bind("created", run.createdAt)
                .bind("started", run.startedAt)
                .bind("parent", run.parentRun)
                .bind("parentScope", run.parentScope)
                .bind("parentStep", run.parentStep)
                .bind("depth", run.depth)
                .bind("key", idempotencyKey)
                .bind("hash", requestHash)
                .bind("forked", forkedFrom)
                .bind("concurrency", run.concurrencyKey)
                .bind("keyId", run.starter.key())
                .bind("cause", run.cause == null ? null : run.cause.trigger())
                .bind("chain", run.chain())
                .execute();
    }

    static void update(Handle handle, RunRow run) {
        handle.createUpdate("""
                        UPDATE runs SET state = :state, error = :error, tokens_used = :used, tokens_reserved = :reserved,
                            cost_micro_usd = :cost, strands = :strands, unassigned = :unassigned, events = :events,
                            closed = :closed, started_at = :started::timestamptz,
                            finished_at = :finished::timestamptz, paused_at = :paused::timestamptz
                        WHERE id = :id
                        """)
                .bind("id", run.id)
                .bind("state", run.state.id())
                .bind("error", run.error)
                .bind("used", run.used)
                .bind("reserved", run.reserved)
                .bind("cost", run.cost)
                .bind("strands", run.strands)
                .bind("unassigned", run.unassigned)
                .bind("events", run.events)
                .bind("closed", run.closed)
                .bind("started", run.startedAt)
                .bind("finished", run.finishedAt)
                .bind("paused", run.pausedAt)
                .execute();
    }

    static void outputs(Handle handle, UUID run, Vault.@Nullable Kept outputs) {
        handle.createUpdate("UPDATE runs SET outputs = :inline::bytea, outputs_ref = :reference WHERE id = :id")
                .bind("id", run)
                .bind("inline", outputs == null ? null : outputs.inline())
                .bind("reference", outputs == null ? null : outputs.reference())
                .execute();
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

    static void append(Handle handle, RunRow run, List<RunEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO run_events (organization_id, run_id, sequence, at, kind, step, data)
                VALUES (:organization, :run, :sequence, :at, :kind, :step, :data::jsonb)
                """);
        for (RunEvent event : events) {
            batch.bind("organization", run.organization())
                    .bind("run", run.id)
                    .bind("sequence", event.sequence())
                    .bind("at", event.at())
                    .bind("kind", event.kind())
                    .bind("step", event.step())
                    .bind("data", event.data().toString())
                    .add();
        }
        batch.execute();
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
                        row.getString("project")),
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
        return run;
    }
}
