package dev.gantry.signin;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.identity.DirectoryAccounts;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Organization;
import dev.gantry.identity.Principal;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Turns those for whom providers vouch into principals: finds or makes the account, and brings its groups and teams up to
 * what the provider says. Memberships that did not come from the provider stay. Thread-safe.
 *
 * <p>An account is tied to the provider's subject when it signs in first. From then on nobody else of that provider gets
 * in under its name, as when an e-mail address is given to another person; and a changed address leads to the same
 * account.
 */
final class Accounts {
    private static final int GROUPS_MAX = 500;

    private final Database database;
    private final Identity identity;

    Accounts(Database database, Identity identity) {
        this.database = database;
        this.identity = identity;
    }

    /** What somebody is to be a member of. */
    private record Memberships(List<String> groups, List<String> teams) {}

    /** What a transaction found or made. */
    private record Outcome(UUID principal, boolean changed) {}

    /**
     * Returns who somebody is here.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if they may not sign in
     */
    Caller caller(ExternalPerson person, Directory directory) {
        requireGroup(person, directory.mapping());
        String named = person.organization();
        UUID organization = organization(named == null ? directory.organization() : named);
        Outcome outcome =
                database.inOrganization(organization, handle -> outcome(handle, organization, person, directory));
        if (outcome.changed()) {
            identity.directoryAccounts().applied(organization);
        }
        return identity.onBehalf(organization, outcome.principal(), null);
    }

    private static void requireGroup(ExternalPerson person, MappingSettings mapping) {
        List<String> required = mapping.requiredGroups();
        if (!required.isEmpty() && required.stream().noneMatch(person.groups()::contains)) {
            throw refused("The user is in none of the groups that may sign in");
        }
    }

    private UUID organization(String name) {
        try {
            Organization organization = identity.organizations().show(name);
            return organization.id();
        } catch (GantryException missing) {
            if (missing.code() == ErrorCode.NOT_FOUND) {
                throw refused("The provider's users belong to an organization that does not exist");
            }
            throw missing;
        }
    }

    private Outcome outcome(Handle handle, UUID organization, ExternalPerson person, Directory directory) {
        Optional<ExternalAccountStore.Row> known =
                ExternalAccountStore.find(handle, person.provider(), person.subject());
        Memberships wanted = memberships(handle, person, directory.mapping());
        if (known.isPresent() && known.get().has(wanted.groups(), wanted.teams())) {
            return new Outcome(known.get().principal(), false);
        }
        DirectoryAccounts provisioning = identity.directoryAccounts();
        provisioning.begin(handle, organization);
        // Another request may have done it while this one waited.
        ExternalAccountStore.Row row = ExternalAccountStore.find(handle, person.provider(), person.subject())
                .orElseGet(() -> tie(handle, person, directory));
        provisioning.move(handle, row.principal(), wanted.groups(), without(row.groups(), wanted.groups()));
        provisioning.join(handle, row.principal(), wanted.teams(), without(row.teams(), wanted.teams()));
        ExternalAccountStore.update(handle, row, wanted.groups(), wanted.teams());
        return new Outcome(row.principal(), true);
    }

    /** Ends what somebody began who signed out at the provider; nothing if nobody here is meant. */
    int endSessions(String provider, Directory directory, OidcProvider.SignedOut notice, Sessions sessions) {
        UUID organization = organization(directory.organization());
        String subject = notice.subject();
        UUID principal = subject == null
                ? null
                : database.<Optional<ExternalAccountStore.Row>>inOrganization(
                                organization, handle -> ExternalAccountStore.find(handle, provider, subject))
                        .map(ExternalAccountStore.Row::principal)
                        .orElse(null);
        if (subject != null && principal == null) {
            return 0;
        }
        return sessions.endOfProvider(organization, provider, notice.providerSession(), principal);
    }

    private Memberships memberships(Handle handle, ExternalPerson person, MappingSettings mapping) {
        Set<String> groups = new LinkedHashSet<>();
        Set<String> teams = new LinkedHashSet<>();
        for (String group :
                person.groups().subList(0, Math.min(GROUPS_MAX, person.groups().size()))) {
            groups.add(mapping.groupNames().getOrDefault(group, group));
            String team = mapping.teams().get(group);
            if (team != null) {
                teams.add(team);
            }
        }
        return new Memberships(
                identity.directoryAccounts().known(handle, groups).stream()
                        .sorted()
                        .toList(),
                identity.directoryAccounts().knownTeams(handle, teams).stream()
                        .sorted()
                        .toList());
    }

    private ExternalAccountStore.Row tie(Handle handle, ExternalPerson person, Directory directory) {
        String name = person.name().strip().toLowerCase(Locale.ROOT);
        Principal principal = identity.directoryAccounts()
                .find(handle, name)
                .filter(found -> found.name().equals(name))
                .orElse(null);
        if (principal == null) {
            if (!directory.create() || name.indexOf('@') < 0) {
                throw refused("There is no account for this user; an administrator has to make one");
            }
            principal = make(handle, name, person.displayName());
        } else if (ExternalAccountStore.isTied(handle, person.provider(), person.subject(), principal.id())) {
            throw refused("The account of this name belongs to somebody else already");
        }
        return ExternalAccountStore.insert(handle, person.provider(), person.subject(), principal.id());
    }

    private Principal make(Handle handle, String name, String displayName) {
        try {
            return identity.directoryAccounts().make(handle, name, displayName);
        } catch (GantryException malformed) {
            throw refused("The provider names no e-mail address that can be an account here");
        }
    }

    private static List<String> without(List<String> all, List<String> some) {
        List<String> rest = new ArrayList<>(all);
        rest.removeAll(new HashSet<>(some));
        return rest;
    }

    private static GantryException refused(String why) {
        return new GantryException(ErrorCode.UNAUTHENTICATED, why);
    }
}
