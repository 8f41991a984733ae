package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import org.jdbi.v3.core.Handle;

/**
 * Groups, which get roles together. They are named by exact name or id. Thread-safe; every method blocks and may throw
 * {@link ErrorCode#DATABASE_UNAVAILABLE}.
 */
public final class Groups {
    private final Administration administration;

    Groups(Administration administration) {
        this.administration = administration;
    }

    /**
     * Makes a group without members. The configuration may tie roles to its name already.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if the name is taken
     */
    public Group create(Caller caller, String name, String description) {
        Validation validation = new Validation();
        String checked = validation.group("/name", name);
        String text = validation.text("/description", description, 0, 500);
        validation.finish();
        return administration.change(caller, handle -> {
            Group group = new Group(Ids.next(), checked, text, administration.now());
            if (!RoleStore.insertGroup(handle, group)) {
                throw Administration.taken("group", checked);
            }
            return group;
        });
    }

    /** Lists all groups. */
    public Page<Group> list(Caller caller, PageRequest page) {
        return administration.read(caller, handle -> Page.of(RoleStore.listGroups(handle, page), page, Group::id));
    }

    /**
     * Shows a group.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public Group show(Caller caller, String nameOrId) {
        return administration.read(caller, handle -> administration.group(handle, nameOrId));
    }

    /**
     * Deletes a group with its memberships and assignments. The caller must hold what the group's roles grant.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#PERMISSION_DENIED},
     *     {@link ErrorCode#CONFLICT} if nobody would be left to administer
     */
    public void delete(Caller caller, String nameOrId) {
        administration.<Boolean>change(caller, handle -> {
            Group group = administration.group(handle, nameOrId);
            requireHeldRolesOf(handle, caller, group, "Deleting group " + group.name());
            RoleStore.deleteGroup(handle, group.id());
            return true;
        });
    }

    /** Lists who is in a group. */
    public Page<Principal> members(Caller caller, String nameOrId, PageRequest page) {
        return administration.read(caller, handle -> {
            Group group = administration.group(handle, nameOrId);
            return Page.of(
                    PrincipalStore.members(handle, "group_members", "group_id", group.id(), page), page, Principal::id);
        });
    }

    /**
     * Puts somebody into a group. The caller must hold what the group's roles grant.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#PERMISSION_DENIED},
     *     {@link ErrorCode#RECENT_SIGN_IN_REQUIRED} if the group has roles,
     *     {@link ErrorCode#CONFLICT} if they are in it already
     */
    public void addMember(Caller caller, String nameOrId, String principal) {
        administration.<Boolean>change(caller, handle -> {
            Group group = administration.group(handle, nameOrId);
            Principal member = administration.principal(handle, principal);
            requireHeldRolesOf(handle, caller, group, "Putting somebody into group " + group.name());
            administration.requireMayOutlastRoles(
                    caller, administration.resolver().rolesOf(handle, group), "A membership of group " + group.name());
            if (!RoleStore.addToGroup(handle, group.id(), member.id(), administration.now())) {
                throw new GantryException(
                        ErrorCode.CONFLICT, member.name() + " is in group " + group.name() + " already");
            }
            return true;
        });
    }

    /**
     * Takes somebody out of a group. The caller must hold what the group's roles grant.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#PERMISSION_DENIED},
     *     {@link ErrorCode#CONFLICT} if nobody would be left to administer
     */
    public void removeMember(Caller caller, String nameOrId, String principal) {
        administration.<Boolean>change(caller, handle -> {
            Group group = administration.group(handle, nameOrId);
            Principal member = administration.principal(handle, principal);
            requireHeldRolesOf(handle, caller, group, "Taking somebody out of group " + group.name());
            if (!RoleStore.removeFromGroup(handle, group.id(), member.id())) {
                throw new GantryException(ErrorCode.NOT_FOUND, member.name() + " is not in group " + group.name());
            }
            return true;
        });
    }

    private void requireHeldRolesOf(Handle handle, Caller caller, Group group, String what) {
        RightsResolver resolver = administration.resolver();
        administration.requireHeld(caller, resolver.grants(handle, resolver.rolesOf(handle, group)), what);
    }
}
