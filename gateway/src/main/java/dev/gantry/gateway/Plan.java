package dev.gantry.gateway;

import dev.gantry.identity.Permission;
import dev.gantry.metering.Model;
import java.util.List;

/**
 * Which models may answer a request, decided before anything is reserved for it. Nothing outside of this list is asked
 * later on.
 *
 * @param requested the name that the caller, the asset or the operator's default gave: a model, an alias, or a group
 * @param permission what naming it needs; see {@link Prompt.Subject#ownModel()}
 * @param candidates in the order in which they are to be tried; never empty. A budget must hold for the dearest of them.
 * @param reason why the first comes first, for the caller to read; empty when the name left no choice
 * @param interchangeable whether the answer of any of them is what was asked for, as with the members of a group
 */
public record Plan(
        String requested, Permission permission, List<Model> candidates, String reason, boolean interchangeable) {
    /** Copies the list and refuses an empty one. */
    public Plan {
        candidates = List.copyOf(candidates);
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("A plan needs a model");
        }
    }

    /** Returns the model that is asked first, and in most cases the one that answers. */
    public Model model() {
        return candidates.getFirst();
    }
}
