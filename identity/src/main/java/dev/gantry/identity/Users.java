package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Users and service accounts. They are named by e-mail address, by service account name, or by id. Thread-safe; every
 * method blocks and may throw {@link ErrorCode#DATABASE_UNAVAILABLE}.
 */
public final class Users {
    private final Administration administration;

    Users(Administration administration) {
        this.administration = administration;
    }

    /**
     * Makes a user or a service account, without teams, groups and keys. The configuration may tie roles to the name;
     * then the caller must hold what they grant.
     *
     * @param name an e-mail address for a user, a name without {@code @} for a service account
     * @throws GantryException {@link ErrorCode#CONFLICT} if the name is taken, even by an inactive one,
     *     {@link ErrorCode#PERMISSION_DENIED}, {@link ErrorCode#RECENT_SIGN_IN_REQUIRED} if the name has roles
     */
    public Principal create(Caller caller, PrincipalKind kind, String name, String displayName) {
        Validation validation = new Validation();
        String checked = name(validation, kind, name);
        String display = validation.text("/display_name", displayName, 0, 200);
        validation.finish();
        return administration.change(caller, handle -> {
            Principal principal = new Principal(Ids.next(), kind, checked, display, true, administration.now());
            requireMayBeNamed(handle, caller, checked, "Making " + checked);
            if (!PrincipalStore.insert(handle, principal)) {
                throw Administration.taken("user or service account", checked);
            }
            return principal;
        });
    }

    /** Lists users and service accounts. */
    public Page<Principal> list(Caller caller, PrincipalQuery query, PageRequest page) {
        return administration.read(
                caller, handle -> Page.of(PrincipalStore.list(handle, query, page), page, Principal::id));
    }

    /**
     * Shows one with what it belongs to and may do.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public PrincipalDetails show(Caller caller, String nameOrId) {
        return administration.read(caller, handle -> {
            Principal principal = administration.principal(handle, nameOrId);
            Set<String> roles = administration.resolver().rolesOf(handle, principal.id(), principal.name());
            List<String> permissions = administration.resolver().grants(handle, roles).stream()
                    .map(PermissionPattern::toString)
                    .sorted()
                    .toList();
            return new PrincipalDetails(
                    principal,
                    PrincipalStore.teams(handle, principal.id()),
                    PrincipalStore.groups(handle, principal.id()),
                    new ArrayList<>(roles),
                    permissions);
        });
    }

    /**
     * Says whether one may do something, and why. About oneself the answer is also bound to what the key or the session
     * allows that one came with.
     *
     * @param permission such as {@code patterns:execute:shared/summarize}, without {@code *}
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#INVALID_REQUEST} for what is no permission
     */
    public AccessExplanation explain(Caller caller, String nameOrId, String permission) {
        Permission asked = AccessExplainer.parse(permission);
        AccessExplanation found = administration.read(
                caller,
                handle -> new AccessExplainer(administration.resolver())
                        .explain(handle, administration.principal(handle, nameOrId), asked));
        boolean narrowed =
                found.principal().equals(caller.principal()) && found.allowed() && !caller.may(found.permission());
        return narrowed
                ? new AccessExplanation(
                        found.principal(),
                        found.permission(),
                        false,
                        "A role grants it, but the key that was used is narrowed and does not",
                        found.grants(),
                        found.near())
                : found;
    }

    /**
     * Changes one. The caller must hold all that it may do, before and after.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#CONFLICT} if the new name is taken, nobody
     *     would be left to administer, or the user was deleted, {@link ErrorCode#PERMISSION_DENIED},
     *     {@link ErrorCode#RECENT_SIGN_IN_REQUIRED} if the old or the new name has roles, or an inactive
     *     one becomes active
     */
    public Principal update(Caller caller, String nameOrId, PrincipalChange change) {
        return administration.change(caller, handle -> {
            Principal old = administration.principal(handle, nameOrId);
            if (ProvisionedStore.isDeleted(handle, old.id())) {
                throw new GantryException(
                        ErrorCode.CONFLICT, "This user was deleted and does not come back; make a new one");
            }
            Validation validation = new Validation();
            String name = change.name() == null ? old.name() : name(validation, old.kind(), change.name());
            String display = change.displayName() == null
                    ? old.displayName()
                    : validation.text("/display_name", change.displayName(), 0, 200);
            boolean active = Optional.ofNullable(change.active()).orElse(old.active());
            validation.finish();

            administration.requireHeldRightsOf(handle, caller, old, "Changing " + old.name());
            if (!name.equals(old.name())) {
                requireMayBeNamed(handle, caller, name, "Renaming " + old.name() + " to " + name);
                administration.requireMayRename(handle, caller, old);
            }
            administration.requireMayReturn(caller, old.active(), active, old.name());
            Principal changed = new Principal(old.id(), old.kind(), name, display, active, old.createdAt());
            if (!PrincipalStore.update(handle, changed)) {
                throw Administration.taken("user or service account", name);
            }
            if (old.active() && !active) {
                administration.leavers().deactivated(handle, old.id());
            }
            return changed;
        });
    }

    /**
     * Stops all keys and ends all sessions of one within a second. It stays in lists and in the audit log, its name stays taken, and
     * {@link #update} can bring it back.
     */
    public Principal deactivate(Caller caller, String nameOrId) {
        return update(caller, nameOrId, new PrincipalChange(null, null, false));
    }

    /**
     * Finds an active user of an active organization, for signing in.
     *
     * @param nameOrId as somebody gave it, of any form
     */
    public Optional<Principal> findActive(UUID organization, String nameOrId) {
        return administration.read(organization, handle -> {
            boolean open = OrganizationStore.own(handle)
                    .map(own -> own.status() == OrganizationStatus.ACTIVE)
                    .orElse(false);
            return PrincipalStore.find(handle, nameOrId)
                    .filter(found -> open && found.active() && found.kind() == PrincipalKind.USER);
        });
    }

    /**
     * Insists that the caller may end what somebody has begun, such as their sessions: a lesser administrator must not keep a greater
     * one out. It needs no recent proof, as it makes nothing.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#PERMISSION_DENIED} unless the caller holds all that
     *     they may do
     */
    public Principal requireMayInterrupt(Caller caller, String nameOrId) {
        return administration.read(caller, handle -> {
            Principal principal = administration.principal(handle, nameOrId);
            if (!principal.id().equals(caller.principalId())) {
                administration.requireHeldRightsOf(
                        handle, caller, principal, "Ending the sessions of " + principal.name());
            }
            return principal;
        });
    }

    /**
     * Insists that the caller may decide how somebody signs in, which is to be able to sign in as them: the caller must
     * hold all that they may do, and not come with a key that expires or is restricted, with a token, or with a session that
     * was opened a while ago.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#PERMISSION_DENIED},
     *     {@link ErrorCode#RECENT_SIGN_IN_REQUIRED}
     */
    public Principal requireControl(Caller caller, String nameOrId) {
        return administration.read(caller, handle -> {
            Principal principal = administration.principal(handle, nameOrId);
            administration.requireHeldRightsOf(
                    handle, caller, principal, "Changing how " + principal.name() + " signs in");
            administration.requireMayOutlast(caller, null, "A change of how " + principal.name() + " signs in");
            UUID used = caller.keyId();
            boolean bound = used != null
                    && KeyStore.find(handle, used)
                            .map(key -> key.expiresAt() != null
                                    || key.teamId() != null
                                    || key.project() != null
                                    || key.permissions() != null)
                            .orElse(true);
            if (bound) {
                throw new GantryException(
                        ErrorCode.PERMISSION_DENIED,
                        "A key that expires or is restricted cannot change how somebody signs in");
            }
            return principal;
        });
    }

    /** A name to which the configuration ties roles is given by who holds these, and may give something that lasts. */
    private void requireMayBeNamed(Handle handle, Caller caller, String name, String what) {
        Set<String> roles = administration.resolver().book().assigned(name, List.of());
        administration.requireHeld(caller, administration.resolver().grants(handle, roles), what);
        administration.requireMayOutlastRoles(caller, roles, what);
    }

    private static String name(Validation validation, PrincipalKind kind, String name) {
        return switch (kind) {
            case USER -> validation.email("/email", name);
            case SERVICE_ACCOUNT -> validation.slug("/name", "a service account", name);
        };
    }
}
