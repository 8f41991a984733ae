package dev.gantry.identity;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's or some group's role.
 *
 * @param id names the assignment; null for one of the configuration, which the API cannot remove
 * @param role the role's name; a role that no longer exists grants nothing
 * @param user the user's e-mail address or the service account's name; null when a group has the role
 * @param group the group's name; null when a single principal has the role
 * @param createdAt null for one of the configuration
 */
public record RoleAssignment(
        @Nullable UUID id,
        String role,
        @Nullable String user,
        @Nullable String group,
        @Nullable Instant createdAt) {}
