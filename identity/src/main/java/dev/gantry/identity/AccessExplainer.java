package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/**
 * Finds out why somebody may or may not do something, by asking each pattern of each of their roles by itself; for people
 * who ask, and never on the way of a request. For use inside a transaction of the organization.
 */
final class AccessExplainer {
    /** Resources whose names may begin with a namespace, or for models with the provider. */
    private static final Set<String> QUALIFIED = Set.of("patterns", "workflows", "models");

    /** Namespaces that everybody sees. */
    private static final Set<String> COMMON = Set.of("shared", "builtin");

    private final RightsResolver resolver;

    AccessExplainer(RightsResolver resolver) {
        this.resolver = resolver;
    }

    /**
     * Reads what is asked about.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it is not one single permission
     */
    static Permission parse(String text) {
        PermissionPattern pattern = PermissionPattern.parse(text);
        boolean named = !pattern.glob().equals(Resources.ANY);
        if (pattern.resource().equals(Resources.ANY)
                || pattern.action().equals(Resources.ANY)
                || (named && pattern.glob().contains(Resources.ANY))) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "Ask about one action, such as patterns:execute or patterns:execute:shared/summarize, without '*'");
        }
        return named
                ? Permission.of(pattern.resource(), pattern.action(), pattern.glob())
                : Permission.of(pattern.resource(), pattern.action());
    }

    /** The first part of a name is a namespace where there is one of that name, and otherwise part of a path. */
    private static Permission qualified(Handle handle, Permission permission) {
        int slash = permission.name().indexOf('/');
        if (slash < 0 || !QUALIFIED.contains(permission.resource())) {
            return permission;
        }
        String first = permission.name().substring(0, slash);
        boolean namespace = permission.resource().equals("models")
                || first.startsWith("~")
                || COMMON.contains(first)
                || TeamStore.find(handle, first).isPresent();
        return namespace
                ? Permission.of(
                        permission.resource(),
                        permission.action(),
                        first,
                        permission.name().substring(slash + 1))
                : permission;
    }

    AccessExplanation explain(Handle handle, Principal principal, Permission asked) {
        Permission permission = qualified(handle, asked);
        List<RoleStore.HeldRole> held = new ArrayList<>(RoleStore.heldRoles(handle, principal.id()));
        resolver.book()
                .assigned(principal.name(), List.of())
                .forEach(role -> held.add(new RoleStore.HeldRole(role, null)));
        for (String group : PrincipalStore.groups(handle, principal.id())) {
            resolver.book().assigned("", List.of(group)).forEach(role -> held.add(new RoleStore.HeldRole(role, group)));
        }
        Map<String, Role> roles = resolver.find(
                handle, held.stream().map(RoleStore.HeldRole::role).toList());
        List<AccessExplanation.Grant> grants = new ArrayList<>();
        Set<String> near = new TreeSet<>();
        boolean reachesAll = false;
        for (RoleStore.HeldRole way : held) {
            Role role = roles.get(way.role());
            if (role == null) {
                continue;
            }
            for (PermissionPattern pattern : RightsResolver.parse(role.permissions(), "role " + role.name())) {
                AccessRights alone = resolver.compile(Set.of(pattern));
                if (alone.allow(permission)) {
                    grants.add(
                            new AccessExplanation.Grant(pattern.toString(), role.name(), role.origin(), way.group()));
                } else if (pattern.resource().equals(permission.resource())) {
                    near.add(pattern.toString());
                }
                reachesAll |= alone.cover(PermissionPattern.parse("patterns:*"));
            }
        }
        boolean visible = reachesAll || isVisible(handle, principal, permission);
        boolean allowed = !grants.isEmpty() && principal.active() && visible;
        return new AccessExplanation(
                principal.name(),
                permission,
                allowed,
                reason(principal, permission, grants, held, visible),
                grants,
                List.copyOf(near));
    }

    /** A grant never makes a namespace visible; membership does. */
    private static boolean isVisible(Handle handle, Principal principal, Permission permission) {
        String namespace = permission.namespace();
        return namespace.isEmpty()
                || permission.resource().equals("models")
                || COMMON.contains(namespace)
                || namespace.equals("~" + principal.name())
                || PrincipalStore.teams(handle, principal.id()).contains(namespace);
    }

    private static String reason(
            Principal principal,
            Permission permission,
            List<AccessExplanation.Grant> grants,
            List<RoleStore.HeldRole> held,
            boolean visible) {
        if (!principal.active()) {
            return principal.name() + " is deactivated and may do nothing";
        }
        if (held.isEmpty()) {
            return principal.name() + " has no role, and what no role grants is denied";
        }
        if (grants.isEmpty()) {
            return "No role of " + principal.name() + " grants " + permission;
        }
        if (!visible) {
            return "A role grants it, but " + principal.name() + " does not see the namespace " + permission.namespace()
                    + ", being no member of that team";
        }
        AccessExplanation.Grant first = grants.getFirst();
        return "Role " + first.role() + " grants " + first.permission()
                + (first.group() == null ? "" : " to the members of group " + first.group());
    }
}
