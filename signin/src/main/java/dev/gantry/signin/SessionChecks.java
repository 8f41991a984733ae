package dev.gantry.signin;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks providers of OpenID Connect whether sessions that are in use still hold, with the refresh token that they gave. A session
 * that the provider does not renew ends, and one of whom it now says what would keep them from signing in; of others groups and teams
 * follow what it says now. While the provider is away sessions go on. Nobody waits for the answer. Thread-safe.
 */
final class SessionChecks implements Sessions.Checks {
    private static final Logger LOG = LoggerFactory.getLogger(SessionChecks.class);
    private static final int AT_ONCE_MAX = 16;

    private final Map<String, OidcProvider> providers;
    private final Sessions sessions;
    private final Accounts accounts;
    private final DirectoryEvents events;
    private final Clock clock;
    private final Semaphore places = new Semaphore(AT_ONCE_MAX);

    SessionChecks(
            Map<String, OidcProvider> providers,
            Sessions sessions,
            Accounts accounts,
            DirectoryEvents events,
            Clock clock) {
        this.providers = providers;
        this.sessions = sessions;
        this.accounts = accounts;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public void check(Session session) {
        // Without a place the session asks again when it is used a minute later.
        if (places.tryAcquire()) {
            Thread.startVirtualThread(() -> {
                try {
                    ask(session);
                } catch (RuntimeException failure) {
                    LOG.warn("A session could not be checked with its provider, and goes on: {}", failure.getMessage());
                    LOG.debug("It failed here", failure);
                } finally {
                    places.release();
                }
            });
        }
    }

    /** Asks now. */
    void ask(Session session) {
        OidcProvider provider = providers.get(session.provider());
        ProviderSession origin = session.origin();
        String subject = origin == null ? null : origin.subject();
        if (provider == null || origin == null || subject == null || !provider.isIssuer(origin.issuer())) {
            return;
        }
        if (!sessions.mayCheck(session, clock.instant().plus(provider.settings().recheckInterval()))) {
            return;
        }
        ProviderTokens tokens = sessions.tokens(session).orElse(null);
        if (tokens == null || tokens.refreshToken() == null) {
            return;
        }
        OidcProvider.Renewed renewed =
                provider.renew(tokens, tokens.refreshToken()).orElse(null);
        if (renewed == null) {
            end(session, "The provider does not renew the session");
            return;
        }
        // Before anything can fail: many providers take a refresh token once only.
        sessions.keep(session, renewed.tokens());
        String refusal = refusal(session, renewed, subject, provider);
        if (refusal != null) {
            end(session, refusal);
        }
    }

    /**
     * Brings groups and teams up to what the provider says; returns why the session is to end, null if it is not. What keeps
     * somebody from signing in ends it, too.
     */
    private @Nullable String refusal(
            Session session, OidcProvider.Renewed renewed, String subject, OidcProvider provider) {
        try {
            ExternalPerson person = provider.person(renewed, subject).orElse(null);
            boolean same = person == null
                    || accounts.caller(person, provider.settings().users())
                            .principalId()
                            .equals(session.caller().principalId());
            return same ? null : "The provider's account belongs to somebody else by now";
        } catch (GantryException refused) {
            if (refused.getCause() instanceof GantryException cause
                    && cause.code() == ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE) {
                // That its newest key is not known yet is no word against the person.
                throw cause;
            }
            if (refused.code() == ErrorCode.UNAUTHENTICATED) {
                return String.valueOf(refused.getMessage());
            }
            throw refused;
        }
    }

    private void end(Session session, String why) {
        sessions.end(session);
        events.sessionEnded(
                session.caller().organization(),
                session.caller().principalId(),
                session.caller().principal(),
                session.provider(),
                why);
    }
}
