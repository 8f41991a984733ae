package dev.gantry.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Turns a presented key into a caller, usually from memory: one SHA-256, one look-up, one constant-time comparison.
 *
 * <p><b>Revocation within a second.</b> What was read from the database is believed for {@link #BELIEF} and no longer,
 * counted from the reading or from the last moment up to which the {@link ChangeFeed} proves that no change was missed.
 * So a node that hears of changes hardly asks the database again, and one that is cut off stops believing. When the
 * database is gone, keys that were used just before work for that time, then {@link ErrorCode#DATABASE_UNAVAILABLE}.
 *
 * <p><b>No resurrection.</b> A row that was read before a change must not be remembered after it: what a reading put
 * into the cache it takes out again if the feed moved in the meantime. The feed counts first and clears second, so one of
 * the two removals comes last.
 *
 * <p><b>Guessing.</b> An unknown prefix and a wrong secret give the same error after the same work; random keys meet a
 * bounded memory of unknown prefixes and a small number of look-ups at a time, apart from those of known keys.
 */
final class Authenticator implements ChangeFeed.Listener {
    /** Below the promised second, to leave room for the answer's own way. */
    static final Duration BELIEF = Duration.ofMillis(900);

    /** How long work of a suspended organization waits before it asks again. */
    private static final Duration SUSPENSION_PAUSE = Duration.ofMinutes(1);

    private static final int KNOWN_MAX = 50_000;
    private static final int UNKNOWN_MAX = 50_000;
    private static final Duration UNKNOWN_AGE = Duration.ofSeconds(10);
    private static final int KNOWN_LOOKUPS = 6;
    private static final int STRANGER_LOOKUPS = 2;
    private static final int STRANGERS_WAITING_MAX = 500;
    private static final Duration WAIT = Duration.ofSeconds(2);
    private static final Duration KNOWN_AGE = Duration.ofMinutes(10);

    private final Database database;
    private final RightsResolver resolver;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final ChangeFeed feed;
    private final KeyUses uses;
    private final Cache<String, KnownKey> known = Caffeine.newBuilder()
            .maximumSize(KNOWN_MAX)
            .expireAfterWrite(KNOWN_AGE)
            .build();
    private final Cache<String, Boolean> unknown = Caffeine.newBuilder()
            .maximumSize(UNKNOWN_MAX)
            .expireAfterWrite(UNKNOWN_AGE)
            .build();
    private final SharedReadings<Optional<KnownKey>> readings = new SharedReadings<>();
    private final Semaphore knownLookups = new Semaphore(KNOWN_LOOKUPS, true);
    private final Semaphore strangerLookups = new Semaphore(STRANGER_LOOKUPS, true);
    private volatile @Nullable BearerTokens tokens;

    Authenticator(Database database, RightsResolver resolver, Clock clock, LongSupplier nanoTime) {
        this.database = database;
        this.resolver = resolver;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.feed = new ChangeFeed(database, this, nanoTime);
        this.uses = new KeyUses(database, clock);
    }

    /** Leaves what is no API key to somebody else. */
    void accept(BearerTokens others) {
        tokens = others;
    }

    ChangeFeed feed() {
        return feed;
    }

    KeyUses uses() {
        return uses;
    }

    Caller authenticate(Credentials credentials) {
        String text = credentials.presentedKey();
        Proof proof = credentials.proof();
        if (proof != null && text == null) {
            return proof.caller();
        }
        if (proof != null) {
            proof.require();
        }
        if (text == null) {
            throw new GantryException(
                    ErrorCode.UNAUTHENTICATED,
                    "An API key is needed: send it as 'Authorization: Bearer gk_…' or in the header X-API-Key");
        }
        String prefix = KeyText.prefix(text);
        if (prefix == null) {
            BearerTokens others = tokens;
            if (others == null) {
                throw refused();
            }
            return others.authenticate(text, credentials.unattended());
        }
        long nowMillis = clock.millis();
        byte[] hash = KeyText.hash(text);
        KnownKey key = known.getIfPresent(prefix);
        if (key == null || !isBelieved(key)) {
            key = look(prefix, key != null && key.caller() != null).orElse(null);
        }
        if (key == null || !key.accepts(hash, nowMillis)) {
            throw refused();
        }
        Caller caller = key.caller();
        if (caller == null) {
            caller = resolve(key);
        }
        key.use().touch(nowMillis);
        return caller;
    }

    Standing standing(Credentials credentials) {
        String text = credentials.presentedKey();
        Proof proof = credentials.proof();
        BearerTokens others = tokens;
        Standing presented = text == null || others == null || KeyText.prefix(text) != null
                ? Standing.of(String.valueOf(text), () -> authenticate(credentials))
                : others.standing(text, credentials.unattended());
        return proof == null
                ? presented
                : Standing.of(presented.id() + " " + proof.id(), () -> {
                    proof.require();
                    presented.require();
                });
    }

    static GantryException refused() {
        return new GantryException(ErrorCode.UNAUTHENTICATED, "The API key is unknown, expired or revoked");
    }

    private boolean isBelieved(KnownKey key) {
        long now = nanoTime.getAsLong();
        long belief = BELIEF.toNanos();
        return now - key.loadedAtNanos() < belief || now - feed.provenAtNanos() < belief;
    }

    /** Reads a key from the database, once for all who present it. */
    private Optional<KnownKey> look(String prefix, boolean isKnown) {
        return readings.read(
                prefix,
                () -> read(prefix, isKnown),
                read -> read.map(key -> isBelieved(key) && !isChanged(key)).orElse(true));
    }

    private boolean isChanged(KnownKey key) {
        return feed.isChangedSince(key.changesBefore(), key.row().organization());
    }

    private Optional<KnownKey> read(String prefix, boolean isKnown) throws InterruptedException {
        if (unknown.getIfPresent(prefix) != null) {
            return Optional.empty();
        }
        Semaphore lookups = isKnown ? knownLookups : strangerLookups;
        boolean crowded = !isKnown && strangerLookups.getQueueLength() > STRANGERS_WAITING_MAX;
        if (crowded || !lookups.tryAcquire(WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new GantryException(
                    ErrorCode.OVERLOADED,
                    "Too many API keys are being looked up at the moment",
                    List.of(),
                    Duration.ofSeconds(1),
                    null);
        }
        try {
            Optional<KnownKey> read = database.unscoped(handle -> {
                long changes = feed.changes();
                long now = nanoTime.getAsLong();
                return KeyStore.present(handle, prefix).map(presented -> {
                    KeyStore.KeyRow row = presented.key();
                    return new KnownKey(presented, now, changes, uses.of(row.organization(), row.id()));
                });
            });
            if (read.isEmpty()) {
                known.invalidate(prefix);
                unknown.put(prefix, true);
                return read;
            }
            KnownKey key = isKnown ? resolveIn(read.get()) : read.get();
            remember(key);
            return Optional.of(key);
        } finally {
            lookups.release();
        }
    }

    /** Finds out who a key's owner is, what they may do, and remembers it. */
    private Caller resolve(KnownKey key) {
        KnownKey resolved = resolveIn(key);
        Caller caller = resolved.caller();
        if (caller == null) {
            throw refused();
        }
        remember(resolved);
        return caller;
    }

    private void remember(KnownKey key) {
        String prefix = key.row().prefix();
        known.put(prefix, key);
        if (isChanged(key)) {
            known.asMap().remove(prefix, key);
        }
    }

    /** Returns the key with its caller; as it was when the key may not be used, whatever its secret. */
    private KnownKey resolveIn(KnownKey key) {
        KeyStore.KeyRow row = key.row();
        Caller caller = database.<@Nullable Caller>inOrganization(row.organization(), handle -> caller(handle, row));
        return caller == null ? key : key.of(caller);
    }

    Caller onBehalf(UUID organization, UUID principal, @Nullable UUID keyId) {
        Instant now = clock.instant();
        Caller caller = database.<@Nullable Caller>inOrganization(organization, handle -> {
            requireNotSuspended(handle);
            KeyStore.KeyRow key = keyId == null
                    ? KeyStore.KeyRow.unrestricted(organization, principal, "", now)
                    : KeyStore.find(handle, keyId).orElse(null);
            boolean usable = key != null
                    && key.principalId().equals(principal)
                    && key.revokedAt() == null
                    && (key.expiresAt() == null || now.isBefore(key.expiresAt()));
            return key != null && usable ? caller(handle, key) : null;
        });
        if (caller == null) {
            throw new GantryException(
                    ErrorCode.UNAUTHENTICATED,
                    "Who handed this in may not do it any more: the key was revoked or has expired, or its owner was"
                            + " deactivated");
        }
        return keyId != null ? caller : caller.withoutKey();
    }

    /** What a mistaken word stops must be able to go on. */
    private static void requireNotSuspended(Handle handle) {
        OrganizationStore.own(handle)
                .filter(organization -> organization.status() == OrganizationStatus.SUSPENDED)
                .ifPresent(suspended -> {
                    throw new GantryException(
                            ErrorCode.ORGANIZATION_SUSPENDED,
                            "The organization is suspended; what was handed in waits until it is resumed",
                            List.of(),
                            SUSPENSION_PAUSE,
                            null);
                });
    }

    /** Returns null if the organization is suspended, or the owner is inactive, or is no longer in the team that the key is bound to. */
    private @Nullable Caller caller(Handle handle, KeyStore.KeyRow row) {
        boolean atWork = OrganizationStore.own(handle)
                .map(organization -> organization.status() == OrganizationStatus.ACTIVE)
                .orElse(false);
        if (!atWork) {
            return null;
        }
        Principal owner = PrincipalStore.find(handle, row.principalId().toString())
                .filter(Principal::active)
                .orElse(null);
        if (owner == null) {
            return null;
        }
        List<String> teams = PrincipalStore.teams(handle, owner.id());
        UUID boundTo = row.teamId();
        if (boundTo != null) {
            Team team = TeamStore.find(handle, boundTo.toString()).orElse(null);
            if (team == null || !teams.contains(team.name())) {
                return null;
            }
            teams = List.of(team.name());
        }
        AccessRights rights = resolver.compile(resolver.grantsOf(handle, owner.id(), owner.name()));
        List<String> permissions = row.permissions();
        if (permissions != null) {
            Set<PermissionPattern> narrowing = RightsResolver.parse(permissions, "key " + row.prefix());
            rights = rights.narrowedTo(new LinkedHashSet<>(narrowing));
        }
        Caller caller = new Caller(
                row.organization(),
                owner.id(),
                owner.name(),
                owner.kind(),
                row.id(),
                teams,
                teams.isEmpty() ? null : teams.getFirst(),
                row.project(),
                rights);
        Instant end = row.expiresAt();
        return row.passing() && end != null ? caller.provenBy(PassingProof.ofProgram(end)) : caller;
    }

    @Override
    public void keyChanged(UUID organization, String prefix) {
        known.invalidate(prefix);
        unknown.invalidate(prefix);
    }

    @Override
    public void organizationChanged(UUID organization) {
        known.asMap().values().removeIf(key -> key.row().organization().equals(organization));
    }

    @Override
    public void everythingChanged() {
        known.invalidateAll();
        unknown.invalidateAll();
    }
}
