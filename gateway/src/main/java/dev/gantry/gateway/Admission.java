package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.metering.Model;
import java.util.List;

/**
 * Decides whether a request may go on, before anything of it reaches a provider. Rate limits, quotas and budgets are
 * further implementations of this seam.
 */
@FunctionalInterface
public interface Admission {
    /**
     * Admits a request.
     *
     * @param plan which models may answer; what is reserved must hold for the dearest of them
     * @return what the request occupies from now on
     * @throws dev.gantry.kernel.GantryException if a permission is missing or a limit is reached; nothing is occupied then
     */
    Hold admit(Ask ask, Caller caller, Prompt prompt, Plan plan);

    /** Returns an admission that asks several in turn; what the earlier ones gave is given back when a later one refuses. */
    static Admission inOrder(Admission... admissions) {
        List<Admission> all = List.of(admissions);
        return (ask, caller, prompt, plan) -> {
            Holds holds = new Holds();
            try {
                for (Admission admission : all) {
                    holds.add(admission.admit(ask, caller, prompt, plan));
                }
                return holds;
            } catch (RuntimeException refusal) {
                holds.release();
                throw refusal;
            }
        };
    }

    /** Returns the admission that asks for the permissions of the subject and of the model, and for nothing else. */
    static Admission byPermission() {
        return (ask, caller, prompt, plan) -> {
            for (Permission permission : prompt.subject().permissions()) {
                caller.require(permission);
            }
            if (prompt.subject().ownModel()) {
                caller.require(plan.permission());
            }
            return Hold.NONE;
        };
    }

    /** Returns the permission to ask a model: its provider is the namespace. */
    static Permission permissionFor(Model model) {
        String prefix = model.provider() + "/";
        String name = model.name().startsWith(prefix) ? model.name().substring(prefix.length()) : model.name();
        return Permission.of("models", "execute", model.provider(), name);
    }
}
