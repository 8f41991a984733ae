package dev.gantry.signin;

import dev.gantry.database.Database;
import dev.gantry.identity.ApiKey;
import dev.gantry.identity.BearerTokens;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Identity;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The module's front door: the ways to sign in, and the sessions that they lead to. Thread-safe; every method may block.
 */
public final class SignIn implements BearerTokens {
    /** The name of signing in with an API key. */
    public static final String API_KEY = "api_key";

    private final Identity identity;
    private final Sessions sessions;
    private final SignInThrottle throttle;
    private final Oidc oidc;
    private final JwtCallers jwts;

    private SignIn(Database database, Identity identity, AuthenticationSettings settings, Clock clock) {
        this.identity = identity;
        this.sessions = new Sessions(database, identity, settings.session(), clock);
        this.throttle = new SignInThrottle(clock);
        Accounts accounts = new Accounts(database, identity);
        Fetcher fetcher = new Fetcher();
        List<JwtIssuer> issuers = settings.providers().stream()
                .filter(AuthenticationSettings.Jwt.class::isInstance)
                .map(provider -> new JwtIssuer((AuthenticationSettings.Jwt) provider, fetcher, clock, System::nanoTime))
                .toList();
        this.jwts = new JwtCallers(issuers, accounts, identity, clock);
        List<OidcProvider> providers = settings.providers().stream()
                .filter(AuthenticationSettings.OAuth2.class::isInstance)
                .map(provider ->
                        new OidcProvider((AuthenticationSettings.OAuth2) provider, fetcher, clock, System::nanoTime))
                .toList();
        this.oidc = new Oidc(providers, accounts, sessions, throttle, clock);
    }

    /**
     * Begins to serve, and to know whose tokens are presented in the place of API keys.
     *
     * @param database migrated, and open for as long as this is
     * @param identity open for as long as this is
     */
    public static SignIn open(Database database, Identity identity, AuthenticationSettings settings, Clock clock) {
        SignIn signIn = new SignIn(database, identity, settings, clock);
        identity.accept(signIn);
        return signIn;
    }

    /** Returns who is signed in. */
    public Sessions sessions() {
        return sessions;
    }

    /** Returns the providers of OpenID Connect. */
    public Oidc oidc() {
        return oidc;
    }

    /** Returns what slows down guessing, for all ways to sign in. */
    public SignInThrottle throttle() {
        return throttle;
    }

    /**
     * Signs in the owner of an API key. The session may do what the key may, and ends with it.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if the key is not valid, {@link ErrorCode#RATE_LIMITED}
     *     after too many failures
     */
    public IssuedSession withApiKey(String key, Client client) {
        throttle.admit(client.address(), "");
        Caller caller;
        try {
            caller = identity.authenticate(new Credentials(key, client.address()));
        } catch (GantryException refusal) {
            if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
                throttle.failed(client.address(), "");
            }
            throw refusal;
        }
        UUID keyId = caller.keyId();
        if (keyId == null || key.startsWith(SessionToken.START)) {
            throw new GantryException(ErrorCode.UNAUTHENTICATED, "The API key is unknown, expired or revoked");
        }
        ApiKey known = identity.keys().show(caller, keyId);
        return sessions.open(caller, API_KEY, client, known.expiresAt());
    }

    /**
     * Signs in somebody who proved to be it to this server itself.
     *
     * @param provider the name of the way in which they did
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if they were deactivated
     */
    public IssuedSession withProof(UUID organization, UUID principal, String provider, Client client) {
        return sessions.open(identity.onBehalf(organization, principal, null), provider, client, null);
    }

    /** Returns the session that credentials are the token of; empty if they are something else. */
    public Optional<Session> session(Credentials credentials) {
        String token = credentials.presentedKey();
        return token != null && token.startsWith(SessionToken.START)
                ? Optional.of(sessions.use(token))
                : Optional.empty();
    }

    @Override
    public Caller authenticate(String token) {
        if (token.startsWith(SessionToken.START)) {
            return sessions.use(token).caller();
        }
        if (token.indexOf('.') > 0) {
            return jwts.authenticate(token);
        }
        throw new GantryException(ErrorCode.UNAUTHENTICATED, "The API key is unknown, expired or revoked");
    }
}
