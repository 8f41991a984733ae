package dev.gantry.identity;

import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The module's front door: who calls, and the administration of everybody who may. Every administrative method takes the
 * caller who acts, works inside of that caller's organization, and enforces the rules against escalation; whether the
 * caller may use the operation at all is for the server to ask. Thread-safe.
 */
public final class Identity implements AutoCloseable {
    private final Authenticator authenticator;
    private final LongSupplier nanoTime;
    private final Administration administration;
    private final Organizations organizations;
    private final Users users;
    private final Teams teams;
    private final Groups groups;
    private final Roles roles;
    private final Keys keys;
    private final Provisioning provisioning;
    private final DirectoryAccounts directoryAccounts;

    private Identity(Database database, RoleBook book, Clock clock, LongSupplier nanoTime) {
        RightsResolver resolver = new RightsResolver(book);
        this.nanoTime = nanoTime;
        authenticator = new Authenticator(database, resolver, clock, nanoTime);
        administration = new Administration(database, resolver, authenticator.feed(), clock);
        organizations = new Organizations(database, administration);
        users = new Users(administration);
        teams = new Teams(administration);
        groups = new Groups(administration);
        roles = new Roles(administration);
        keys = new Keys(administration);
        provisioning = new Provisioning(administration);
        directoryAccounts = new DirectoryAccounts(administration);
    }

    /**
     * Begins to serve; from now on the node follows the changes that others make.
     *
     * @param database migrated, and open for as long as this is
     * @param book the roles of the configuration
     * @param clock decides when keys expire
     */
    public static Identity open(Database database, RoleBook book, Clock clock) {
        return open(database, book, clock, System::nanoTime);
    }

    static Identity open(Database database, RoleBook book, Clock clock, LongSupplier nanoTime) {
        Identity identity = new Identity(database, book, clock, nanoTime);
        identity.authenticator.feed().start();
        identity.authenticator.uses().start();
        return identity;
    }

    /**
     * Finds out who presents a key, or a token that was {@link #accept accepted}, or else proves by the connection who it is,
     * and what they may do: about a microsecond for a key that was used within the last second or so, two transactions
     * otherwise.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} without a key or with one that is unknown, malformed,
     *     expired or revoked, always in the same words; {@link ErrorCode#DATABASE_UNAVAILABLE} if that cannot be told;
     *     {@link ErrorCode#OVERLOADED} if too many unknown keys are presented at a time
     */
    public Caller authenticate(Credentials credentials) {
        return authenticator.authenticate(credentials);
    }

    /**
     * Returns what stands behind credentials that were authenticated just now.
     *
     * @throws GantryException as for {@link #authenticate}
     */
    public Standing standing(Credentials credentials) {
        return authenticator.standing(credentials);
    }

    /**
     * Leaves what is presented and has not the form of an API key to somebody else; without, it is refused. To be called
     * before requests are served.
     */
    public void accept(BearerTokens tokens) {
        authenticator.accept(tokens);
    }

    /**
     * Returns a memory of what is read from the database, for as long as it may be believed.
     *
     * @param topic names what is remembered, in one word; the same on every node, and no other memory's
     * @param entriesMax how many it holds
     * @param organization returns whose an entry is
     */
    public <V> Beliefs<V> beliefs(String topic, int entriesMax, Function<V, UUID> organization) {
        Beliefs<V> beliefs = new Beliefs<>(topic, authenticator.feed(), nanoTime, entriesMax, organization);
        authenticator.feed().follow(beliefs);
        return beliefs;
    }

    /**
     * Returns somebody who handed in work earlier, as they are now, for when the work is done: two transactions.
     *
     * @param keyId the key with which it was handed in; null when something else proved who it was
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if the key has expired or was revoked, or its owner was
     *     deactivated, or the organization closed; {@link ErrorCode#ORGANIZATION_SUSPENDED} while it is suspended
     */
    public Caller onBehalf(UUID organization, UUID principal, @Nullable UUID keyId) {
        return authenticator.onBehalf(organization, principal, keyId);
    }

    /** Has a module end what it keeps of people who leave. To be called before requests are served. */
    public void whenSomebodyLeaves(Leaving other) {
        administration.leavers().add(other);
    }

    /**
     * Insists that a caller may make something that goes on in their name until it is deleted: not with a token or a
     * certificate, and with a session only when they signed in just now.
     *
     * @param what what it is, for errors
     * @throws GantryException {@link ErrorCode#RECENT_SIGN_IN_REQUIRED}, {@link ErrorCode#PERMISSION_DENIED}
     */
    public void requireMayOutlast(Caller caller, String what) {
        administration.requireMayOutlast(caller, null, what);
    }

    /** Returns whether somebody is in a group, as it is now. */
    public boolean isInGroup(Caller caller, String group) {
        return groups(caller).contains(group);
    }

    /** Returns the names of the groups that somebody is in, as it is now. */
    public List<String> groups(Caller caller) {
        return administration.read(caller, handle -> PrincipalStore.groups(handle, caller.principalId()));
    }

    /** Returns the caller's organization. */
    public Organization organization(Caller caller) {
        return administration.read(caller, OrganizationStore::own).orElseThrow();
    }

    /** Returns the name of an organization that exists. */
    public String organizationName(UUID organization) {
        return administration
                .read(organization, OrganizationStore::own)
                .orElseThrow()
                .name();
    }

    /** Returns an organization by its name. */
    public Optional<UUID> organizationNamed(String name) {
        return organizations.idOf(name);
    }

    /** Returns the tenants of the installation. */
    public Organizations organizations() {
        return organizations;
    }

    /** Returns the users and service accounts. */
    public Users users() {
        return users;
    }

    /** Returns the teams. */
    public Teams teams() {
        return teams;
    }

    /** Returns the groups. */
    public Groups groups() {
        return groups;
    }

    /** Returns the roles and their assignments. */
    public Roles roles() {
        return roles;
    }

    /** Returns users and groups as an identity provider keeps them in step. */
    public Provisioning provisioning() {
        return provisioning;
    }

    /** Returns the API keys. */
    public Keys keys() {
        return keys;
    }

    /** Returns what keeps accounts as an identity provider describes them. */
    public DirectoryAccounts directoryAccounts() {
        return directoryAccounts;
    }

    Authenticator authenticator() {
        return authenticator;
    }

    /** Stops following changes and notes when keys were last used. */
    @Override
    public void close() {
        authenticator.feed().close();
        authenticator.uses().close();
    }
}
