package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Users and groups as an identity provider keeps them in step. The provider decides who is in which group, and so who has
 * the roles that the configuration ties to groups, without holding these itself; but it stops at administrators: it neither
 * makes nor changes anybody who may do everything, unless it may do everything. Who comes with a {@link PassingProof} lets
 * nobody come by roles, unless they proved just now who they are ({@link ErrorCode#RECENT_SIGN_IN_REQUIRED}). Thread-safe;
 * every method blocks and may throw {@link ErrorCode#DATABASE_UNAVAILABLE}.
 */
public final class Provisioning {
    private static final String NO_ATTRIBUTES = "{}";
    private static final int TRIES = 50;

    private final Administration administration;

    Provisioning(Administration administration) {
        this.administration = administration;
    }

    /**
     * What a user is to be.
     *
     * @param name an e-mail address
     * @param attributes a JSON object that is kept for the provider
     */
    public record UserData(
            String name,
            String displayName,
            boolean active,
            @Nullable String externalId,
            String attributes) {}

    /** What a group is to be. */
    public record GroupData(String name, @Nullable String externalId, Set<UUID> members) {
        /** Copies the members. */
        public GroupData {
            members = Set.copyOf(members);
        }
    }

    /** Returns a user. */
    public Optional<ProvisionedUser> user(Caller caller, UUID id) {
        return administration.read(caller, handle -> ProvisionedStore.user(handle, id));
    }

    /** Returns users without those that the provider deleted, oldest first. */
    public List<ProvisionedUser> users(Caller caller, UserQuery query, Slice slice) {
        return administration.read(caller, handle -> ProvisionedStore.users(handle, query, slice));
    }

    /** Returns how many users there are. */
    public int countUsers(Caller caller, UserQuery query) {
        return administration.read(caller, handle -> ProvisionedStore.countUsers(handle, query));
    }

    /**
     * Makes a user. One that the provider deleted earlier does not come back: this is another one of the same name.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if the name is taken, {@link ErrorCode#PERMISSION_DENIED},
     *     {@link ErrorCode#INVALID_REQUEST}
     */
    public ProvisionedUser createUser(Caller caller, UserData data) {
        return administration.change(caller, handle -> {
            Principal user = checked(Ids.next(), data, administration.now());
            requireMayBeNamed(handle, caller, user.name(), "Making " + user.name());
            PrincipalStore.find(handle, user.name())
                    .filter(former -> ProvisionedStore.isDeleted(handle, former.id()))
                    .ifPresent(former -> administration.leavers().delete(handle, former, administration.now()));
            if (!PrincipalStore.insert(handle, user)) {
                throw Administration.taken("user", user.name());
            }
            ProvisionedStore.put(handle, user.id(), data.externalId(), data.attributes(), administration.now());
            return ProvisionedStore.user(handle, user.id()).orElseThrow();
        });
    }

    /**
     * Changes a user. Deactivating stops their keys and ends their sessions within a second.
     *
     * @param version the one that the provider has seen; null for any
     * @param change what becomes of the present one; asked outside of transactions, and again if others change it meanwhile
     * @throws GantryException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#PRECONDITION_FAILED} if it was changed
     *     meanwhile, {@link ErrorCode#CONFLICT}, {@link ErrorCode#PERMISSION_DENIED}, {@link ErrorCode#INVALID_REQUEST},
     *     {@link ErrorCode#RECENT_SIGN_IN_REQUIRED}
     */
    public ProvisionedUser changeUser(
            Caller caller, UUID id, @Nullable Long version, Function<ProvisionedUser, UserData> change) {
        return changed(() -> user(caller, id).orElseThrow(() -> missing("user", id)), seen -> {
            requireVersion(version, seen.version());
            UserData data = change.apply(seen);
            return administration.<Optional<ProvisionedUser>>change(caller, handle -> {
                ProvisionedUser old = ProvisionedStore.user(handle, id).orElseThrow(() -> missing("user", id));
                if (!old.equals(seen)) {
                    return Optional.empty();
                }
                store(handle, caller, old.principal(), data);
                return ProvisionedStore.user(handle, id);
            });
        });
    }

    /**
     * Changes what was read, again as long as others change it meanwhile.
     *
     * @param change returns empty if they did
     */
    private static <T> T changed(Supplier<T> reading, Function<T, Optional<T>> change) {
        for (int tries = 0; tries < TRIES; tries++) {
            Optional<T> changed = change.apply(reading.get());
            if (changed.isPresent()) {
                return changed.get();
            }
        }
        throw new GantryException(ErrorCode.OVERLOADED, "It is being changed by others all the time; try again");
    }

    private void store(Handle handle, Caller caller, Principal old, UserData data) {
        Principal changed = checked(old.id(), data, old.createdAt());
        Set<PermissionPattern> held = administration.resolver().grantsOf(handle, old.id(), old.name());
        requireNoAdministrator(caller, held, "Changing " + old.name());
        if (!changed.name().equals(old.name())) {
            requireMayBeNamed(handle, caller, changed.name(), "Renaming " + old.name());
            administration.requireMayRename(handle, caller, old);
        }
        administration.requireMayReturn(caller, old.active(), changed.active(), old.name());
        if (!PrincipalStore.update(handle, changed)) {
            throw Administration.taken("user", changed.name());
        }
        if (old.active() && !changed.active()) {
            administration.leavers().deactivated(handle, old.id());
        }
        ProvisionedStore.put(handle, old.id(), data.externalId(), data.attributes(), administration.now());
    }

    private static Principal checked(UUID id, UserData data, Instant createdAt) {
        Validation validation = new Validation();
        String name = validation.email("/userName", data.name());
        String display = validation.text("/displayName", data.displayName(), 0, 200);
        validation.finish();
        return new Principal(id, PrincipalKind.USER, name, display, data.active(), createdAt);
    }

    private void requireMayBeNamed(Handle handle, Caller caller, String name, String what) {
        RightsResolver resolver = administration.resolver();
        Set<String> roles = resolver.book().assigned(name, List.of());
        requireNoAdministrator(caller, resolver.grants(handle, roles), what);
        administration.requireMayOutlastRoles(caller, roles, what);
    }

    /**
     * Deletes a user: their keys, sessions, passwords and factors, roles and memberships end within a second, and never serve
     * whoever gets the name next. The audit log goes on naming them.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#PERMISSION_DENIED}, {@link ErrorCode#CONFLICT}
     *     if nobody would be left to administer
     */
    public void deleteUser(Caller caller, UUID id) {
        administration.<Boolean>change(caller, handle -> {
            Principal user = ProvisionedStore.user(handle, id)
                    .orElseThrow(() -> missing("user", id))
                    .principal();
            requireNoAdministrator(
                    caller, administration.resolver().grantsOf(handle, id, user.name()), "Deleting " + user.name());
            administration.leavers().delete(handle, user, administration.now());
            return true;
        });
    }

    /** Returns a group. */
    public Optional<ProvisionedGroup> group(Caller caller, UUID id, boolean withMembers) {
        return administration.read(caller, handle -> ProvisionedStore.group(handle, id, withMembers));
    }

    /**
     * Returns groups, oldest first.
     *
     * @throws GantryException {@link ErrorCode#REQUEST_TOO_LARGE} if they have too many members to be told at once
     */
    public List<ProvisionedGroup> groups(Caller caller, GroupQuery query, boolean withMembers, Slice slice) {
        return administration.read(caller, handle -> {
            List<ProvisionedGroup> found = ProvisionedStore.groups(handle, query, slice);
            return withMembers ? ProvisionedStore.withMembers(handle, found) : found;
        });
    }

    /** Returns how many groups there are. */
    public int countGroups(Caller caller, GroupQuery query) {
        return administration.read(caller, handle -> ProvisionedStore.countGroups(handle, query));
    }

    /**
     * Makes a group.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if the name is taken, {@link ErrorCode#NOT_FOUND} for a member,
     *     {@link ErrorCode#PERMISSION_DENIED}, {@link ErrorCode#INVALID_REQUEST}
     */
    public ProvisionedGroup createGroup(Caller caller, GroupData data) {
        return administration.change(caller, handle -> {
            Group group = new Group(Ids.next(), name(data), "", administration.now());
            if (!RoleStore.insertGroup(handle, group)) {
                throw Administration.taken("group", group.name());
            }
            setMembers(handle, caller, group, Set.of(), data.members());
            ProvisionedStore.put(handle, group.id(), data.externalId(), NO_ATTRIBUTES, administration.now());
            return ProvisionedStore.group(handle, group.id(), true).orElseThrow();
        });
    }

    /** Changes a group; parameters and errors as for {@link #changeUser} and {@link #createGroup}. */
    public ProvisionedGroup changeGroup(
            Caller caller, UUID id, @Nullable Long version, Function<ProvisionedGroup, GroupData> change) {
        return changed(() -> group(caller, id, true).orElseThrow(() -> missing("group", id)), seen -> {
            requireVersion(version, seen.version());
            GroupData data = change.apply(seen);
            String name = name(data);
            return administration.<Optional<ProvisionedGroup>>change(caller, handle -> {
                ProvisionedGroup old = ProvisionedStore.group(handle, id, true).orElseThrow(() -> missing("group", id));
                if (!old.equals(seen)) {
                    return Optional.empty();
                }
                store(handle, caller, old, name, data);
                return ProvisionedStore.group(handle, id, true);
            });
        });
    }

    private void store(Handle handle, Caller caller, ProvisionedGroup old, String name, GroupData data) {
        UUID id = old.group().id();
        if (!name.equals(old.group().name())) {
            // Roles are tied to names, so that a new one moves them for everybody inside.
            requireNoAdministrator(caller, grants(handle, old.group()), "Renaming a group");
            Group renamed = new Group(id, name, "", old.group().createdAt());
            requireNoAdministrator(caller, grants(handle, renamed), "Renaming a group");
            if (!old.members().isEmpty()) {
                administration.requireMayOutlastRoles(
                        caller, administration.resolver().rolesOf(handle, renamed), "A new name of a group");
            }
            if (!ProvisionedStore.renameGroup(handle, id, name)) {
                throw Administration.taken("group", name);
            }
        }
        Set<UUID> present =
                old.members().stream().map(ProvisionedGroup.Member::id).collect(Collectors.toSet());
        Group group = new Group(id, name, old.group().description(), old.group().createdAt());
        setMembers(handle, caller, group, present, data.members());
        ProvisionedStore.put(handle, id, data.externalId(), NO_ATTRIBUTES, administration.now());
    }

    private void setMembers(Handle handle, Caller caller, Group group, Set<UUID> present, Set<UUID> wanted) {
        Set<UUID> gone = new HashSet<>(present);
        gone.removeAll(wanted);
        Set<UUID> come = new HashSet<>(wanted);
        come.removeAll(present);
        if (!gone.isEmpty() || !come.isEmpty()) {
            requireNoAdministrator(caller, grants(handle, group), "Changing who is in group " + group.name());
        }
        if (!come.isEmpty()) {
            administration.requireMayOutlastRoles(
                    caller, administration.resolver().rolesOf(handle, group), "A membership of group " + group.name());
        }
        RoleStore.removeFromGroup(handle, group.id(), gone);
        Set<UUID> known = ProvisionedStore.known(handle, come);
        come.stream().filter(id -> !known.contains(id)).findFirst().ifPresent(stranger -> {
            throw missing("user", stranger);
        });
        RoleStore.addToGroup(handle, group.id(), come, administration.now());
    }

    /** Deletes a group with its memberships. */
    public void deleteGroup(Caller caller, UUID id) {
        administration.<Boolean>change(caller, handle -> {
            ProvisionedGroup old = ProvisionedStore.group(handle, id, false).orElseThrow(() -> missing("group", id));
            requireNoAdministrator(
                    caller,
                    grants(handle, old.group()),
                    "Deleting group " + old.group().name());
            RoleStore.deleteGroup(handle, id);
            ProvisionedStore.forget(handle, id);
            return true;
        });
    }

    private static String name(GroupData data) {
        Validation validation = new Validation();
        String name = validation.group("/displayName", data.name());
        validation.finish();
        return name;
    }

    private Set<PermissionPattern> grants(Handle handle, Group group) {
        RightsResolver resolver = administration.resolver();
        return resolver.grants(handle, resolver.rolesOf(handle, group));
    }

    private void requireNoAdministrator(Caller caller, Collection<PermissionPattern> moved, String what) {
        if (moved.contains(PermissionPattern.EVERYTHING)) {
            administration.requireHeld(caller, List.of(PermissionPattern.EVERYTHING), what);
        }
    }

    private static void requireVersion(@Nullable Long wanted, long present) {
        if (wanted != null && wanted != present) {
            throw new GantryException(
                    ErrorCode.PRECONDITION_FAILED, "It was changed meanwhile; read it again before changing it");
        }
    }

    private static GantryException missing(String what, UUID id) {
        return Administration.missing(what, id.toString());
    }
}
