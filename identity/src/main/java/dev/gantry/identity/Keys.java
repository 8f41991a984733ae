package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Secret;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * API keys. A key carries the rights of its owner, at most those it is restricted to. Thread-safe; every method blocks and
 * may throw {@link ErrorCode#DATABASE_UNAVAILABLE}.
 *
 * <p><b>A key never begets a stronger one.</b> Whoever authenticates with a key that expires, or is bound to a team or
 * project, makes and rotates only keys that expire no later and are bound alike. A key for somebody else, and every key
 * made with a restricted key, must name its permissions, and the caller must hold each of them, now: then it stays
 * harmless whatever its owner may do later. Only who may do everything is free of that.
 *
 * <p><b>One's own, or by permission.</b> Everybody lists, makes, rotates and revokes keys of their own, unless they come with a
 * key that is restricted. That, and what belongs to others, takes {@code keys:read}, {@code keys:create}, {@code keys:update} or
 * {@code keys:delete}.
 *
 * <p><b>What passes begets nothing that lasts.</b> Whoever comes with a {@link PassingProof}, and did not prove who they are
 * within {@link PassingProof#RECENT}, makes only keys that end no later than it, which are such a proof themselves; and gets a
 * new secret only of such keys.
 */
public final class Keys {
    /** How many live keys a user or service account may have. */
    public static final int KEYS_MAX = 500;

    /** How many permissions a key may be restricted to. */
    public static final int PERMISSIONS_MAX = 1_000;

    private static final String RESOURCE = "keys";
    private static final int SECRETS_MAX = 2;
    private static final Duration OVERLAP_MAX = Duration.ofDays(366);

    private final Administration administration;

    Keys(Administration administration) {
        this.administration = administration;
    }

    /**
     * Makes a key.
     *
     * @return the key with its secret, which is shown this once
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST}; {@link ErrorCode#NOT_FOUND} for the owner or the team;
     *     {@link ErrorCode#CONFLICT} if the owner is inactive or has too many keys; {@link ErrorCode#PERMISSION_DENIED},
     *     {@link ErrorCode#RECENT_SIGN_IN_REQUIRED}
     */
    public IssuedKey create(Caller caller, KeyRequest request) {
        return administration.read(caller, handle -> {
            Instant now = administration.now();
            Principal owner = owner(handle, caller, request.principal(), "create");
            KeyStore.KeyRow key = row(handle, caller, owner, request, now);
            requireNotStronger(handle, caller, key);
            if (!owner.active()) {
                throw new GantryException(ErrorCode.CONFLICT, owner.name() + " is inactive; a key would not work");
            }
            if (KeyStore.countLive(handle, owner.id(), now) >= KEYS_MAX) {
                throw new GantryException(
                        ErrorCode.CONFLICT, owner.name() + " has " + KEYS_MAX + " keys; revoke those that nobody uses");
            }
            return insert(handle, key, caller.principalId(), now);
        });
    }

    /** Stores a key with its first secret. */
    static IssuedKey insert(Handle handle, KeyStore.KeyRow key, UUID createdBy, Instant now) {
        if (!KeyStore.insert(handle, key, createdBy)) {
            throw new GantryException(ErrorCode.INTERNAL, "Sixty random bits repeated themselves");
        }
        String text = KeyText.issue(key.prefix());
        KeyStore.insertSecret(handle, Ids.next(), key, KeyText.hash(text), now);
        return new IssuedKey(describe(handle, List.of(key), now).getFirst(), Secret.of(text));
    }

    private KeyStore.KeyRow row(Handle handle, Caller caller, Principal owner, KeyRequest request, Instant now) {
        Validation validation = new Validation();
        String name = validation.text("/name", request.name(), 1, 128);
        String project = request.project() == null ? null : validation.slug("/project", "a project", request.project());
        List<PermissionPattern> permissions =
                validation.permissions("/permissions", request.permissions(), PERMISSIONS_MAX);
        Instant expiresAt =
                request.expiresAt() == null ? null : request.expiresAt().truncatedTo(ChronoUnit.MICROS);
        if (expiresAt != null && (!expiresAt.isAfter(now) || expiresAt.isAfter(now.plus(36_525, ChronoUnit.DAYS)))) {
            validation.error("/expires_at", "a key expires in the future, within a hundred years");
        }
        validation.finish();
        UUID team = null;
        if (request.team() != null) {
            Team bound = team(handle, caller, owner.id(), request.team());
            if (!bound.active() || !TeamStore.isMember(handle, bound.id(), owner.id())) {
                validation.error("/team", owner.name() + " is not in an active team '" + bound.name() + "'");
                validation.finish();
            }
            team = bound.id();
        }
        return new KeyStore.KeyRow(
                Ids.next(),
                caller.organization(),
                KeyText.newPrefix(),
                name,
                owner.id(),
                team,
                project,
                permissions == null
                        ? null
                        : permissions.stream().map(PermissionPattern::toString).toList(),
                now,
                expiresAt,
                null,
                null,
                administration.isPassing(caller));
    }

    /**
     * Lists keys, the newest leading; the caller's own where they may not see others'.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if there is no such principal or team,
     *     {@link ErrorCode#PERMISSION_DENIED}
     */
    public Page<ApiKey> list(Caller caller, KeyQuery query, PageRequest page) {
        return administration.read(caller, handle -> {
            String principal = query.principal();
            String team = query.team();
            boolean everybodys = principal == null && caller.may(Permission.of(RESOURCE, "read"));
            UUID owner =
                    everybodys ? null : owner(handle, caller, principal, "read").id();
            UUID boundTo = team == null
                    ? null
                    : team(handle, caller, caller.principalId(), team).id();
            Instant now = administration.now();
            Page<KeyStore.KeyRow> rows =
                    Page.of(KeyStore.list(handle, query, owner, boundTo, now, page), page, KeyStore.KeyRow::id);
            return new Page<>(describe(handle, rows.items(), now), rows.nextCursor());
        });
    }

    /**
     * Shows a key.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#PERMISSION_DENIED}
     */
    public ApiKey show(Caller caller, UUID key) {
        return administration.read(caller, handle -> {
            KeyStore.KeyRow row = KeyStore.find(handle, key).orElseThrow(() -> missing(key));
            requireMay(handle, caller, row.principalId(), "read");
            return describe(handle, List.of(row), administration.now()).getFirst();
        });
    }

    /**
     * Gives a key a second secret, so that clients can move over one after the other.
     *
     * @param overlap for how long the secret so far goes on working; null until it is retired or the key rotated again
     *     after that; zero ends it now
     * @return the key with its new secret, which is shown this once
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if the key was revoked, has expired
     *     or has two live secrets already; {@link ErrorCode#PERMISSION_DENIED}, {@link ErrorCode#RECENT_SIGN_IN_REQUIRED}
     */
    public IssuedKey rotate(Caller caller, UUID key, @Nullable Duration overlap) {
        if (overlap != null && (overlap.isNegative() || overlap.compareTo(OVERLAP_MAX) > 0)) {
            Validation validation = new Validation();
            validation.error("/overlap", "the overlap is between zero and " + OVERLAP_MAX.toDays() + " days");
            validation.finish();
        }
        return changeKey(caller, key, "update", (handle, row) -> {
            Instant now = administration.now();
            requireNotStronger(handle, caller, row);
            administration.requireMayOutlast(
                    caller, row.passing() ? row.expiresAt() : null, "A new secret of this key");
            requireLive(row, now);
            KeyStore.retireExpired(handle, key, now);
            List<KeyStore.SecretRow> live =
                    KeyStore.liveSecrets(handle, List.of(key), now).getOrDefault(key, List.of());
            if (live.size() >= SECRETS_MAX) {
                throw new GantryException(
                        ErrorCode.CONFLICT,
                        "The key has two live secrets; retire the older one, "
                                + live.getLast().id() + ", when no client uses it any more");
            }
            for (KeyStore.SecretRow secret : live) {
                if (overlap != null) {
                    Instant end = now.plus(overlap);
                    Instant expiry = secret.expiresAt();
                    KeyStore.expireSecret(handle, secret.id(), expiry != null && expiry.isBefore(end) ? expiry : end);
                }
            }
            String text = KeyText.issue(row.prefix());
            KeyStore.insertSecret(handle, Ids.next(), row, KeyText.hash(text), now);
            return new IssuedKey(describe(handle, List.of(row), now).getFirst(), Secret.of(text));
        });
    }

    /**
     * Ends one of two live secrets.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#PERMISSION_DENIED}; {@link ErrorCode#CONFLICT} if it is the only one, for which
     *     there is {@link #revoke}
     */
    public ApiKey retireSecret(Caller caller, UUID key, UUID secret) {
        return changeKey(caller, key, "update", (handle, row) -> {
            Instant now = administration.now();
            List<KeyStore.SecretRow> live =
                    KeyStore.liveSecrets(handle, List.of(key), now).getOrDefault(key, List.of());
            if (live.stream().noneMatch(each -> each.id().equals(secret))) {
                throw Administration.missing("live secret", secret.toString());
            }
            if (live.size() == 1) {
                throw new GantryException(
                        ErrorCode.CONFLICT, "This is the key's only secret; rotate the key first, or revoke it");
            }
            KeyStore.retireSecret(handle, secret, now);
            return describe(handle, List.of(row), now).getFirst();
        });
    }

    /**
     * Ends a key for good, on every node within a second. Doing it again changes nothing. It takes no more than the
     * permission to revoke: stopping a leaked key must not wait for somebody mightier.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#PERMISSION_DENIED}
     */
    public ApiKey revoke(Caller caller, UUID key) {
        return changeKey(caller, key, "delete", (handle, row) -> {
            Instant now = administration.now();
            KeyStore.revoke(handle, key, now);
            KeyStore.KeyRow revoked = KeyStore.find(handle, key).orElseThrow(() -> missing(key));
            return describe(handle, List.of(revoked), now).getFirst();
        });
    }

    private interface KeyChange<T> {
        T apply(Handle handle, KeyStore.KeyRow row);
    }

    /** Who may not look after others' keys does not learn who there is. */
    private Principal owner(Handle handle, Caller caller, @Nullable String named, String action) {
        String own = caller.principalId().toString();
        if (named != null && !named.equals(own) && !named.strip().equalsIgnoreCase(caller.principal())) {
            caller.require(Permission.of(RESOURCE, action));
            return administration.principal(handle, named);
        }
        requireMay(handle, caller, caller.principalId(), action);
        return administration.principal(handle, own);
    }

    /** Nor which teams there are. */
    private Team team(Handle handle, Caller caller, UUID owner, String named) {
        Team team = administration.team(handle, named);
        boolean shown = !owner.equals(caller.principalId())
                || caller.may(Permission.of(RESOURCE, "read"))
                || TeamStore.isMember(handle, team.id(), owner);
        if (!shown) {
            throw Administration.missing("team", named);
        }
        return team;
    }

    private static void requireMay(Handle handle, Caller caller, UUID owner, String action) {
        if (!owner.equals(caller.principalId()) || isRestricted(handle, caller)) {
            caller.require(Permission.of(RESOURCE, action));
        }
    }

    private static boolean isRestricted(Handle handle, Caller caller) {
        UUID used = caller.keyId();
        return used != null
                && KeyStore.find(handle, used)
                        .map(key -> key.permissions() != null)
                        .orElse(true);
    }

    private <T> T changeKey(Caller caller, UUID key, String action, KeyChange<T> change) {
        record Changed<T>(T result, String prefix) {}
        Changed<T> changed = administration.<Changed<T>>read(caller, handle -> {
            KeyStore.KeyRow row = KeyStore.findForUpdate(handle, key).orElseThrow(() -> missing(key));
            requireMay(handle, caller, row.principalId(), action);
            T result = change.apply(handle, row);
            ChangeFeed.keyChanged(handle, caller.organization(), row.prefix());
            return new Changed<>(result, row.prefix());
        });
        administration.feed().applyKeyChange(caller.organization(), changed.prefix());
        return changed.result();
    }

    /**
     * Returns which secret of the caller's key they presented.
     *
     * @param text as it was presented
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if it stopped working meanwhile
     */
    public ApiKey.LiveSecret presented(Caller caller, String text) {
        byte[] hash = KeyText.hash(text);
        UUID key = caller.keyId();
        List<KeyStore.SecretRow> live =
                key == null ? List.of() : administration.read(caller, handle -> live(handle, key));
        return live.stream()
                .filter(secret -> MessageDigest.isEqual(secret.hash(), hash))
                .findFirst()
                .map(Keys::describe)
                .orElseThrow(Authenticator::refused);
    }

    /** Returns when the caller's own key ends; null if it does not, or they came without one. */
    public @Nullable Instant endOf(Caller caller) {
        UUID key = caller.keyId();
        return key == null
                ? null
                : administration
                        .<Optional<KeyStore.KeyRow>>read(caller, handle -> KeyStore.find(handle, key))
                        .map(KeyStore.KeyRow::expiresAt)
                        .orElse(null);
    }

    /** Returns a secret of a key, if it still works: it was neither retired nor replaced. */
    public Optional<ApiKey.LiveSecret> live(UUID organization, UUID key, UUID secret) {
        return administration.read(organization, handle -> live(handle, key)).stream()
                .filter(each -> each.id().equals(secret))
                .findFirst()
                .map(Keys::describe);
    }

    private List<KeyStore.SecretRow> live(Handle handle, UUID key) {
        return KeyStore.liveSecrets(handle, List.of(key), administration.now()).getOrDefault(key, List.of());
    }

    private static ApiKey.LiveSecret describe(KeyStore.SecretRow secret) {
        return new ApiKey.LiveSecret(secret.id(), secret.createdAt(), secret.expiresAt());
    }

    private static void requireLive(KeyStore.KeyRow row, Instant now) {
        Instant expiry = row.expiresAt();
        if (row.revokedAt() != null || (expiry != null && !expiry.isAfter(now))) {
            throw new GantryException(ErrorCode.CONFLICT, "The key was revoked or has expired; make a new one");
        }
    }

    private void requireNotStronger(Handle handle, Caller caller, KeyStore.KeyRow wanted) {
        administration.requireMayOutlast(caller, wanted.expiresAt(), "This key");
        UUID used = caller.keyId();
        KeyStore.KeyRow own = used == null ? null : KeyStore.find(handle, used).orElseThrow(() -> missing(used));
        if (own != null) {
            requireSameBounds(own, wanted);
        }
        boolean ownRights =
                wanted.principalId().equals(caller.principalId()) && (own == null || own.permissions() == null);
        if (ownRights || caller.rights().everything()) {
            return;
        }
        List<String> permissions = wanted.permissions();
        if (permissions == null) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "A key for somebody else, or made with a restricted key, must name its permissions");
        }
        administration.requireHeld(caller, RightsResolver.parse(permissions, "key " + wanted.prefix()), "This key");
    }

    private static void requireSameBounds(KeyStore.KeyRow own, KeyStore.KeyRow wanted) {
        Instant end = own.expiresAt();
        if (end != null && (wanted.expiresAt() == null || wanted.expiresAt().isAfter(end))) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "The key you use expires at " + end + "; the keys it makes or rotates must not outlive it");
        }
        if ((own.teamId() != null && !own.teamId().equals(wanted.teamId()))
                || (own.project() != null && !own.project().equals(wanted.project()))) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "The key you use is bound to a team or project; the keys it makes or rotates must be bound alike");
        }
    }

    private static List<ApiKey> describe(Handle handle, List<KeyStore.KeyRow> rows, Instant now) {
        Map<UUID, List<KeyStore.SecretRow>> secrets = KeyStore.liveSecrets(
                handle, rows.stream().map(KeyStore.KeyRow::id).toList(), now);
        Map<UUID, String> principals = new HashMap<>();
        Map<UUID, String> teams = new HashMap<>();
        return rows.stream()
                .map(row -> new ApiKey(
                        row.id(),
                        row.prefix(),
                        row.name(),
                        row.principalId(),
                        principals.computeIfAbsent(
                                row.principalId(),
                                id -> PrincipalStore.find(handle, id.toString())
                                        .map(Principal::name)
                                        .orElse("")),
                        row.teamId() == null
                                ? null
                                : teams.computeIfAbsent(
                                        row.teamId(),
                                        id -> TeamStore.find(handle, id.toString())
                                                .map(Team::name)
                                                .orElse("")),
                        row.project(),
                        row.permissions(),
                        row.createdAt(),
                        row.expiresAt(),
                        row.revokedAt(),
                        row.lastUsedAt(),
                        secrets.getOrDefault(row.id(), List.of()).stream()
                                .map(Keys::describe)
                                .toList()))
                .toList();
    }

    private static GantryException missing(UUID key) {
        return Administration.missing("API key", key.toString());
    }
}
