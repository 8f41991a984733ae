package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Roles and who has them. What the configuration defines or assigns is shown here and can be changed there only.
 * Thread-safe; every method blocks and may throw {@link ErrorCode#DATABASE_UNAVAILABLE}.
 */
public final class Roles {
    /** How many roles an organization may make for itself. */
    public static final int ROLES_MAX = 1_000;

    /** How many permissions a role may list. */
    public static final int PERMISSIONS_MAX = 1_000;

    private final Administration administration;

    Roles(Administration administration) {
        this.administration = administration;
    }

    /** Lists all roles: the built-in ones, those of the configuration, those of the organization. */
    public List<Role> list(Caller caller) {
        RoleBook book = administration.resolver().book();
        List<Role> roles = new ArrayList<>(book.all());
        administration
                .read(caller, handle -> RoleStore.allRoles(handle, ROLES_MAX))
                .forEach(own -> {
                    if (book.find(own.name()).isEmpty()) {
                        roles.add(own);
                    }
                });
        return roles;
    }

    /**
     * Shows a role.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} with the nearest name
     */
    public Role show(Caller caller, String name) {
        return administration.read(caller, handle -> role(handle, name));
    }

    /**
     * Makes a role. The caller must hold each permission.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if the name is taken, also by a built-in role or the
     *     configuration; {@link ErrorCode#PERMISSION_DENIED}; {@link ErrorCode#INVALID_REQUEST}
     */
    public Role create(Caller caller, String name, String description, List<String> permissions) {
        Validation validation = new Validation();
        String checked = validation.slug("/name", "a role", name);
        Role role = checked(validation, checked, description, permissions);
        return administration.change(caller, handle -> {
            requireHeld(caller, role, "Making role " + checked);
            if (RoleStore.countRoles(handle) >= ROLES_MAX) {
                throw new GantryException(
                        ErrorCode.CONFLICT, "The organization has " + ROLES_MAX + " roles; delete one first");
            }
            if (administration.resolver().book().find(checked).isPresent()
                    || !RoleStore.insertRole(handle, Ids.next(), role, administration.now())) {
                throw Administration.taken("role", checked);
            }
            return role;
        });
    }

    /**
     * Replaces what a role of the organization grants. The caller must hold each permission, old and new.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if the role is not one of the
     *     organization or nobody would be left to administer; {@link ErrorCode#PERMISSION_DENIED},
     *     {@link ErrorCode#RECENT_SIGN_IN_REQUIRED}
     */
    public Role update(Caller caller, String name, String description, List<String> permissions) {
        Role role = checked(new Validation(), name, description, permissions);
        return administration.change(caller, handle -> {
            Role old = own(handle, name);
            requireHeld(caller, old, "Changing role " + name);
            requireHeld(caller, role, "Changing role " + name);
            administration.requireMayOutlast(caller, null, "A change of role " + name);
            RoleStore.updateRole(handle, role);
            return role;
        });
    }

    /**
     * Deletes a role of the organization that nobody has.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if it is assigned or not one of the
     *     organization; {@link ErrorCode#PERMISSION_DENIED}
     */
    public void delete(Caller caller, String name) {
        administration.<Boolean>change(caller, handle -> {
            requireHeld(caller, own(handle, name), "Deleting role " + name);
            if (RoleStore.isAssigned(handle, name)) {
                throw new GantryException(
                        ErrorCode.CONFLICT, "Role '" + name + "' is assigned; remove its assignments first");
            }
            RoleStore.deleteRole(handle, name);
            return true;
        });
    }

    /** Lists the assignments that were made through the API. */
    public Page<RoleAssignment> assignments(Caller caller, PageRequest page) {
        return administration.read(caller, handle -> {
            List<RoleAssignment> rows = RoleStore.listAssignments(handle, page);
            return Page.of(rows, page, Roles::id);
        });
    }

    /** Lists the assignments of the configuration, in its order. */
    public List<RoleAssignment> configuredAssignments() {
        return administration.resolver().book().assignments();
    }

    /**
     * Gives a role to a user or service account. The caller must hold all that it grants.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if they have it already;
     *     {@link ErrorCode#PERMISSION_DENIED}, {@link ErrorCode#RECENT_SIGN_IN_REQUIRED}
     */
    public RoleAssignment assignToUser(Caller caller, String role, String nameOrId) {
        return administration.change(caller, handle -> {
            Principal principal = administration.principal(handle, nameOrId);
            return assign(handle, caller, role, principal, null);
        });
    }

    /**
     * Gives a role to a group, whose members have it from then on. The caller must hold all that it grants.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if it has it already;
     *     {@link ErrorCode#PERMISSION_DENIED}, {@link ErrorCode#RECENT_SIGN_IN_REQUIRED}
     */
    public RoleAssignment assignToGroup(Caller caller, String role, String nameOrId) {
        return administration.change(caller, handle -> {
            Group group = administration.group(handle, nameOrId);
            return assign(handle, caller, role, null, group);
        });
    }

    /**
     * Takes a role away. The caller must hold all that it grants.
     *
     * @return what was taken away
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if nobody would be left to
     *     administer; {@link ErrorCode#PERMISSION_DENIED}
     */
    public RoleAssignment unassign(Caller caller, UUID assignment) {
        return administration.change(caller, handle -> {
            RoleAssignment found = RoleStore.findAssignment(handle, assignment)
                    .orElseThrow(() -> Administration.missing("role assignment", assignment.toString()));
            RightsResolver resolver = administration.resolver();
            administration.requireHeld(
                    caller, resolver.grants(handle, List.of(found.role())), "Taking away role " + found.role());
            RoleStore.unassign(handle, assignment);
            return found;
        });
    }

    private RoleAssignment assign(
            Handle handle, Caller caller, String name, @Nullable Principal principal, @Nullable Group group) {
        Role role = role(handle, name);
        requireHeld(caller, role, "Assigning role " + role.name());
        administration.requireMayOutlast(caller, null, "A role that is given");
        RoleAssignment assignment = new RoleAssignment(
                Ids.next(),
                role.name(),
                principal == null ? null : principal.name(),
                group == null ? null : group.name(),
                administration.now());
        if (!RoleStore.assign(
                handle,
                id(assignment),
                role.name(),
                principal == null ? null : principal.id(),
                group == null ? null : group.id(),
                caller.principalId(),
                administration.now())) {
            throw new GantryException(ErrorCode.CONFLICT, "Role '" + role.name() + "' is assigned there already");
        }
        return assignment;
    }

    private Role role(Handle handle, String name) {
        Map<String, Role> found = administration.resolver().find(handle, List.of(name));
        Role role = found.get(name);
        if (role == null) {
            Set<String> known = new TreeSet<>();
            administration.resolver().book().all().forEach(each -> known.add(each.name()));
            RoleStore.allRoles(handle, ROLES_MAX).forEach(each -> known.add(each.name()));
            throw new GantryException(
                    ErrorCode.NOT_FOUND,
                    "There is no role '" + Text.shorten(name, 60) + "'" + Text.didYouMean(name, known));
        }
        return role;
    }

    private Role own(Handle handle, String name) {
        Role role = role(handle, name);
        if (role.origin() != Role.Origin.ORGANIZATION) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "Role '" + name + "' is "
                            + (role.origin() == Role.Origin.BUILT_IN ? "built in" : "defined by the configuration")
                            + " and cannot be changed here");
        }
        return role;
    }

    private void requireHeld(Caller caller, Role role, String what) {
        administration.requireHeld(caller, RightsResolver.parse(role.permissions(), "role " + role.name()), what);
    }

    private static Role checked(Validation validation, String name, String description, List<String> permissions) {
        String text = validation.text("/description", description, 0, 500);
        validation.permissions("/permissions", permissions, PERMISSIONS_MAX);
        validation.finish();
        return new Role(name, text, permissions, Role.Origin.ORGANIZATION);
    }

    private static UUID id(RoleAssignment assignment) {
        UUID id = assignment.id();
        if (id == null) {
            throw new IllegalArgumentException("An assignment of the configuration has no id");
        }
        return id;
    }
}
