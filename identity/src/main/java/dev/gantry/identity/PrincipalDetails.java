package dev.gantry.identity;

import java.util.List;

/**
 * A principal and what it belongs to.
 *
 * @param teams names of active teams, the one joined first leading
 * @param groups names of groups
 * @param roles names of the roles it has by any way: directly, through groups, through the configuration
 * @param permissions what these roles grant together, sorted
 */
public record PrincipalDetails(
        Principal principal, List<String> teams, List<String> groups, List<String> roles, List<String> permissions) {
    /** Copies the lists. */
    public PrincipalDetails {
        teams = List.copyOf(teams);
        groups = List.copyOf(groups);
        roles = List.copyOf(roles);
        permissions = List.copyOf(permissions);
    }
}
