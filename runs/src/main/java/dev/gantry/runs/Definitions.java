package dev.gantry.runs;

import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Workflow;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The workflows of runs, each as it was when its run began: those that a registry keeps are read there, the texts of others lie
 * beside the runs, once each. Thread-safe.
 */
final class Definitions {
    private static final int KEPT_MAX = 500;

    private final WorkflowSource source;
    private final Map<String, Workflow> kept = new ConcurrentHashMap<>();

    Definitions(WorkflowSource source) {
        this.source = source;
    }

    /** Keeps the text of a workflow for a run that begins; returns by which name, or null if the registry keeps it. */
    static @Nullable String keep(TaskTransaction transaction, RunRow run, WorkflowSource.Registered workflow) {
        String text = workflow.text();
        if (text == null) {
            return null;
        }
        String hash = HexFormat.of().formatHex(Starts.sha256(text.getBytes(StandardCharsets.UTF_8)));
        transaction.add(
                "INSERT INTO run_definitions (organization_id, hash, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                List.of(run.organization(), hash, text));
        return hash;
    }

    /**
     * Returns the workflow of a run, in the version that it was started with.
     *
     * @throws GantryException if it cannot be read
     */
    Workflow of(Handle handle, RunRow run) {
        String hash = run.definition;
        if (hash == null) {
            return source.load(handle, run.organization(), run.workflow, run.version);
        }
        Workflow known = kept.get(hash);
        if (known == null) {
            known = source.read(text(handle, run, hash));
            if (kept.size() >= KEPT_MAX) {
                kept.clear();
            }
            kept.put(hash, known);
        }
        return known;
    }

    private static String text(Handle handle, RunRow run, String hash) {
        return handle.createQuery("SELECT content FROM run_definitions WHERE hash = :hash")
                .bind("hash", hash)
                .mapTo(String.class)
                .findOne()
                .orElseThrow(() -> new GantryException(
                        ErrorCode.NOT_FOUND, "The text of " + run.workflow + " that the run began with is not there"));
    }
}
