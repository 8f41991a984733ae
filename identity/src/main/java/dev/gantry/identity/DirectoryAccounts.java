package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Keeps accounts as an identity provider describes them. What the operator configured stands behind it, not a caller, so
 * that no rights are asked for. A membership knows the provider that it came from, its source; a provider takes back what
 * it gave and nothing else, and never the last administrator's rights. What a provider names is looked up by exact name and never
 * as one of Gantry's ids. All but {@link #applied} is for a transaction of the organization. Thread-safe.
 */
public final class DirectoryAccounts {
    private static final String BEFORE_LEAVING = "before_leaving";

    private final Administration administration;

    DirectoryAccounts(Administration administration) {
        this.administration = administration;
    }

    /** Finds a user or service account by name, active or not. */
    public Optional<Principal> find(Handle handle, String name) {
        return PrincipalStore.findNamed(handle, name);
    }

    /** Returns whether the configuration gives roles to whoever has this name. */
    public boolean hasRolesByName(String name) {
        return !administration.resolver().book().assigned(name, List.of()).isEmpty();
    }

    /**
     * Makes a user, without rights of their own.
     *
     * @param subject who they are at the provider, which whoever provisions users may know them by, too
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if the name is no e-mail address,
     *     {@link ErrorCode#CONFLICT} if it is taken, {@link ErrorCode#PERMISSION_DENIED} if somebody of that name or subject was
     *     deleted, or is provisioned under another name: only who provisions or administers makes them again, and not a
     *     token that lives on
     */
    public Principal make(Handle handle, String email, String displayName, String subject) {
        Validation validation = new Validation();
        String name = validation.email("/email", email);
        String display = displayName.replaceAll("\\p{Cntrl}", "").strip();
        validation.finish();
        if (ProvisionedStore.wasDeleted(handle, name, subject)) {
            throw deleted();
        }
        if (ProvisionedStore.nameOf(handle, subject).isPresent()) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "This user is provisioned here under another address; who provisions users has to change it there");
        }
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

    /** What somebody who was deleted is told. */
    public static GantryException deleted() {
        return new GantryException(
                ErrorCode.PERMISSION_DENIED,
                "This user was deleted; who provisions users, or an administrator, has to make them again");
    }

    /** Returns whether somebody is active, and keeps them so until the end of the transaction; to be asked first in it. */
    public boolean holdActive(Handle handle, UUID principal) {
        return PrincipalStore.holdActive(handle, principal);
    }

    /**
     * Returns those of some groups that mean something here: they exist, or the configuration gives them a role. A
     * directory has many more, which would only be in the way.
     */
    public Set<String> knownGroups(Handle handle, Collection<String> groups) {
        Set<String> known = new TreeSet<>(DirectoryStore.knownGroups(handle, groups));
        groups.stream().filter(administration.resolver().book()::namesGroup).forEach(known::add);
        return known;
    }

    /** Returns those of some teams that exist. */
    public Set<String> knownTeams(Handle handle, Collection<String> teams) {
        return new TreeSet<>(TeamStore.known(handle, teams));
    }

    /** Returns whether {@link #synchronize} would change nothing, by what the database holds now. */
    public boolean isInStep(Handle handle, UUID principal, String source, Set<String> groups, Set<String> teams) {
        return DirectoryStore.groups(handle, principal).containsAll(groups)
                && groups.containsAll(DirectoryStore.groupsFrom(handle, principal, source))
                && DirectoryStore.teams(handle, principal).containsAll(teams)
                && teams.containsAll(DirectoryStore.teamsFrom(handle, principal, source));
    }

    /**
     * Puts somebody into groups, which are made if they do not exist, and into teams that exist; and takes them out of those
     * others that the same source put them into. Memberships of any other source stay as they are.
     *
     * @param source the provider's issuer
     * @return the groups in which they had to stay, since nobody would be left to administer the organization
     */
    public List<String> synchronize(
            Handle handle, UUID principal, String source, Set<String> groups, Set<String> teams) {
        for (String name : groups) {
            RoleStore.insertGroup(handle, new Group(Ids.next(), name, "", administration.now()));
        }
        DirectoryStore.enterGroups(handle, principal, source, groups, administration.now());
        DirectoryStore.joinTeams(handle, principal, source, teams, administration.now());
        Set<String> surplusTeams = new HashSet<>(DirectoryStore.teamsFrom(handle, principal, source));
        surplusTeams.removeAll(teams);
        DirectoryStore.leaveTeams(handle, principal, surplusTeams);
        Set<String> surplus = new TreeSet<>(DirectoryStore.groupsFrom(handle, principal, source));
        surplus.removeAll(groups);
        return leave(handle, principal, surplus);
    }

    private List<String> leave(Handle handle, UUID principal, Set<String> groups) {
        List<String> kept = new ArrayList<>();
        boolean administered = !groups.isEmpty() && administration.isAdministered(handle);
        for (String name : groups) {
            handle.savepoint(BEFORE_LEAVING);
            DirectoryStore.leaveGroup(handle, principal, name);
            if (administered && !administration.isAdministered(handle)) {
                handle.rollbackToSavepoint(BEFORE_LEAVING);
                kept.add(name);
            } else {
                handle.releaseSavepoint(BEFORE_LEAVING);
            }
        }
        return kept;
    }

    /** Makes what one source gave somebody the gift of another. */
    public void renameSource(Handle handle, UUID principal, String from, String to) {
        DirectoryStore.renameSource(handle, principal, from, to);
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
