package dev.gantry.signin;

import dev.gantry.database.Database;
import dev.gantry.identity.ApiKey;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Standing;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is signed in. A session is looked up in memory, and believed like an API key: it ends everywhere within a second of
 * being revoked, of its person being deactivated, of its key being revoked, of its organization being suspended.
 *
 * <p>A token is replaced when somebody signs in, when they ask for it, and when what they may do has changed. The one
 * before it is good for {@link #OVERLAP} longer, for requests that are under way. Thread-safe.
 */
public final class Sessions {
    /** How long a token that was replaced is still good. */
    public static final Duration OVERLAP = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final Duration NOTE_INTERVAL_MAX = Duration.ofMinutes(1);
    private static final int NOTES_A_TIMEOUT = 20;

    private final Database database;
    private final Identity identity;
    private final SessionSettings settings;
    private final Clock clock;
    private final LiveSessions live;
    private final ProviderTokenStore tokenStore;
    private final long noteIntervalMillis;
    private volatile Checks checks = session -> {};

    Sessions(
            Database database,
            Identity identity,
            ProviderTokenStore tokenStore,
            SessionSettings settings,
            Clock clock) {
        this.database = database;
        this.identity = identity;
        this.tokenStore = tokenStore;
        this.settings = settings;
        this.clock = clock;
        this.live = new LiveSessions(database, identity, settings.apiKeys(), clock);
        this.noteIntervalMillis =
                Math.min(NOTE_INTERVAL_MAX.toMillis(), settings.timeout().toMillis() / NOTES_A_TIMEOUT);
    }

    /**
     * Who signed in, and how.
     *
     * @param keySecret the secret of a key that they presented, with which the session ends; null for none
     * @param provider how they did
     * @param provenAt when they last proved who they are; null if nobody knows
     * @param assurance how strongly, in the words of who saw it
     * @param endsAt when the proof ends; null if it does not
     * @param origin by which an identity provider may end the session; null if none vouches for it
     * @param tokens what the provider gave for it; null for nothing
     */
    record Opening(
            Caller caller,
            @Nullable UUID keySecret,
            String provider,
            Client client,
            @Nullable Instant provenAt,
            Assurance assurance,
            @Nullable Instant endsAt,
            @Nullable ProviderSession origin,
            @Nullable ProviderTokens tokens) {}

    /**
     * Signs in the owner of a key: the session may do what the key may, and ends with the secret that they presented.
     *
     * @param endsAt when the key ends; null if it does not
     */
    IssuedSession open(Caller caller, ApiKey.LiveSecret secret, Client client, @Nullable Instant endsAt) {
        // A key that must not make what lasts does not get to by signing in with it.
        return open(new Opening(
                caller,
                secret.id(),
                SignIn.API_KEY,
                client,
                caller.proof() == null ? now() : null,
                Assurance.UNKNOWN,
                earliest(endsAt, secret.expiresAt()),
                null,
                null));
    }

    private static @Nullable Instant earliest(@Nullable Instant one, @Nullable Instant other) {
        return one == null || other == null ? (one == null ? other : one) : earlier(one, other);
    }

    /** Signs in somebody who proved just now to be it. */
    IssuedSession open(Caller caller, String provider, Assurance assurance, Client client) {
        return open(new Opening(caller, null, provider, client, now(), assurance, null, null, null));
    }

    /**
     * Signs somebody in.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if they were deactivated meanwhile
     */
    IssuedSession open(Opening opening) {
        Caller caller = opening.caller();
        Instant endsAt = opening.endsAt();
        ProviderTokens tokens = opening.tokens();
        Instant now = now();
        String token = SessionToken.issue();
        Instant absolute = now.plus(settings.refreshEnabled() ? settings.absoluteTimeout() : settings.timeout());
        Instant expires = endsAt != null && endsAt.isBefore(absolute) ? endsAt : absolute;
        SessionStore.Row row = new SessionStore.Row(
                Ids.next(),
                caller.organization(),
                caller.principalId(),
                caller.keyId(),
                opening.keySecret(),
                opening.provider(),
                SessionToken.hash(token),
                null,
                null,
                LiveSessions.rights(caller),
                SessionToken.random(),
                opening.client().address(),
                opening.client().userAgent(),
                now,
                now,
                earlier(now.plus(settings.timeout()), expires),
                expires,
                opening.origin(),
                provenAt(opening, now),
                opening.assurance(),
                tokens == null ? null : tokens.checkAt(now));
        byte[] locked = tokens == null ? null : tokenStore.seal(row.organization(), row.id(), tokens);
        List<SessionStore.Row> given = database.inOrganization(caller.organization(), handle -> {
            if (!identity.directoryAccounts().holdActive(handle, caller.principalId())) {
                throw ended();
            }
            SessionStore.sweep(handle, now);
            List<SessionStore.Row> present = SessionStore.ofPrincipal(handle, caller.principalId(), now);
            List<SessionStore.Row> surplus =
                    present.subList(Math.min(present.size(), settings.perUserMax() - 1), present.size());
            surplus.forEach(old -> {
                SessionStore.delete(handle, old.id());
                live.forget(handle, old);
            });
            SessionStore.insert(handle, row);
            if (locked != null) {
                ProviderTokenStore.put(handle, row.id(), locked);
            }
            return surplus;
        });
        given.forEach(live::forget);
        return new IssuedSession(
                new Session(row, caller, SessionToken.key(row.tokenHash()), false, expires), Secret.of(token));
    }

    /** Nobody proved anything in the future, whatever the provider's clock says. */
    private static @Nullable Instant provenAt(Opening opening, Instant now) {
        Instant said = opening.provenAt();
        return said == null ? null : earlier(said, now);
    }

    /** Does what {@link #use(String, boolean)} does for somebody who is there. */
    public Session use(String token) {
        return use(token, false);
    }

    /**
     * Finds out whose session a token is, and prolongs it: a microsecond or so when it was used just before.
     *
     * @param token as it was presented, of any form
     * @param unattended whether a page asks by itself while nobody is at it, which does not prolong it
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if there is no such session, or no longer;
     *     {@link ErrorCode#DATABASE_UNAVAILABLE}, {@link ErrorCode#OVERLOADED} if that cannot be told
     */
    public Session use(String token, boolean unattended) {
        if (!SessionToken.hasForm(token)) {
            throw ended();
        }
        byte[] hash = SessionToken.hash(token);
        String key = SessionToken.key(hash);
        return used(key, unattended, () -> live.read(hash, key));
    }

    /**
     * Returns that a session lasts, whatever becomes of the token by which it is known now. To ask for that is to use the session;
     * parameters and errors as for {@link #use}.
     */
    Standing standing(String token, boolean unattended) {
        Session session = use(token, unattended);
        UUID organization = session.row().organization();
        UUID id = session.id();
        String key = LiveSessions.key(id);
        return Standing.of(
                unattended ? key + " unattended" : key, () -> used(key, unattended, () -> live.read(organization, id)));
    }

    private Session used(String key, boolean unattended, Supplier<@Nullable Session> reading) {
        Session session = live.find(key);
        long now = clock.millis();
        if (session == null || !session.isAlive(now)) {
            session = live.read(key, reading);
        }
        if (session == null || !session.isAlive(now)) {
            throw ended();
        }
        if (!unattended && settings.refreshEnabled() && session.isToBeNoted(now, noteIntervalMillis)) {
            note(session);
        }
        if (session.isToBeChecked(now)) {
            checks.check(session);
        }
        return session;
    }

    /** Asks the provider that a session came from whether it still holds. */
    @FunctionalInterface
    interface Checks {
        /** Begins to; does not wait for the answer. */
        void check(Session session);
    }

    /** Says who asks providers. To be called before requests are served. */
    void checkBy(Checks other) {
        checks = other;
    }

    /** Returns what the provider gave for a session; empty if nothing. */
    Optional<ProviderTokens> tokens(Session session) {
        SessionStore.Row row = session.row();
        return database.<Optional<byte[]>>inOrganization(
                        row.organization(), handle -> ProviderTokenStore.find(handle, row.id()))
                .map(locked -> tokenStore.open(row.organization(), row.id(), locked));
    }

    /** Keeps what the provider gave now. */
    void keep(Session session, ProviderTokens tokens) {
        SessionStore.Row row = session.row();
        byte[] locked = tokenStore.seal(row.organization(), row.id(), tokens);
        database.<Boolean>inOrganization(row.organization(), handle -> {
            ProviderTokenStore.put(handle, row.id(), locked);
            return true;
        });
    }

    /** Returns true to one of all, on whatever node, who would ask the provider now; says when it is asked next. */
    boolean mayCheck(Session session, Instant next) {
        session.checkAt(next);
        return database.<Boolean>inOrganization(
                session.row().organization(),
                handle -> SessionStore.checkNext(handle, session.id(), clock.instant(), next));
    }

    private void note(Session session) {
        Instant now = now();
        Instant idle = earlier(now.plus(settings.timeout()), session.expiresAt());
        try {
            database.<Boolean>inOrganization(session.row().organization(), handle -> {
                SessionStore.touch(handle, session.id(), now, idle);
                return true;
            });
            session.idleUntil(idle);
        } catch (GantryException failure) {
            LOG.debug("The use of a session could not be noted", failure);
        }
    }

    /**
     * Gives a session a new token. The old one is good for {@link #OVERLAP} longer.
     *
     * @return empty if another request was faster, whose reply has the new token
     */
    public Optional<IssuedSession> replaceToken(Session session) {
        SessionStore.Row old = session.row();
        if (!session.cacheKey().equals(SessionToken.key(old.tokenHash()))) {
            return Optional.empty();
        }
        Instant now = now();
        String token = SessionToken.issue();
        byte[] hash = SessionToken.hash(token);
        Instant idle = settings.refreshEnabled()
                ? earlier(now.plus(settings.timeout()), old.expiresAt())
                : old.idleExpiresAt();
        boolean replaced = database.inOrganization(old.organization(), handle -> {
            live.forget(handle, old);
            return SessionStore.replace(
                    handle, old, hash, LiveSessions.rights(session.caller()), now.plus(OVERLAP), idle);
        });
        live.forget(old);
        if (!replaced) {
            return Optional.empty();
        }
        String key = SessionToken.key(hash);
        Session fresh = live.read(key, () -> live.read(hash, key));
        return fresh == null ? Optional.empty() : Optional.of(new IssuedSession(fresh, Secret.of(token)));
    }

    /** Signs out. */
    public void end(Session session) {
        end(session.row());
    }

    /** Lists the sessions of a caller, the one used last leading. */
    public List<SessionView> own(Caller caller) {
        return of(caller.organization(), caller.principalId());
    }

    /** Lists somebody's sessions, the one used last leading; at most {@link SessionSettings#perUserMax}. */
    public List<SessionView> of(UUID organization, UUID principal) {
        return rowsOf(organization, principal).stream().map(Sessions::view).toList();
    }

    /**
     * Ends one of the caller's own sessions.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if they have no such session
     */
    public void endOwn(Caller caller, UUID id) {
        SessionStore.Row row = rowsOf(caller.organization(), caller.principalId()).stream()
                .filter(session -> session.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new GantryException(ErrorCode.NOT_FOUND, "You have no session " + id));
        end(row);
    }

    /**
     * Ends all sessions of somebody.
     *
     * @param except one that stays; null for none
     * @return how many ended
     */
    public int endAll(UUID organization, UUID principal, @Nullable UUID except) {
        List<SessionStore.Row> rows = rowsOf(organization, principal).stream()
                .filter(row -> !row.id().equals(except))
                .toList();
        rows.forEach(this::end);
        return rows.size();
    }

    /**
     * Ends the session that a browser had before it signed in again.
     *
     * @param mark what {@link Session#mark} said when the browser left; of any form
     */
    public void endMarked(String mark) {
        byte[] hash = SessionToken.hashOf(mark);
        if (hash != null) {
            database.<Optional<SessionStore.Row>>unscoped(handle -> SessionStore.present(handle, hash))
                    .ifPresent(this::end);
        }
    }

    /** Ends what a provider ends, whatever organization it is of; returns how many sessions that were. */
    int endOfProvider(ProviderSession ended) {
        List<SessionStore.Row> rows =
                database.<List<SessionStore.Row>>unscoped(handle -> SessionStore.ofProvider(handle, ended));
        rows.forEach(this::end);
        return rows.size();
    }

    private List<SessionStore.Row> rowsOf(UUID organization, UUID principal) {
        return database.inOrganization(
                organization, handle -> SessionStore.ofPrincipal(handle, principal, clock.instant()));
    }

    private void end(SessionStore.Row row) {
        database.<Boolean>inOrganization(row.organization(), handle -> {
            SessionStore.delete(handle, row.id());
            live.forget(handle, row);
            return true;
        });
        live.forget(row);
    }

    private static SessionView view(SessionStore.Row row) {
        return new SessionView(
                row.id(),
                row.provider(),
                row.address(),
                row.userAgent(),
                row.createdAt(),
                row.seenAt(),
                row.idleExpiresAt(),
                row.expiresAt(),
                row.assurance());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static GantryException ended() {
        return new GantryException(ErrorCode.UNAUTHENTICATED, "The session has ended or never was; sign in again");
    }
}
