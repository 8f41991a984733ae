package dev.gantry.runs;

import dev.gantry.workflow.Workflow;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Where workflows come from. A version never changes, so that it may be kept. Thread-safe. */
public interface WorkflowSource {
    /**
     * A workflow as it is registered.
     *
     * @param text of the file where nobody else keeps this version for ever, such as what comes with the product: it is kept
     *     with the runs; null otherwise
     */
    record Registered(
            String name,
            int version,
            Workflow workflow,
            @Nullable String text) {
        /** A workflow whose versions are kept. */
        public Registered(String name, int version, Workflow workflow) {
            this(name, version, workflow, null);
        }
    }

    /**
     * Returns a version of a workflow.
     *
     * @param handle of a transaction that sees the organization. What has to be read is read over it: whoever has a
     *     connection must not wait for another, since all may be with others who do the same
     * @param name qualified
     * @throws dev.gantry.kernel.GantryException if there is none
     */
    Workflow load(Handle handle, UUID organization, String name, int version);

    /**
     * Reads a text that was kept with a run.
     *
     * @throws dev.gantry.kernel.GantryException if it is no workflow to this version of the product
     */
    default Workflow read(String text) {
        throw new IllegalStateException("No texts of workflows are kept with runs here");
    }

    /**
     * Finds what somebody means by a name, with or without namespace and {@code @version}, and whether that one may run it.
     * Asked within no transaction.
     *
     * @throws dev.gantry.kernel.GantryException if there is none, or it must not be run
     */
    Registered resolve(Starter starter, String name);
}
