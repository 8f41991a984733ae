package dev.gantry.signin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.crypto.KeyRing;
import dev.gantry.database.Database;
import dev.gantry.identity.BearerTokens;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Standing;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The module's front door: the ways to sign in, and the sessions that they lead to. Thread-safe; every method may block.
 */
public final class SignIn implements BearerTokens {
    /** The name of signing in with an API key. */
    public static final String API_KEY = "api_key";

    private final Identity identity;
    private final SessionSettings settings;
    private final Sessions sessions;
    private final SignInThrottle throttle;
    private final UsedOnce used;
    private final Accounts accounts;
    private final Oidc oidc;
    private final JwtCallers jwts;
    private final SessionChecks checks;
    private final Fetcher fetcher = new Fetcher();

    private SignIn(
            Database database,
            Identity identity,
            KeyRing keyRing,
            AuthenticationSettings settings,
            DirectoryEvents events,
            Clock clock) {
        this.identity = identity;
        this.settings = settings.session();
        this.sessions = new Sessions(database, identity, new ProviderTokenStore(keyRing), settings.session(), clock);
        this.throttle = new SignInThrottle(database, clock);
        this.used = new UsedOnce(database, clock);
        this.accounts = new Accounts(database, identity, settings, events);
        List<JwtIssuer> issuers = settings.providers().stream()
                .filter(AuthenticationSettings.Jwt.class::isInstance)
                .map(provider -> new JwtIssuer((AuthenticationSettings.Jwt) provider, fetcher, clock, System::nanoTime))
                .toList();
        this.jwts = new JwtCallers(issuers, accounts, identity, clock);
        Map<String, OidcProvider> providers = new LinkedHashMap<>();
        settings.providers().stream()
                .filter(AuthenticationSettings.OAuth2.class::isInstance)
                .map(AuthenticationSettings.OAuth2.class::cast)
                .forEach(each ->
                        providers.put(each.provider(), new OidcProvider(each, fetcher, clock, System::nanoTime)));
        this.oidc = new Oidc(providers, this, clock);
        this.checks = new SessionChecks(providers, sessions, accounts, events, clock);
        sessions.checkBy(checks);
    }

    /**
     * Begins to serve, and to know whose tokens are presented in the place of API keys.
     *
     * @param database migrated, and open for as long as this is
     * @param identity open for as long as this is
     * @param keyRing seals what providers give for sessions
     * @param events hears what an operator should know
     */
    public static SignIn open(
            Database database,
            Identity identity,
            KeyRing keyRing,
            AuthenticationSettings settings,
            DirectoryEvents events,
            Clock clock) {
        SignIn signIn = new SignIn(database, identity, keyRing, settings, events, clock);
        identity.accept(signIn);
        identity.whenSomebodyLeaves((handle, principal, forGood) -> {
            SessionStore.deleteOf(handle, principal);
            if (forGood) {
                ExternalAccountStore.departed(handle, principal);
            }
        });
        return signIn;
    }

    /** Returns whether an API key opens a session. */
    public boolean takesApiKeys() {
        return settings.apiKeys();
    }

    /** Returns who is signed in. */
    public Sessions sessions() {
        return sessions;
    }

    SessionChecks checks() {
        return checks;
    }

    /** Returns the providers of OpenID Connect. */
    public Oidc oidc() {
        return oidc;
    }

    /**
     * Lets an attempt to sign in begin.
     *
     * @param address of the client
     * @throws GantryException {@link ErrorCode#RATE_LIMITED} after too many failures, on any node
     */
    public void admit(String address) {
        throttle.admit(address);
    }

    /**
     * Lets something go on that nobody has to begin here, and that a stranger's page can have a browser send. It is counted
     * apart, so that such a page keeps nobody from signing in.
     *
     * @throws GantryException {@link ErrorCode#RATE_LIMITED} after too many failures, on any node
     */
    public void admitUnasked(String address) {
        throttle.admit(SignInThrottle.UNASKED, address);
    }

    /** Notes that what {@link #admitUnasked} let through failed. */
    public void failedUnasked(String address) {
        throttle.failed(SignInThrottle.UNASKED, address);
    }

    /** Notes that an attempt that {@link #admit} let through failed. */
    public void failed(String address) {
        throttle.failed(address);
    }

    /**
     * Signs in somebody for whom an identity provider vouches. Every way in by a provider ends here: the account is found or
     * made, its groups and teams follow the provider, and a session begins, which the provider can {@link #end}.
     *
     * @param login what the provider says
     * @param directory what becomes of the provider's people
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if they may not sign in, with a message for them
     */
    public IssuedSession complete(ProviderLogin login, Directory directory, Client client) {
        return complete(login, directory, client, null);
    }

    /**
     * The same.
     *
     * @param tokens what the provider gave for the session; null for nothing
     */
    IssuedSession complete(ProviderLogin login, Directory directory, Client client, @Nullable ProviderTokens tokens) {
        ExternalPerson person = login.person();
        return sessions.open(new Sessions.Opening(
                accounts.caller(person, directory),
                null,
                person.provider(),
                client,
                login.provenAt(),
                login.assurance(),
                login.endsAt(),
                new ProviderSession(person.issuer(), person.subject(), login.session()),
                tokens));
    }

    /**
     * Returns who it is of whom a provider says something.
     *
     * @param claims {@code sub}, {@code iat} and what the mapping names, verified
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if they name nobody who could sign in
     */
    public static ExternalPerson person(String provider, String issuer, ObjectNode claims, MappingSettings mapping) {
        return ClaimsReader.person(provider, issuer, claims, mapping)
                .orElseThrow(() -> new GantryException(
                        ErrorCode.UNAUTHENTICATED,
                        "The identity provider does not say the e-mail address of this user; an administrator has to let"
                                + " it, or to set users.mapping.user"));
    }

    /**
     * Gets a document of an identity provider, within bounds of time and size.
     *
     * @param address https, but for this machine
     * @throws GantryException {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE}
     */
    public byte[] fetch(URI address) {
        return fetcher.get(address, null);
    }

    /**
     * Ends the sessions of somebody who signed out at an identity provider, in all organizations: those of one of the
     * provider's sessions, or all of a subject.
     *
     * @return how many ended
     */
    public int end(ProviderSession ended) {
        return sessions.endOfProvider(ended);
    }

    /**
     * Returns true to one of all who ask for the same, on all nodes together. For what counts once, such as the answer or
     * the notice of a provider, after it was verified.
     *
     * @param purpose the kind of thing
     * @param id which one, unique within its purpose
     * @param until when it stops to count anyway
     */
    public boolean claim(String purpose, String id, Instant until) {
        return used.claim(purpose, id, until);
    }

    /** Returns whether somebody had {@link #claim} say true. For what may be done twice, and is claimed when it is done. */
    public boolean isClaimed(String purpose, String id) {
        return used.isClaimed(purpose, id);
    }

    /**
     * Signs in the owner of an API key. The session may do what the key may, and ends with it.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if nobody may sign in that way,
     *     {@link ErrorCode#UNAUTHENTICATED} if the key is not valid, {@link ErrorCode#RATE_LIMITED}
     *     after too many failures
     */
    public IssuedSession withApiKey(String key, Client client) {
        if (!settings.apiKeys()) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "Nobody signs in with an API key here (authentication.session.api_keys); use a password, a passkey or an"
                            + " identity provider. Programs present the key itself with each request");
        }
        throttle.admit(client.address());
        Caller caller;
        try {
            caller = identity.authenticate(new Credentials(key, client.address()));
        } catch (GantryException refusal) {
            if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
                throttle.failed(client.address());
            }
            throw refusal;
        }
        UUID keyId = caller.keyId();
        if (keyId == null || key.startsWith(SessionToken.START)) {
            throw new GantryException(ErrorCode.UNAUTHENTICATED, "The API key is unknown, expired or revoked");
        }
        return sessions.open(
                caller,
                identity.keys().presented(caller, key),
                client,
                identity.keys().endOf(caller));
    }

    /**
     * Signs in somebody who proved to be it to this server itself.
     *
     * @param provider the name of the way in which they did
     * @param assurance how strongly
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if they were deactivated
     */
    public IssuedSession withProof(
            UUID organization, UUID principal, String provider, Assurance assurance, Client client) {
        return sessions.open(identity.onBehalf(organization, principal, null), provider, assurance, client);
    }

    /** Returns the session that credentials are the token of; empty if they are something else. */
    public Optional<Session> session(Credentials credentials) {
        String token = credentials.presentedKey();
        return token != null && token.startsWith(SessionToken.START)
                ? Optional.of(sessions.use(token, credentials.unattended()))
                : Optional.empty();
    }

    @Override
    public Caller authenticate(String token, boolean unattended) {
        if (token.startsWith(SessionToken.START)) {
            return sessions.use(token, unattended).caller();
        }
        if (token.indexOf('.') > 0) {
            return jwts.authenticate(token);
        }
        throw new GantryException(ErrorCode.UNAUTHENTICATED, "The API key is unknown, expired or revoked");
    }

    @Override
    public Standing standing(String token, boolean unattended) {
        return token.startsWith(SessionToken.START)
                ? sessions.standing(token, unattended)
                : Standing.of(token, () -> authenticate(token, unattended));
    }
}
