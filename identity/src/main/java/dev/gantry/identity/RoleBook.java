package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The roles that do not lie in the database: the built-in ones and those of the configuration, with the assignments of
 * the configuration. They hold in every organization of the installation. Immutable.
 *
 * <p>Built in are, as in the Fabric guide, {@code developer}, {@code analyst} and {@code viewer}. Two things differ from
 * it. The guide's {@code admin} lists all the resources it knows; as ours are more, the built-in {@code admin} may do
 * everything. And {@code developer} may also call models directly: whoever may write and run any pattern can do that
 * anyway. A role of the configuration replaces the built-in one of the same name and grants exactly what is written.
 *
 * <p>{@code owner} may do everything and cannot be redefined, so that no configuration locks out the first user.
 */
public final class RoleBook {
    /** The role of the first user: everything, whatever the configuration says. */
    public static final String OWNER = "owner";

    private static final Map<String, List<String>> BUILT_IN = builtIn();

    private final Map<String, Role> roles = new LinkedHashMap<>();
    private final Map<String, Set<String>> rolesOfUser = new LinkedHashMap<>();
    private final Map<String, Set<String>> rolesOfGroup = new LinkedHashMap<>();
    private final List<RoleAssignment> assignments;

    /**
     * Puts the configuration over the built-in roles.
     *
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} with the first of {@link RolesSettings#complain}
     */
    public RoleBook(RolesSettings settings) {
        settings.complain((key, text) -> {
            throw new GantryException(ErrorCode.INVALID_CONFIGURATION, key + ": " + text);
        });
        BUILT_IN.forEach((name, permissions) -> roles.put(name, role(name, permissions, Role.Origin.BUILT_IN)));
        settings.roles()
                .forEach((name, configured) ->
                        roles.put(name, role(name, configured.permissions(), Role.Origin.CONFIGURATION)));
        List<RoleAssignment> all = new ArrayList<>();
        for (RoleAssignmentSettings assignment : settings.roleAssignments()) {
            String user = assignment
                    .user()
                    .map(name -> name.strip().toLowerCase(Locale.ROOT))
                    .orElse(null);
            String group = assignment.group().orElse(null);
            if (user != null) {
                rolesOfUser
                        .computeIfAbsent(user, added -> new LinkedHashSet<>())
                        .add(assignment.role());
            } else if (group != null) {
                rolesOfGroup
                        .computeIfAbsent(group, added -> new LinkedHashSet<>())
                        .add(assignment.role());
            }
            all.add(new RoleAssignment(null, assignment.role(), user, group, null));
        }
        assignments = List.copyOf(all);
    }

    /** The built-in roles alone. */
    public static RoleBook builtInOnly() {
        return new RoleBook(new RolesSettings(Map.of(), List.of()));
    }

    /** Returns the names of the built-in roles. */
    static Set<String> builtInNames() {
        return BUILT_IN.keySet();
    }

    private static Map<String, List<String>> builtIn() {
        Map<String, List<String>> roles = new LinkedHashMap<>();
        roles.put(OWNER, List.of("*"));
        roles.put("admin", List.of("*"));
        roles.put(
                "developer",
                List.of(
                        "patterns:read",
                        "patterns:execute",
                        "stitches:read",
                        "stitches:execute",
                        "patterns:create_custom",
                        "models:read",
                        "models:execute"));
        roles.put("analyst", List.of("patterns:read", "patterns:execute:analysis/*", "stitches:execute:research/*"));
        roles.put("viewer", List.of("patterns:read", "patterns:execute:summarize", "patterns:execute:extract_*"));
        return roles;
    }

    private static Role role(String name, List<String> permissions, Role.Origin origin) {
        return new Role(name, "", permissions, origin);
    }

    /** Returns a role by its name. */
    Optional<Role> find(String name) {
        return Optional.ofNullable(roles.get(name));
    }

    /** Returns all roles, the built-in ones first. */
    Collection<Role> all() {
        return List.copyOf(roles.values());
    }

    /** Returns the assignments of the configuration, in its order. */
    List<RoleAssignment> assignments() {
        return assignments;
    }

    /** Returns the names of the roles that the configuration gives to a principal and to its groups. */
    Set<String> assigned(String principal, Collection<String> groups) {
        Set<String> names = new LinkedHashSet<>(rolesOfUser.getOrDefault(principal, Set.of()));
        for (String group : groups) {
            names.addAll(rolesOfGroup.getOrDefault(group, Set.of()));
        }
        return names;
    }

    /** Returns whether the configuration gives a role to a group of this name. */
    boolean namesGroup(String group) {
        return rolesOfGroup.containsKey(group);
    }

    /** Returns the names of the principals to whom the configuration gives one of the roles directly. */
    Set<String> usersWith(Set<String> names) {
        return subjects(rolesOfUser, names);
    }

    /** Returns the names of the groups to which the configuration gives one of the roles. */
    Set<String> groupsWith(Set<String> names) {
        return subjects(rolesOfGroup, names);
    }

    private static Set<String> subjects(Map<String, Set<String>> rolesOf, Set<String> names) {
        Set<String> subjects = new LinkedHashSet<>();
        rolesOf.forEach((subject, roles) -> {
            if (roles.stream().anyMatch(names::contains)) {
                subjects.add(subject);
            }
        });
        return subjects;
    }
}
