package dev.gantry.triggers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.runs.Starter;
import org.jspecify.annotations.Nullable;

/**
 * What a trigger is to be.
 *
 * @param name unique within its kind; putting one of the same name replaces it
 * @param owner on whose rights the runs are done, and in what region the models must be that they ask
 * @param workflow with or without namespace and {@code @version}
 * @param inputs values by the names of the workflow's inputs; texts may hold expressions over {@code event}
 * @param where whether what happened concerns the workflow, an expression over {@code event}; null for always
 */
public record TriggerRequest(
        String name,
        Starter owner,
        String workflow,
        ObjectNode inputs,
        @Nullable String where,
        TriggerSource source) {}
