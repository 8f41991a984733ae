package dev.gantry.runs;

import dev.gantry.workflow.Workflow;
import java.util.UUID;

/** Where workflows come from. A version never changes, so that it may be kept. Thread-safe. */
public interface WorkflowSource {
    /** A workflow as it is registered. */
    record Registered(String name, int version, Workflow workflow) {}

    /**
     * Returns a version of a workflow.
     *
     * @param name qualified
     * @throws dev.gantry.kernel.GantryException if there is none
     */
    Workflow load(UUID organization, String name, int version);

    /**
     * Finds what somebody means by a name, with or without namespace and {@code @version}, and whether that one may run it.
     *
     * @throws dev.gantry.kernel.GantryException if there is none, or it must not be run
     */
    Registered resolve(Starter starter, String name);
}
