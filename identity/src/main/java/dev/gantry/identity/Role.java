package dev.gantry.identity;

import java.util.List;

/**
 * A named set of permissions.
 *
 * @param permissions patterns as text
 * @param origin where it is defined
 */
public record Role(String name, String description, List<String> permissions, Origin origin) {
    /** Copies the permissions. */
    public Role {
        permissions = List.copyOf(permissions);
    }

    /** Where a role, or the assignment of one, is written down. */
    public enum Origin {
        /** Part of Gantry. */
        BUILT_IN,
        /** In the operator's files; the API cannot change it. */
        CONFIGURATION,
        /** Made through the API. */
        ORGANIZATION
    }
}
