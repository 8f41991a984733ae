package dev.gantry.server;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.UUID;

/**
 * Who may do what concerns the installation and not one organization: whoever has the permission in the organization that
 * the first start made. In every other one it has no effect, so that a tenant's administrators, who may do everything
 * there, reach no further.
 *
 * @param operator the first organization's id
 */
record PlatformRights(UUID operator) {
    /** Returns whether the caller may. */
    boolean allow(Caller caller, Permission permission) {
        return caller.organization().equals(operator) && caller.may(permission);
    }

    /**
     * Insists that the caller may.
     *
     * @throws GantryException {@link ErrorCode#PERMISSION_DENIED}
     */
    void require(Caller caller, Permission permission) {
        if (!caller.organization().equals(operator)) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "Only the organization that runs the installation may do this; ask its administrators");
        }
        caller.require(permission);
    }
}
