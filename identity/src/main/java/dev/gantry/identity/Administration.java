package dev.gantry.identity;

import dev.gantry.database.Database;
import dev.gantry.database.Work;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What all administration shares: transactions that tell the other nodes, and the rules against escalation.
 *
 * <p><b>Nobody gives or takes more than they have.</b> Whoever assigns a role, puts somebody into a group, changes an
 * e-mail address to which the configuration ties roles, or edits a role, must hold every permission that this moves. The
 * same goes for taking away and for deactivating, so that a lesser administrator cannot bring down a greater one.
 *
 * <p><b>Somebody stays.</b> No change may leave the organization without an active user who may do everything. Changes of
 * one organization wait for each other, so that two of them cannot each remove what the other relies on.
 */
final class Administration {
    private final Database database;
    private final RightsResolver resolver;
    private final ChangeFeed feed;
    private final Clock clock;
    private final Leavers leavers = new Leavers();

    Administration(Database database, RightsResolver resolver, ChangeFeed feed, Clock clock) {
        this.database = database;
        this.resolver = resolver;
        this.feed = feed;
        this.clock = clock;
    }

    <T> T read(Caller caller, Work<T> work) {
        return read(caller.organization(), work);
    }

    <T> T read(UUID organization, Work<T> work) {
        return database.inOrganization(organization, work);
    }

    /**
     * Makes a change after which every node looks up the callers of the organization anew.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if the change leaves nobody to administer, and undoes it
     */
    <T> T change(Caller caller, Work<T> work) {
        T result = database.inOrganization(caller.organization(), handle -> {
            OrganizationStore.lock(handle);
            boolean administered = isAdministered(handle);
            T done = work.in(handle);
            if (administered && !isAdministered(handle)) {
                throw new GantryException(
                        ErrorCode.CONFLICT,
                        "This would leave the organization without an active user who may do everything; "
                                + "give somebody else the role 'owner' first");
            }
            ChangeFeed.organizationChanged(handle, caller.organization());
            return done;
        });
        feed.applyOrganizationChange(caller.organization());
        return result;
    }

    RightsResolver resolver() {
        return resolver;
    }

    /** Returns what ends with people. */
    Leavers leavers() {
        return leavers;
    }

    ChangeFeed feed() {
        return feed;
    }

    /** Returns the time to the microsecond, which is what the database keeps. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** Insists that the caller holds what is about to be given or taken. */
    void requireHeld(Caller caller, Collection<PermissionPattern> patterns, String what) {
        Set<String> missing = new TreeSet<>();
        for (PermissionPattern pattern : patterns) {
            if (!caller.rights().cover(pattern)) {
                missing.add(pattern.toString());
            }
        }
        if (!missing.isEmpty()) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    what + " takes permissions that " + caller.principal() + " does not have: "
                            + Text.shorten(String.join(", ", missing), 300));
        }
    }

    /** Returns whether the caller may make only what ends with what they came with. */
    boolean isPassing(Caller caller) {
        PassingProof proof = caller.proof();
        return proof != null && !proof.isRecent(now());
    }

    /**
     * Insists that the caller may make something that lasts.
     *
     * @param until when it ends by itself; null for never
     * @param what what it is, for errors
     * @throws GantryException {@link ErrorCode#RECENT_SIGN_IN_REQUIRED}, {@link ErrorCode#PERMISSION_DENIED}
     */
    void requireMayOutlast(Caller caller, @Nullable Instant until, String what) {
        PassingProof proof = caller.proof();
        if (proof == null || !isPassing(caller) || (until != null && !until.isAfter(proof.endsAt()))) {
            return;
        }
        if (!proof.person()) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    what
                            + " would outlast the token, certificate or short-lived key you use, with which nothing can be made"
                            + " that lasts beyond " + proof.endsAt());
        }
        throw new GantryException(
                ErrorCode.RECENT_SIGN_IN_REQUIRED,
                what + " outlasts your session, and it is not known that you proved within the last "
                        + PassingProof.RECENT.toMinutes() + " minutes who you are; sign in again first");
    }

    /**
     * Insists, where somebody comes by roles, that the caller may make something that lasts.
     *
     * @param what by which they do, for errors
     */
    void requireMayOutlastRoles(Caller caller, Set<String> roles, String what) {
        if (!roles.isEmpty()) {
            requireMayOutlast(caller, null, what);
        }
    }

    /**
     * Insists, where what was inactive becomes active, that the caller may make something that lasts: keys work again.
     *
     * @param what who or what comes back, for errors
     */
    void requireMayReturn(Caller caller, boolean was, boolean becomes, String what) {
        if (!was && becomes) {
            requireMayOutlast(caller, null, "The return of " + what);
        }
    }

    /**
     * Insists, where somebody has roles, that the caller may make something that lasts: under another address another person may
     * sign in to the account.
     */
    void requireMayRename(Handle handle, Caller caller, Principal principal) {
        requireMayOutlastRoles(
                caller,
                resolver.rolesOf(handle, principal.id(), principal.name()),
                "A new name of " + principal.name());
    }

    /** Insists that the caller holds all that a principal may do. */
    void requireHeldRightsOf(Handle handle, Caller caller, Principal principal, String what) {
        requireHeld(caller, resolver.grantsOf(handle, principal.id(), principal.name()), what);
    }

    /** Returns whether there is an active user who may do everything. */
    boolean isAdministered(Handle handle) {
        RoleBook book = resolver.book();
        Set<String> roles = new TreeSet<>();
        for (Role role : book.all()) {
            if (role.permissions().contains(Resources.ANY)) {
                roles.add(role.name());
            }
        }
        for (String own : RoleStore.rolesToEverything(handle)) {
            if (book.find(own).isEmpty()) {
                roles.add(own);
            }
        }
        return PrincipalStore.anyActiveUserWith(
                handle,
                new ArrayList<>(roles),
                new ArrayList<>(book.usersWith(roles)),
                new ArrayList<>(book.groupsWith(roles)));
    }

    Principal principal(Handle handle, String nameOrId) {
        return PrincipalStore.find(handle, nameOrId).orElseThrow(() -> missing("user or service account", nameOrId));
    }

    Team team(Handle handle, String nameOrId) {
        return TeamStore.find(handle, nameOrId).orElseThrow(() -> missing("team", nameOrId));
    }

    Group group(Handle handle, String nameOrId) {
        return RoleStore.findGroup(handle, nameOrId).orElseThrow(() -> missing("group", nameOrId));
    }

    static GantryException missing(String what, String name) {
        return new GantryException(ErrorCode.NOT_FOUND, "There is no " + what + " '" + Text.shorten(name, 100) + "'");
    }

    static GantryException taken(String what, String name) {
        return new GantryException(
                ErrorCode.CONFLICT, "There is a " + what + " '" + Text.shorten(name, 100) + "' already");
    }
}
