package dev.gantry.signin;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.identity.DirectoryAccounts;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Principal;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.signin.ExternalAccountStore.Row;
import java.time.Duration;
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
 * provider with that. One account has one issuer, unless the operator declares that the people of two are the same. Who was
 * deleted does not come back, under whatever address, but into an account that was made anew for them.
 *
 * <p>Memberships follow the newest thing that the provider said, never an older token that is presented late or again.
 */
final class Accounts {
    private static final int TRIES = 3;

    /** By how much clocks of providers may be behind where somebody is first tied to an account. */
    private static final Duration CLOCKS = Duration.ofMinutes(2);

    private final Database database;
    private final Identity identity;
    private final DirectoryAccounts provisioning;
    private final AuthenticationSettings settings;
    private final DirectoryEvents events;

    Accounts(Database database, Identity identity, AuthenticationSettings settings, DirectoryEvents events) {
        this.database = database;
        this.identity = identity;
        this.provisioning = identity.directoryAccounts();
        this.settings = settings;
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
        String named = person.organization();
        UUID organization = organization(named == null ? directory.organization() : named);
        Outcome outcome;
        Caller caller;
        try {
            requireGroup(person, directory.mapping());
            outcome = outcome(organization, person, directory);
            if (outcome.changed()) {
                provisioning.applied(organization);
            }
            caller = identity.onBehalf(organization, outcome.principal(), null);
        } catch (GantryException refusal) {
            String name = name(person).replace('/', '_');
            throw refusal.to(new GantryException.Claimed(organization, "users/" + name));
        }
        if (!outcome.kept().isEmpty()) {
            events.administratorKept(
                    organization, outcome.principal(), caller.principal(), person.provider(), outcome.kept());
        }
        return caller;
    }

    private static String name(ExternalPerson person) {
        return person.name().strip().toLowerCase(Locale.ROOT);
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

    /**
     * Whatever changes somebody locks the organization first and the account then, as whoever provisions or deletes people
     * does; so that nobody waits for each other.
     */
    private Outcome outcome(UUID organization, ExternalPerson person, Directory directory) {
        for (int tries = 0; tries < TRIES; tries++) {
            Outcome known = database.<@Nullable Outcome>inOrganization(
                    organization, handle -> unchanged(handle, person, directory));
            Outcome outcome = known != null
                    ? known
                    : database.<@Nullable Outcome>inOrganization(
                            organization, handle -> changed(handle, organization, person, directory));
            if (outcome != null) {
                return outcome;
            }
        }
        throw new GantryException(ErrorCode.OVERLOADED, "The account is being changed by others; try again");
    }

    /** Returns null if something is to be changed but what was said last. */
    private @Nullable Outcome unchanged(Handle handle, ExternalPerson person, Directory directory) {
        Row seen = ExternalAccountStore.find(handle, person).orElse(null);
        Instant said = person.statedAt();
        if (seen == null || seen.departed()) {
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
        if (row == null || row.departed() || !isInStep(handle, row, person, wanted)) {
            return null;
        }
        if (row.isBefore(said)) {
            ExternalAccountStore.update(handle, row, person, said, statement);
        }
        return Outcome.unchanged(row);
    }

    /** Returns null if another was faster. */
    private @Nullable Outcome changed(Handle handle, UUID organization, ExternalPerson person, Directory directory) {
        provisioning.begin(handle, organization);
        Row seen = ExternalAccountStore.find(handle, person).orElse(null);
        if (seen == null || seen.departed()) {
            return newcomer(handle, seen, person, directory);
        }
        Instant said = person.statedAt();
        Row row = ExternalAccountStore.lock(handle, seen).orElse(null);
        if (row == null || said == null) {
            return null;
        }
        Memberships wanted = memberships(handle, person, directory.mapping());
        byte[] statement = statement(person);
        boolean isNews = row.isBefore(said);
        if (!isNews && !row.is(said, statement)) {
            return Outcome.unchanged(row);
        }
        boolean changed = !isInStep(handle, row, person, wanted);
        List<String> kept = changed ? apply(handle, row, person, wanted) : List.of();
        ExternalAccountStore.update(handle, row, person, said, statement);
        return new Outcome(row.principal(), changed, isNews ? kept : List.of());
    }

    private boolean isInStep(Handle handle, Row row, ExternalPerson person, Memberships wanted) {
        return row.issuer().equals(person.issuer())
                && provisioning.isInStep(handle, row.principal(), person.issuer(), wanted.groups(), wanted.teams());
    }

    private List<String> apply(Handle handle, Row row, ExternalPerson person, Memberships wanted) {
        if (!row.issuer().equals(person.issuer())) {
            provisioning.renameSource(handle, row.principal(), row.issuer(), person.issuer());
        }
        return provisioning.synchronize(handle, row.principal(), person.issuer(), wanted.groups(), wanted.teams());
    }

    /**
     * Ties somebody to an account.
     *
     * @param former by which they were known until their account was deleted; null if they never were
     */
    private Outcome newcomer(Handle handle, @Nullable Row former, ExternalPerson person, Directory directory) {
        UUID account = account(handle, person, directory, former != null);
        Row row = former == null
                ? ExternalAccountStore.insert(handle, person, account)
                : ExternalAccountStore.moveTo(handle, former, person, account);
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

    /** Finds or makes the account of somebody who signs in for the first time, or whose former account was deleted. */
    private UUID account(Handle handle, ExternalPerson person, Directory directory, boolean wasDeleted) {
        String name = name(person);
        boolean isAddress = name.indexOf('@') >= 0;
        boolean believed = !isAddress || (directory.trustAddresses() && person.addressVerified());
        Optional<Principal> present = provisioning.find(handle, name);
        if (present.isPresent()) {
            UUID id = present.get().id();
            if (!believed) {
                throw notTrusted(person, directory, "There is an account '" + name + "' already");
            }
            requireSaidSince(person, present.get(), wasDeleted);
            if (!ExternalAccountStore.ties(handle, id).stream().allMatch(tie -> mayShare(tie, directory))) {
                throw refused(
                        "The account of this name belongs to somebody else already; if it is the same person by another"
                                + " provider, an administrator can set users.same_people_as");
            }
            return id;
        }
        if (wasDeleted) {
            throw refused(DirectoryAccounts.deleted().getMessage());
        }
        if (!directory.create() || !isAddress) {
            throw refused("There is no account for this user; an administrator has to make one");
        }
        if (!believed && provisioning.hasRolesByName(name)) {
            throw notTrusted(person, directory, "The configuration gives roles to '" + name + "'");
        }
        return make(handle, name, person);
    }

    /** What was said before the account was made spoke of somebody who had the name before. */
    private static void requireSaidSince(ExternalPerson person, Principal account, boolean wasDeleted) {
        Instant said = person.statedAt();
        Instant since = account.createdAt().minus(wasDeleted ? Duration.ZERO : CLOCKS);
        if (said == null ? wasDeleted : said.isBefore(since)) {
            throw refused("The account '" + account.name()
                    + "' was made after the provider vouched for this user; sign in" + " there anew");
        }
    }

    private boolean mayShare(ExternalAccountStore.Tie tie, Directory directory) {
        return directory.samePeopleAs().contains(tie.provider()) && settings.isIssuer(tie.provider(), tie.issuer());
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

    private UUID make(Handle handle, String name, ExternalPerson person) {
        try {
            return provisioning
                    .make(handle, name, person.displayName(), person.subject())
                    .id();
        } catch (GantryException refusal) {
            throw refused(
                    refusal.code() == ErrorCode.PERMISSION_DENIED
                            ? refusal.getMessage()
                            : "The provider names no e-mail address that can be an account here");
        }
    }

    private static GantryException refused(@Nullable String why) {
        return new GantryException(ErrorCode.UNAUTHENTICATED, String.valueOf(why));
    }
}
