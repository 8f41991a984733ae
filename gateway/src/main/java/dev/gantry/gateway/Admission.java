package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.metering.Model;

/**
 * Decides whether a request may go on, before anything of it reaches a provider. Rate limits, quotas and budgets are
 * further implementations of this seam.
 */
@FunctionalInterface
public interface Admission {
    /**
     * Admits a request.
     *
     * @throws dev.gantry.kernel.GantryException if a permission is missing or a limit is reached
     */
    Admitted admit(Ask ask, Caller caller, Prompt prompt, Model model);

    /** Returns the admission that asks for the permissions of the subject and of the model, and for nothing else. */
    static Admission byPermission() {
        return (ask, caller, prompt, model) -> {
            for (Permission permission : prompt.subject().permissions()) {
                caller.require(permission);
            }
            if (prompt.subject().ownModel()) {
                caller.require(permissionFor(model));
            }
            return new Admitted(ask, caller, prompt, model);
        };
    }

    /** Returns the permission to ask a model: its provider is the namespace. */
    static Permission permissionFor(Model model) {
        String prefix = model.provider() + "/";
        String name = model.name().startsWith(prefix) ? model.name().substring(prefix.length()) : model.name();
        return Permission.of("models", "execute", model.provider(), name);
    }
}
