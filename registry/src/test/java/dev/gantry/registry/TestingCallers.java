package dev.gantry.registry;

import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.PermissionPattern;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.kernel.Ids;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Callers with chosen teams and rights. */
final class TestingCallers {
    private TestingCallers() {}

    /** Somebody who may do everything. */
    static Caller admin(UUID organization) {
        return caller(organization, "root@example.com", List.of(), "*");
    }

    /** Somebody with the usual rights of a developer: reads and executes all, writes outside of shared. */
    static Caller developer(UUID organization, String name, String... teams) {
        return caller(
                organization, name, List.of(teams), "patterns:read", "patterns:execute", "patterns:create_custom");
    }

    static Caller caller(UUID organization, String name, List<String> teams, String... permissions) {
        AccessRights rights = AccessRights.of(
                Arrays.stream(permissions).map(PermissionPattern::parse).toList());
        return new Caller(
                organization,
                Ids.next(),
                name,
                PrincipalKind.USER,
                null,
                teams,
                teams.isEmpty() ? null : teams.getFirst(),
                null,
                rights);
    }
}
