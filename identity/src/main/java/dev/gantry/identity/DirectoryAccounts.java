package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Keeps accounts as an identity provider describes them. What the operator configured stands behind it, not a caller, so
 * that no rights are asked for. All but {@link #applied} is for a transaction of the organization. Thread-safe.
 */
public final class DirectoryAccounts {
    private final Administration administration;

    DirectoryAccounts(Administration administration) {
        this.administration = administration;
    }

    /** Finds a user or service account by name or id, active or not. */
    public Optional<Principal> find(Handle handle, String nameOrId) {
        return PrincipalStore.find(handle, nameOrId);
    }

    /**
     * Makes a user, without rights of their own.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if the name is no e-mail address,
     *     {@link ErrorCode#CONFLICT} if it is taken
     */
    public Principal make(Handle handle, String email, String displayName) {
        Validation validation = new Validation();
        String name = validation.email("/email", email);
        String display = displayName.replaceAll("\\p{Cntrl}", "").strip();
        validation.finish();
        Principal principal = new Principal(
                Ids.next(),
                PrincipalKind.USER,
                name,
                display.length() <= 200 ? display : "",
                true,
                administration.now());
        if (!PrincipalStore.insert(handle, principal)) {
            throw Administration.taken("user", name);
        }
        return principal;
    }

    /**
     * Returns those of some groups that mean something here: they exist, or the configuration gives them a role. A
     * directory has many more, which would only be in the way.
     */
    public List<String> known(Handle handle, Collection<String> groups) {
        return groups.stream()
                .filter(group -> administration.resolver().book().namesGroup(group)
                        || RoleStore.findGroup(handle, group)
                                .filter(found -> found.name().equals(group))
                                .isPresent())
                .distinct()
                .toList();
    }

    /** Puts somebody into groups, which are made if they do not exist, and takes them out of others. */
    public void move(Handle handle, UUID principal, Collection<String> into, Collection<String> outOf) {
        for (String name : into) {
            if (RoleStore.findGroup(handle, name).isEmpty()) {
                RoleStore.insertGroup(handle, new Group(Ids.next(), name, "", administration.now()));
            }
            RoleStore.findGroup(handle, name)
                    .ifPresent(group -> RoleStore.addToGroup(handle, group.id(), principal, administration.now()));
        }
        for (String name : outOf) {
            RoleStore.findGroup(handle, name)
                    .ifPresent(group -> RoleStore.removeFromGroup(handle, group.id(), principal));
        }
    }

    /** Returns those of some teams that exist. */
    public Set<String> knownTeams(Handle handle, Collection<String> teams) {
        return TeamStore.known(handle, teams);
    }

    /** Lets somebody join teams that exist, and leave others. */
    public void join(Handle handle, UUID principal, Collection<String> into, Collection<String> outOf) {
        for (String name : into) {
            TeamStore.find(handle, name)
                    .ifPresent(team -> TeamStore.addMember(handle, team.id(), principal, administration.now()));
        }
        for (String name : outOf) {
            TeamStore.find(handle, name).ifPresent(team -> TeamStore.removeMember(handle, team.id(), principal));
        }
    }

    /** Lets administrative changes of the organization wait until the end of the transaction, and every node hear of it. */
    public void begin(Handle handle, UUID organization) {
        OrganizationStore.lock(handle);
        ChangeFeed.organizationChanged(handle, organization);
    }

    /** To be called after the commit of a transaction that called {@link #begin}. */
    public void applied(UUID organization) {
        administration.feed().applyOrganizationChange(organization);
    }
}
