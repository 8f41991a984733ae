package dev.gantry.runs;

import dev.gantry.workflow.Workflow;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Where workflows come from. A version never changes, so that it may be kept. Thread-safe. */
public interface WorkflowSource {
    /** A workflow as it is registered. */
    record Registered(String name, int version, Workflow workflow) {}

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
     * Finds what somebody means by a name, with or without namespace and {@code @version}, and whether that one may run it.
     * Asked within no transaction.
     *
     * @throws dev.gantry.kernel.GantryException if there is none, or it must not be run
     */
    Registered resolve(Starter starter, String name);
}
