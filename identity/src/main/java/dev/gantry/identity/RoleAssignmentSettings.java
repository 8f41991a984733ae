package dev.gantry.identity;

import dev.gantry.config.Setting;
import java.util.Optional;

/**
 * One entry of the section {@code role_assignments} of {@code rbac.yaml}: a role for a user or for a group, who need not
 * exist yet.
 *
 * @param user an e-mail address, or the name of a service account
 * @param group a group's name
 * @param role the role's name
 */
public record RoleAssignmentSettings(
        @Setting("The e-mail address of a user or the name of a service account; or give a group.")
        Optional<String> user,

        @Setting("The name of a group; or give a user.") Optional<String> group,

        @Setting("The role that the user or the group gets.")
        String role) {
    /** Insists on either a user or a group. */
    public RoleAssignmentSettings {
        if (user.isPresent() == group.isPresent()) {
            throw new IllegalArgumentException("a role assignment names either a user or a group");
        }
    }
}
