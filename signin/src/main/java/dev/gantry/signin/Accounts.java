package dev.gantry.signin;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.identity.DirectoryAccounts;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Principal;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.signin.ExternalAccountStore.Row;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Turns those for whom providers vouch into principals: finds or makes the account, and brings its groups and teams up to
 * what the provider says. Thread-safe.
 *
 * <p>An account is tied to an issuer and its subject when it is signed in to first. From then on nobody else gets in under
 * its name, as when an e-mail address is given to another person; and a changed address leads to the same account. An
 * account that was made here is given to whom a provider names by its address only where the operator trusts the
 * provider with that.
 *
 * <p>Memberships follow the newest thing that the provider said, never an older token that is presented late or again.
 */
final class Accounts {
    private static final int TRIES = 3;

    private final Database database;
    private final Identity identity;
    private final DirectoryAccounts provisioning;
    private final DirectoryEvents events;

    Accounts(Database database, Identity identity, DirectoryEvents events) {
        this.database = database;
        this.identity = identity;
        this.provisioning = identity.directoryAccounts();
        this.events = events;
    }

    /** What somebody is to be a member of. */
    private record Memberships(Set<String> groups, Set<String> teams) {}

    /**
     * What a transaction found or made.
     *
     * @param kept groups that the provider does not name any more, and in which they had to stay
     */
    private record Outcome(UUID principal, boolean changed, List<String> kept) {
        static Outcome unchanged(Row row) {
            return new Outcome(row.principal(), false, List.of());
        }
    }

    /**
     * Returns who somebody is here.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if they may not sign in
     */
    Caller caller(ExternalPerson person, Directory directory) {
        requireGroup(person, directory.mapping());
        String named = person.organization();
        UUID organization = organization(named == null ? directory.organization() : named);
        Outcome outcome = outcome(organization, person, directory);
        if (outcome.changed()) {
            provisioning.applied(organization);
        }
        Caller caller = identity.onBehalf(organization, outcome.principal(), null);
        if (!outcome.kept().isEmpty()) {
            events.administratorKept(
                    organization, outcome.principal(), caller.principal(), person.provider(), outcome.kept());
        }
        return caller;
    }

    private static void requireGroup(ExternalPerson person, MappingSettings mapping) {
        List<String> required = mapping.requiredGroups();
        if (!required.isEmpty() && required.stream().noneMatch(person.groups()::contains)) {
            throw refused("The user is in none of the groups that may sign in");
        }
    }

    private UUID organization(String name) {
        return identity.organizationNamed(name)
                .orElseThrow(() -> refused("The provider's users belong to an organization that does not exist"));
    }

    /** Whoever is known is locked before the organization is, whoever is not after it; so that nobody waits for each other. */
    private Outcome outcome(UUID organization, ExternalPerson person, Directory directory) {
        for (int tries = 0; tries < TRIES; tries++) {
            Outcome known = database.<@Nullable Outcome>inOrganization(
                    organization, handle -> known(handle, organization, person, directory));
            Outcome outcome = known != null
                    ? known
                    : database.<@Nullable Outcome>inOrganization(
                            organization, handle -> stranger(handle, organization, person, directory));
            if (outcome != null) {
                return outcome;
            }
        }
        throw new GantryException(ErrorCode.OVERLOADED, "The account is being changed by others; try again");
    }

    /** Returns null if nobody is tied to the subject. */
    private @Nullable Outcome known(Handle handle, UUID organization, ExternalPerson person, Directory directory) {
        Row seen = ExternalAccountStore.find(handle, person).orElse(null);
        Instant said = person.statedAt();
        if (seen == null) {
            return null;
        }
        if (said == null) {
            return Outcome.unchanged(seen);
        }
        Memberships wanted = memberships(handle, person, directory.mapping());
        byte[] statement = statement(person);
        if (!seen.isBefore(said) && !(seen.is(said, statement) && !isInStep(handle, seen, person, wanted))) {
            return Outcome.unchanged(seen);
        }
        Row row = ExternalAccountStore.lock(handle, seen).orElse(null);
        if (row == null) {
            return null;
        }
        boolean isNews = row.isBefore(said);
        if (!isNews && !row.is(said, statement)) {
            return Outcome.unchanged(row);
        }
        boolean changed = !isInStep(handle, row, person, wanted);
        List<String> kept = changed ? apply(handle, organization, row, person, wanted) : List.of();
        ExternalAccountStore.update(handle, row, person, said, statement);
        return new Outcome(row.principal(), changed, isNews ? kept : List.of());
    }

    private boolean isInStep(Handle handle, Row row, ExternalPerson person, Memberships wanted) {
        return row.issuer().equals(person.issuer())
                && provisioning.isInStep(handle, row.principal(), person.issuer(), wanted.groups(), wanted.teams());
    }

    private List<String> apply(Handle handle, UUID organization, Row row, ExternalPerson person, Memberships wanted) {
        provisioning.begin(handle, organization);
        if (!row.issuer().equals(person.issuer())) {
            provisioning.renameSource(handle, row.principal(), row.issuer(), person.issuer());
        }
        return provisioning.synchronize(handle, row.principal(), person.issuer(), wanted.groups(), wanted.teams());
    }

    /** Returns null if they have become known meanwhile. */
    private @Nullable Outcome stranger(Handle handle, UUID organization, ExternalPerson person, Directory directory) {
        provisioning.begin(handle, organization);
        if (ExternalAccountStore.find(handle, person).isPresent()) {
            return null;
        }
        Row row = ExternalAccountStore.insert(handle, person, account(handle, person, directory));
        Instant said = person.statedAt();
        if (said != null) {
            Memberships wanted = memberships(handle, person, directory.mapping());
            provisioning.synchronize(handle, row.principal(), person.issuer(), wanted.groups(), wanted.teams());
            ExternalAccountStore.update(handle, row, person, said, statement(person));
        }
        return new Outcome(row.principal(), true, List.of());
    }

    private Memberships memberships(Handle handle, ExternalPerson person, MappingSettings mapping) {
        Set<String> groups = new TreeSet<>();
        Set<String> teams = new TreeSet<>();
        for (String group : person.groups()) {
            groups.add(mapping.groupNames().getOrDefault(group, group));
            String team = mapping.teams().get(group);
            if (team != null) {
                teams.add(team);
            }
        }
        return new Memberships(provisioning.knownGroups(handle, groups), provisioning.knownTeams(handle, teams));
    }

    private static byte[] statement(ExternalPerson person) {
        return SessionToken.hash(String.join("\u0000", new TreeSet<>(person.groups())));
    }

    /** Finds or makes the account of somebody who signs in for the first time. */
    private UUID account(Handle handle, ExternalPerson person, Directory directory) {
        String name = person.name().strip().toLowerCase(Locale.ROOT);
        boolean isAddress = name.indexOf('@') >= 0;
        boolean believed = !isAddress || (directory.trustAddresses() && person.addressVerified());
        Optional<Principal> present = provisioning.find(handle, name);
        if (present.isPresent()) {
            UUID id = present.get().id();
            if (ExternalAccountStore.isTied(handle, id)) {
                throw refused("The account of this name belongs to somebody else already");
            }
            if (!believed) {
                throw notTrusted(person, directory, "There is an account '" + name + "' already");
            }
            return id;
        }
        if (!directory.create() || !isAddress) {
            throw refused("There is no account for this user; an administrator has to make one");
        }
        if (!believed && provisioning.hasRolesByName(name)) {
            throw notTrusted(person, directory, "The configuration gives roles to '" + name + "'");
        }
        return make(handle, name, person.displayName());
    }

    private static GantryException notTrusted(ExternalPerson person, Directory directory, String what) {
        String provider = "provider '" + person.provider() + "'";
        return refused(what + ", and "
                + (directory.trustAddresses()
                        ? provider + " does not say that the address is verified; an administrator can let it send that"
                        : provider + " is not trusted to say whose address it is; an administrator can set"
                                + " users.trust_addresses if the provider verifies addresses")
                + ", or give the account here another name");
    }

    private UUID make(Handle handle, String name, String displayName) {
        try {
            return provisioning.make(handle, name, displayName).id();
        } catch (GantryException refusal) {
            throw refused(
                    refusal.code() == ErrorCode.PERMISSION_DENIED
                            ? refusal.getMessage()
                            : "The provider names no e-mail address that can be an account here");
        }
    }

    private static GantryException refused(String why) {
        return new GantryException(ErrorCode.UNAUTHENTICATED, why);
    }
}
