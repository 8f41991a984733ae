package dev.gantry.signin;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signing in, and out, by the providers of OpenID Connect. Thread-safe; every method may ask a provider. */
public final class Oidc {
    private static final String STATE = "oidc state";
    private static final String NOTICE = "oidc notice";

    private final Map<String, OidcProvider> providers;
    private final SignIn signIn;
    private final Clock clock;

    Oidc(Map<String, OidcProvider> providers, SignIn signIn, Clock clock) {
        this.providers = providers;
        this.signIn = signIn;
        this.clock = clock;
    }

    /**
     * A browser on its way to a provider.
     *
     * @param location where it goes
     * @param cookie what it keeps until it comes back
     */
    public record Departure(URI location, String cookie) {}

    /** A browser that came back signed in. */
    public record Arrival(IssuedSession session, String returnTo) {}

    /** Returns the names of the providers. */
    public Collection<String> names() {
        return List.copyOf(providers.keySet());
    }

    /** Returns what people call a provider. */
    public String label(String name) {
        return provider(name).settings().label().orElse(name);
    }

    /**
     * Sends a browser to a provider.
     *
     * @param returnTo where it goes in the end; null for the console
     * @param fresh whether the provider has to ask the person anew who they are, though it may know the browser
     * @param redirect where it comes back to
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if {@code returnTo} is elsewhere,
     *     {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE}
     */
    public Departure depart(String name, @Nullable String returnTo, boolean fresh, URI redirect) {
        Attempt attempt = Attempt.begin(name, ReturnPath.check(returnTo), fresh, clock.instant());
        return new Departure(provider(name).authorize(attempt, redirect), attempt.cookie());
    }

    /**
     * Signs in who comes back from a provider.
     *
     * @param answer the parameters of the address
     * @param cookie what the browser kept; null if it has nothing
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED}, {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE},
     *     {@link ErrorCode#RATE_LIMITED}
     */
    public Arrival arrive(
            String name, Map<String, String> answer, @Nullable String cookie, URI redirect, Client client) {
        signIn.admit(client.address());
        // What belongs to no attempt is not counted as a failure: pages of strangers can make a browser come here.
        Attempt attempt = Attempt.read(cookie)
                .filter(kept -> kept.provider().equals(name) && kept.isOpen(clock.instant()))
                .orElseThrow(Oidc::strange);
        try {
            String state = answer.getOrDefault("state", "");
            boolean ours = MessageDigest.isEqual(
                    attempt.state().getBytes(StandardCharsets.UTF_8), state.getBytes(StandardCharsets.UTF_8));
            if (!ours) {
                throw strange();
            }
            OidcProvider provider = provider(name);
            OidcProvider.SignedIn signedIn = provider.finish(attempt, answer, redirect);
            if (!signIn.claim(STATE, attempt.state(), attempt.expiresAt())) {
                throw strange();
            }
            return new Arrival(open(provider, signedIn, client), attempt.returnTo());
        } catch (GantryException refusal) {
            if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
                signIn.failed(client.address());
            }
            throw refusal;
        }
    }

    private IssuedSession open(OidcProvider provider, OidcProvider.SignedIn signedIn, Client client) {
        return signIn.complete(signedIn.login(), provider.settings().users(), client, signedIn.tokens());
    }

    /** Begins to sign in a program. */
    public DeviceCode beginDevice(String name, Client client) {
        signIn.admit(client.address());
        return provider(name).beginDevice();
    }

    /**
     * What came of asking whether the user of a program has agreed.
     *
     * @param session null if not yet
     * @param isAskedTooOften whether the program is to wait longer before it asks again
     */
    public record Agreement(@Nullable IssuedSession session, boolean isAskedTooOften) {}

    /** Asks whether the user of a program has agreed by now. */
    public Agreement pollDevice(String name, String deviceCode, Client client) {
        signIn.admit(client.address());
        OidcProvider provider = provider(name);
        try {
            OidcProvider.Poll poll = provider.pollDevice(deviceCode);
            OidcProvider.SignedIn signedIn = poll.signedIn();
            return new Agreement(signedIn == null ? null : open(provider, signedIn, client), poll.isAskedTooOften());
        } catch (GantryException refusal) {
            if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
                signIn.failed(client.address());
            }
            throw refusal;
        }
    }

    /** Returns where a browser signs out of the provider that a session came from, which is to end after that; empty if nowhere. */
    public Optional<URI> endSession(Session session, URI returnTo) {
        OidcProvider provider = providers.get(session.provider());
        if (provider == null) {
            return Optional.empty();
        }
        Secret idToken =
                signIn.sessions().tokens(session).map(ProviderTokens::idToken).orElse(null);
        return provider.endSession(idToken, returnTo);
    }

    /**
     * Ends the sessions of somebody who signed out at the provider, in all organizations.
     *
     * @param token the provider's notice
     * @return how many ended
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if it is not the provider's, or was used before
     */
    public int signedOut(String name, String token) {
        OidcProvider.SignedOut notice = provider(name).signedOut(token);
        String id = notice.session().issuer() + " " + notice.tokenId();
        if (signIn.isClaimed(NOTICE, id)) {
            throw TokenVerifier.refused();
        }
        int ended = signIn.end(notice.session());
        signIn.claim(NOTICE, id, notice.expiresAt()); // Afterwards: what was not done may be sent again.
        return ended;
    }

    private OidcProvider provider(String name) {
        OidcProvider provider = providers.get(name);
        if (provider == null) {
            throw new GantryException(ErrorCode.NOT_FOUND, "There is no such identity provider");
        }
        return provider;
    }

    private static GantryException strange() {
        return new GantryException(
                ErrorCode.UNAUTHENTICATED, "This answer belongs to no sign-in that this browser began; begin again");
    }
}
