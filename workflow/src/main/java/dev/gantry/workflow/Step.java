package dev.gantry.workflow;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One step of a workflow.
 *
 * @param id unique in the file; letters, digits and underscores
 * @param title for people; the id when the file gives none
 * @param dependsOn steps of the same body that must have ended before: those that the file names and those whose results
 *     its expressions use, of the steps within it too
 * @param when a condition: false skips the step; null for always
 * @param action what it does
 * @param policy how it is retried, bounded and what follows from its failure
 * @param position where it begins in the file
 */
public record Step(
        String id,
        String title,
        Set<String> dependsOn,
        @Nullable Expression when,
        Action action,
        Policy policy,
        Position position) {
    /** Copies the set. */
    public Step {
        dependsOn = Set.copyOf(dependsOn);
    }

    /** Returns whether the step may end without an output of its own while the run goes on. */
    public boolean mayBeSkipped() {
        return when != null || policy.onFailure() instanceof Policy.OnFailure.Skip;
    }
}
