package dev.gantry.identity;

import dev.gantry.config.Setting;
import dev.gantry.kernel.GantryException;
import java.util.List;

/**
 * One entry of the section {@code roles} of {@code rbac.yaml}. A role that has the name of a built-in one replaces it:
 * it grants exactly what is written.
 *
 * @param permissions patterns, see {@link PermissionPattern}
 */
public record RoleSettings(
        @Setting("What the role may do: resource:action[:name], resource:* or *.")
        List<String> permissions) {
    /** Refuses what is no permission. */
    public RoleSettings {
        permissions = List.copyOf(permissions);
        for (String permission : permissions) {
            try {
                PermissionPattern.parse(permission);
            } catch (GantryException malformed) {
                throw new IllegalArgumentException(malformed.getMessage(), malformed);
            }
        }
    }
}
