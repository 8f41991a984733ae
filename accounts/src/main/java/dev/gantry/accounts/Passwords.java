package dev.gantry.accounts;

import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Passwords: proving who one is by them, and choosing them. A wrong name and a wrong password get the same answer after
 * the same work. Thread-safe; every method blocks and may throw {@link ErrorCode#DATABASE_UNAVAILABLE}.
 */
public final class Passwords {
    private static final UUID NOBODY = new UUID(0, 0);
    private static final String TOKEN_START = "gpr_";
    private static final int TOKEN_LENGTH = 2 * 2 * Long.BYTES + 32;
    private static final String CHOSEN = "/new_password";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Database database;
    private final PasswordHasher hasher;
    private final PasswordPolicy policy;
    private final AccountSettings.Passwords settings;
    private final Attempts attempts;
    private final People people;
    private final Clock clock;

    Passwords(
            Database database,
            PasswordHasher hasher,
            AccountSettings.Passwords settings,
            Attempts attempts,
            People people,
            Clock clock) {
        this.database = database;
        this.hasher = hasher;
        this.policy = new PasswordPolicy(settings);
        this.settings = settings;
        this.attempts = attempts;
        this.people = people;
        this.clock = clock;
    }

    /**
     * Somebody whose password was right.
     *
     * @param mustChange whether another password has to be chosen first
     * @param version of the password, for {@link #isVersion}
     */
    public record Proven(Person person, boolean mustChange, long version) {}

    /** A password that may be chosen, as it will be stored. */
    record Prepared(String hash, Instant changedAt) {
        long version() {
            return Passwords.version(changedAt);
        }
    }

    /**
     * A token with which somebody chooses a password, once.
     *
     * @param token to be handed over outside of Gantry
     */
    public record Reset(Secret token, Instant expiresAt) {}

    /**
     * Checks a name and a password.
     *
     * @param address the peer's, for the bounds on guessing
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if they do not fit, {@link ErrorCode#RATE_LIMITED} after
     *     too many that did not, {@link ErrorCode#OVERLOADED}
     */
    public Proven prove(UUID organization, String name, Secret password, String address) {
        attempts.password(organization, name, address);
        Optional<Person> person = people.named(organization, name);
        PasswordStore.Row stored =
                find(organization, person.map(Person::id).orElse(NOBODY)).orElse(null);
        boolean right = matches(stored, password);
        if (person.isEmpty() || stored == null || !right) {
            throw wrong();
        }
        attempts.passwordWasRight(organization, name, address);
        if (hasher.isOutdated(stored.hash())) {
            String dearer = hasher.hash(password.reveal());
            database.<Boolean>inOrganization(organization, handle -> {
                PasswordStore.rehash(handle, person.get().id(), stored.hash(), dearer);
                return true;
            });
        }
        return new Proven(person.get(), stored.mustChange(), version(stored.changedAt()));
    }

    private boolean matches(PasswordStore.@Nullable Row stored, Secret password) {
        if (stored == null) {
            hasher.matchNobody(password.reveal());
            return false;
        }
        return hasher.matches(stored.hash(), password.reveal());
    }

    private static GantryException wrong() {
        return new GantryException(ErrorCode.UNAUTHENTICATED, "The name or the password is wrong");
    }

    private Optional<PasswordStore.Row> find(UUID organization, UUID principal) {
        return database.inOrganization(organization, handle -> PasswordStore.find(handle, principal));
    }

    private static long version(Instant changedAt) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, changedAt);
    }

    /**
     * Returns whether somebody's password is still the one that was right: what was begun with another one must not be
     * finished.
     */
    public boolean isVersion(Person person, long version) {
        return find(person.organization(), person.id())
                .map(row -> version(row.changedAt()) == version)
                .orElse(false);
    }

    /** Returns whether somebody has a password. */
    public boolean has(Person person) {
        return find(person.organization(), person.id()).isPresent();
    }

    /** Returns when somebody's password was chosen, and whether it has to be changed; empty without one. */
    public Optional<State> state(Person person) {
        return find(person.organization(), person.id()).map(row -> new State(row.changedAt(), row.mustChange()));
    }

    /**
     * What an administrator may know of a password.
     *
     * @param mustChange whether another one has to be chosen at the next sign-in
     */
    public record State(Instant changedAt, boolean mustChange) {}

    /**
     * Sets somebody's password, for an administrator. Ends what was opened with the one before.
     *
     * @param field JSON pointer to the password, for errors
     * @param mustChange whether its owner has to choose another one at the next sign-in
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if the policy does not allow it
     */
    public void set(Person person, String field, Secret password, boolean mustChange) {
        policy.require(field, password.reveal(), person.name());
        store(person, hashed(password), mustChange);
    }

    /**
     * Changes one's own password. Ends what was opened with the one before.
     *
     * @throws GantryException as {@link #prove} and {@link #set} do
     */
    public void change(Person person, Secret current, Secret chosen, String address) {
        prove(person.organization(), person.name(), current, address);
        choose(person, chosen);
    }

    /**
     * Chooses a password in place of the present one, which was proven just now.
     *
     * @return the version of the new one
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if the policy does not allow it, or it is the present one
     */
    long choose(Person person, Secret chosen) {
        return store(person, prepare(person, chosen), false);
    }

    /** Finds out whether a password may be chosen, and does all that can fail. Parameters and errors as {@link #choose}. */
    Prepared prepare(Person person, Secret chosen) {
        policy.require(CHOSEN, chosen.reveal(), person.name());
        boolean same = find(person.organization(), person.id())
                .map(row -> hasher.matches(row.hash(), chosen.reveal()))
                .orElse(false);
        if (same) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "The new password must differ from the present one");
        }
        return hashed(chosen);
    }

    private Prepared hashed(Secret password) {
        return new Prepared(hasher.hash(password.reveal()), now());
    }

    private long store(Person person, Prepared password, boolean mustChange) {
        database.<Boolean>inOrganization(person.organization(), handle -> {
            store(handle, person, password, mustChange);
            return true;
        });
        people.credentialsChanged(person);
        return password.version();
    }

    /**
     * Stores a password, in a transaction after which {@link People#credentialsChanged} is to be called. Ends the account's
     * locks: what was tried were guesses at another one.
     */
    static void store(Handle handle, Person person, Prepared password, boolean mustChange) {
        PasswordStore.put(handle, person.id(), password.hash(), mustChange, password.changedAt());
        Attempts.forgive(handle, person);
    }

    /**
     * Takes somebody's password away, so that they sign in by other means or not at all. Ends what was opened with it.
     *
     * @return whether there was one
     */
    public boolean remove(Person person) {
        boolean had =
                database.inOrganization(person.organization(), handle -> PasswordStore.delete(handle, person.id()));
        if (had) {
            people.credentialsChanged(person);
        }
        return had;
    }

    /**
     * Makes a token with which somebody chooses a password; the one before is void. The present password stays until then.
     *
     * @param issuedBy the administrator
     */
    public Reset issueReset(Person person, UUID issuedBy) {
        byte[] bytes = new byte[TOKEN_LENGTH];
        RANDOM.nextBytes(bytes);
        ByteBuffer.wrap(bytes)
                .putLong(person.organization().getMostSignificantBits())
                .putLong(person.organization().getLeastSignificantBits())
                .putLong(person.id().getMostSignificantBits())
                .putLong(person.id().getLeastSignificantBits());
        String text = TOKEN_START + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Instant now = now();
        Instant expiresAt = now.plus(settings.resetLifetime());
        database.<Boolean>inOrganization(person.organization(), handle -> {
            PasswordStore.putReset(handle, person.id(), Digests.of(bytes), issuedBy, now, expiresAt);
            return true;
        });
        return new Reset(Secret.of(text), expiresAt);
    }

    /**
     * Chooses a password by a token, which is then used up.
     *
     * @return whose it is
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if the token is not good, {@link ErrorCode#INVALID_REQUEST}
     *     if the policy does not allow the password; then the token stays good
     */
    public Person reset(Secret token, Secret chosen) {
        byte[] bytes = tokenBytes(token.reveal());
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        UUID organization = new UUID(buffer.getLong(), buffer.getLong());
        UUID principal = new UUID(buffer.getLong(), buffer.getLong());
        byte[] tokenHash = Digests.of(bytes);
        boolean good = database.inOrganization(
                organization, handle -> PasswordStore.lockReset(handle, principal, tokenHash, now()));
        Person person = good ? people.find(organization, principal).orElse(null) : null;
        if (person == null) {
            throw badToken();
        }
        policy.require(CHOSEN, chosen.reveal(), person.name());
        Prepared prepared = hashed(chosen);
        boolean used = database.inOrganization(organization, handle -> {
            boolean mine = PasswordStore.lockReset(handle, principal, tokenHash, now());
            if (mine) {
                store(handle, person, prepared, false);
            }
            return mine;
        });
        if (!used) {
            throw badToken();
        }
        people.credentialsChanged(person);
        return person;
    }

    private static byte[] tokenBytes(String token) {
        try {
            byte[] bytes = token.startsWith(TOKEN_START) && token.length() < 200
                    ? Base64.getUrlDecoder().decode(token.substring(TOKEN_START.length()))
                    : new byte[0];
            if (bytes.length == TOKEN_LENGTH) {
                return bytes;
            }
            throw badToken();
        } catch (IllegalArgumentException malformed) {
            throw badToken();
        }
    }

    private static GantryException badToken() {
        return new GantryException(
                ErrorCode.UNAUTHENTICATED, "The token was used, has expired or was replaced; ask for another one");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
