package dev.gantry.identity;

import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Text;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/**
 * The tenants of the installation, for whoever runs it: they come into being, are suspended and closed. What a tenant has
 * is not to be seen from here. Organizations are named by name or id. Thread-safe; every method blocks and may throw
 * {@link ErrorCode#DATABASE_UNAVAILABLE}.
 *
 * <p><b>Closing takes two steps.</b> Only a suspended organization can be closed, so that a mistaken word stops work at
 * most until it is taken back. Closing revokes every key and cannot be undone; it deletes nothing, since audit log and
 * ledger outlive what they speak of, and the name is never given to another.
 */
public final class Organizations {
    private static final String KEY_NAME = "first key";

    private final Database database;
    private final Administration administration;

    Organizations(Database database, Administration administration) {
        this.database = database;
        this.administration = administration;
    }

    /** Returns the id of the organization of a name, whatever its status. */
    Optional<UUID> idOf(String name) {
        return database.unscoped(handle -> OrganizationStore.named(handle, name).map(Organization::id));
    }

    /**
     * Founds an organization: with a team {@value Bootstrap#TEAM}, a user who may do everything in it, and a key of that
     * user.
     *
     * @param caller comes with a key, or signed in just now: what is made lasts
     * @param name lower-case letters, digits and {@code - _ .}; it can never be changed
     * @param administrator the user's e-mail address
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST}; {@link ErrorCode#CONFLICT} if the name is taken, be it by
     *     a closed one; {@link ErrorCode#RECENT_SIGN_IN_REQUIRED}, {@link ErrorCode#PERMISSION_DENIED}
     */
    public NewOrganization create(Caller caller, String name, String administrator) {
        administration.requireMayOutlast(caller, null, "A new organization with its key");
        Validation validation = new Validation();
        String checked = validation.organization("/name", name);
        String email = validation.email("/administrator", administrator);
        validation.finish();
        Instant now = administration.now();
        UUID id = Ids.next();
        return database.inOrganization(id, handle -> {
            Organization organization = Organization.begun(id, checked, now);
            Principal first = new Principal(Ids.next(), PrincipalKind.USER, email, "", true, now);
            if (!OrganizationStore.found(handle, organization, Bootstrap.TEAM, first)) {
                throw Administration.taken("organization", checked);
            }
            KeyStore.KeyRow key = KeyStore.KeyRow.unrestricted(id, first.id(), KEY_NAME, now);
            return new NewOrganization(organization, first, Keys.insert(handle, key, first.id(), now));
        });
    }

    /** Lists all, the suspended and the closed ones included. */
    public Page<Organization> list(PageRequest page) {
        return database.unscoped(handle -> Page.of(OrganizationStore.list(handle, page), page, Organization::id));
    }

    /** Hands the ids of all to something, the suspended and the closed ones included. */
    public void forEachId(Consumer<UUID> each) {
        String cursor = null;
        do {
            Page<Organization> page = list(new PageRequest(PageRequest.LIMIT_MAX, cursor));
            page.items().forEach(organization -> each.accept(organization.id()));
            cursor = page.nextCursor();
        } while (cursor != null);
    }

    /**
     * Returns which of some names no team has, whatever its organization: for settings that name teams. Where there are more
     * than {@value PageRequest#LIMIT_MAX} organizations it returns none, rather than to ask all of them.
     */
    public Set<String> unknownTeams(Collection<String> names) {
        Set<String> unknown = new TreeSet<>(names);
        if (unknown.isEmpty()) {
            return unknown;
        }
        Page<Organization> all = list(new PageRequest(PageRequest.LIMIT_MAX, null));
        if (all.nextCursor() != null) {
            return Set.of();
        }
        for (Organization organization : all.items()) {
            unknown.removeAll(database.inOrganization(organization.id(), handle -> TeamStore.known(handle, unknown)));
        }
        return unknown;
    }

    /**
     * Shows one.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public Organization show(String nameOrId) {
        Optional<Organization> found = Validation.looksLikeId(nameOrId)
                ? database.inOrganization(UUID.fromString(nameOrId), OrganizationStore::own)
                : database.unscoped(handle -> OrganizationStore.named(handle, nameOrId));
        return found.orElseThrow(() -> Administration.missing("organization", nameOrId));
    }

    /**
     * Stops every key of an organization, on every node within a second. Doing it again changes nothing.
     *
     * @param caller must not be in it
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if it is closed, or the caller's own
     */
    public Organization suspend(Caller caller, String nameOrId) {
        return change(caller, nameOrId, OrganizationStatus.SUSPENDED);
    }

    /**
     * Lets a suspended organization's keys work again. Doing it again changes nothing.
     *
     * @param caller comes with a key, or signed in just now: what works again lasts
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if it is closed;
     *     {@link ErrorCode#RECENT_SIGN_IN_REQUIRED}, {@link ErrorCode#PERMISSION_DENIED}
     */
    public Organization resume(Caller caller, String nameOrId) {
        return change(caller, nameOrId, OrganizationStatus.ACTIVE);
    }

    /**
     * Closes a suspended organization for good and revokes its keys. Doing it again changes nothing.
     *
     * @param caller must not be in it
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if it is not suspended
     */
    public Organization close(Caller caller, String nameOrId) {
        return change(caller, nameOrId, OrganizationStatus.CLOSED);
    }

    private Organization change(Caller caller, String nameOrId, OrganizationStatus wanted) {
        UUID id = show(nameOrId).id();
        if (id.equals(caller.organization()) && wanted != OrganizationStatus.ACTIVE) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "This is your own organization, which runs the installation; it cannot be stopped");
        }
        Organization changed = database.inOrganization(id, handle -> change(handle, caller, wanted));
        administration.feed().applyOrganizationChange(id);
        return changed;
    }

    private Organization change(Handle handle, Caller caller, OrganizationStatus wanted) {
        OrganizationStore.lock(handle);
        Organization old = OrganizationStore.own(handle).orElseThrow();
        if (old.status() == wanted) {
            return old;
        }
        if (old.status() == OrganizationStatus.CLOSED) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "Organization '" + Text.shorten(old.name(), 100) + "' was closed, which cannot be undone");
        }
        administration.requireMayReturn(
                caller, wanted != OrganizationStatus.ACTIVE, true, "organization " + old.name());
        Instant now = administration.now();
        if (wanted == OrganizationStatus.CLOSED) {
            if (old.status() != OrganizationStatus.SUSPENDED) {
                throw new GantryException(
                        ErrorCode.CONFLICT,
                        "Organization '" + old.name()
                                + "' is at work; suspend it first, and close it when nobody misses it");
            }
            KeyStore.revokeAll(handle, now);
        }
        OrganizationStore.setStatus(handle, wanted, now);
        ChangeFeed.organizationChanged(handle, old.id());
        return new Organization(old.id(), old.name(), wanted, now, old.createdAt());
    }
}
