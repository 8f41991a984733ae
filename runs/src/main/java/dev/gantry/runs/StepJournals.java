package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.jobs.RunningTask;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The journal of the step of one claim. Used by one thread. */
final class StepJournals implements StepJournal {
    private static final int ENTRIES_MAX = 2_000;
    private static final long ENTRY_BYTES_MAX = 4L << 20;
    private static final long BYTES_MAX = 64L << 20;

    private final RunEngine engine;
    private final RunningTask task;
    private final Claim claim;
    private @Nullable List<JsonNode> entries;
    private long bytes;

    StepJournals(RunEngine engine, RunningTask task, Claim claim) {
        this.engine = engine;
        this.task = task;
        this.claim = claim;
    }

    @Override
    public List<JsonNode> entries() {
        return List.copyOf(known());
    }

    private List<JsonNode> known() {
        List<JsonNode> read = entries;
        if (read == null) {
            List<byte[]> sealed = engine.tasks.transaction(
                    claim.run().organization(),
                    transaction -> read(transaction.handle(), claim.run().id, claim.row().scope, claim.row().step));
            read = new ArrayList<>(sealed.size());
            for (byte[] entry : sealed) {
                bytes += entry.length;
                read.add(
                        engine.vault.open(claim.run().organization(), claim.run().id, place(read.size()), entry, null));
            }
            entries = read;
        }
        return read;
    }

    @Override
    public void append(JsonNode entry, long tokens, long costMicroUsd, String event, ObjectNode facts) {
        List<JsonNode> read = known();
        int sequence = read.size();
        byte[] sealed = sealed(entry, sequence);
        task.transaction(transaction -> engine.change(transaction, claim.run().id, new Memory(), progress -> {
            StepRow row = claim.mine(progress);
            progress.run.reserved -= row.reserved;
            progress.run.used += tokens;
            progress.run.cost += costMicroUsd;
            row.reserved = 0;
            row.tokens += tokens;
            row.cost += costMicroUsd;
            row.changed = true;
            insert(transaction.handle(), row, sequence, sealed);
            progress.event(event, row.path(), facts);
            return null;
        }));
        read.add(entry);
        bytes += sealed.length;
        engine.signals.tell(claim.run().id);
    }

    private byte[] sealed(JsonNode entry, int sequence) {
        byte[] plain = Json.write(entry);
        if (sequence >= ENTRIES_MAX || plain.length > ENTRY_BYTES_MAX || bytes + plain.length > BYTES_MAX) {
            throw new GantryException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "The step has done more than is kept of one: " + ENTRIES_MAX + " things of at most "
                            + (ENTRY_BYTES_MAX >> 20) + " MiB, " + (BYTES_MAX >> 20) + " MiB in all");
        }
        return engine.vault.seal(claim.run().organization(), claim.run().id, place(sequence), entry);
    }

    private void insert(Handle handle, StepRow row, int sequence, byte[] sealed) {
        handle.createUpdate("""
                        INSERT INTO run_journal (organization_id, run_id, scope, step, sequence, entry)
                        VALUES (:organization, :run, :scope, :step, :sequence, :entry)
                        """)
                .bind("organization", claim.run().organization())
                .bind("run", claim.run().id)
                .bind("scope", row.scope)
                .bind("step", row.step)
                .bind("sequence", sequence)
                .bind("entry", sealed)
                .execute();
    }

    /** Whether there may be anything, so that most steps need not ask. */
    boolean wasUsed() {
        return entries != null;
    }

    /** Removes it, with the transaction in which the step is done. */
    void clear(Progress progress) {
        if (wasUsed()) {
            progress.transactionHandle()
                    .createUpdate("DELETE FROM run_journal WHERE run_id = :run AND scope = :scope AND step = :step")
                    .bind("run", claim.run().id)
                    .bind("scope", claim.row().scope)
                    .bind("step", claim.row().step)
                    .execute();
        }
    }

    private String place(int sequence) {
        return claim.row().place("journal") + ":" + sequence;
    }

    private static List<byte[]> read(Handle handle, UUID run, String scope, String step) {
        return handle.createQuery("""
                        SELECT entry FROM run_journal WHERE run_id = :run AND scope = :scope AND step = :step
                        ORDER BY sequence
                        """)
                .bind("run", run)
                .bind("scope", scope)
                .bind("step", step)
                .map((row, _) -> row.getBytes(1))
                .list();
    }
}
