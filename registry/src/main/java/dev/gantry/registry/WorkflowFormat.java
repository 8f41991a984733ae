package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.List;

/** Knows what a workflow's file must look like; the registry itself only keeps its text. Implementations are thread-safe. */
public interface WorkflowFormat {
    /**
     * Checks a workflow.
     *
     * @throws GantryException {@link ErrorCode#INVALID_WORKFLOW} that names every line, if it cannot be used
     */
    Description check(String content);

    /**
     * What lists show of a workflow.
     *
     * @param text one or two sentences; the name when the file gives none; never empty
     * @param tags in lower case
     * @param warnings what its author should know
     */
    record Description(String text, List<String> tags, List<String> warnings) {
        /** Copies the lists. */
        public Description {
            tags = List.copyOf(tags);
            warnings = List.copyOf(warnings);
        }
    }
}
