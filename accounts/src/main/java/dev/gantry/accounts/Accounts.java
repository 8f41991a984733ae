package dev.gantry.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.crypto.KeyRing;
import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The module's front door: signing in step by step, and what people and administrators do with passwords and factors.
 * Thread-safe; every method blocks and may throw {@link ErrorCode#DATABASE_UNAVAILABLE}.
 */
public final class Accounts implements AutoCloseable {
    private final Database database;
    private final AccountSettings settings;
    private final PasswordHasher hasher;
    private final Attempts attempts;
    private final Challenges challenges;
    private final People people;
    private final Passwords passwords;
    private final SecondFactors factors;
    private final Passkeys passkeys;

    private Accounts(Database database, KeyRing keyRing, AccountSettings settings, People people, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.people = people;
        this.hasher = PasswordHasher.of(settings.password());
        this.attempts = new Attempts(database, settings.password(), clock);
        this.challenges = new Challenges(keyRing, database, clock);
        this.passwords = new Passwords(database, hasher, settings.password(), attempts, people, clock);
        this.factors = new SecondFactors(database, keyRing, hasher, attempts, settings.mfa(), people, clock);
        this.passkeys = new Passkeys(
                database,
                challenges,
                new RelyingParty(settings.passkeys(), settings.mfa().issuer()),
                people,
                clock);
    }

    /**
     * Begins to serve.
     *
     * @param database migrated, and open for as long as this is
     * @param people who there is
     */
    public static Accounts open(
            Database database, KeyRing keyRing, AccountSettings settings, People people, Clock clock) {
        return new Accounts(database, keyRing, settings, people, clock);
    }

    /** How somebody proves a second time who they are. */
    public enum Method {
        /** A code of an authenticator application. */
        TOTP,
        /** A passkey. */
        PASSKEY,
        /** One of the codes for when the others are lost. */
        RECOVERY_CODE;

        /** Returns the name on the wire. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a right password leads to. */
    public sealed interface Step {
        /**
         * Somebody may be signed in.
         *
         * @param passwordVersion for {@link Passwords#isVersion}, to be asked once their session is open
         */
        record Done(Person person, long passwordVersion) implements Step {}

        /**
         * A second factor is needed.
         *
         * @param challenge to be brought back with it
         * @param methods what there is; empty when somebody has nothing yet and must enrol an application first
         * @param passkey what the browser is asked for; null without passkeys
         * @param mustChange whether a new password must come with it
         */
        record Needed(
                Person person,
                String challenge,
                List<Method> methods,
                @Nullable ObjectNode passkey,
                boolean mustChange) implements Step {
            /** Copies the methods. */
            public Needed {
                methods = List.copyOf(methods);
            }
        }
    }

    /**
     * Begins to sign somebody in.
     *
     * @param chosen a new password, for those who must change theirs; null for none
     * @param address the peer's
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED}, {@link ErrorCode#RATE_LIMITED},
     *     {@link ErrorCode#OVERLOADED}; {@link ErrorCode#PASSWORD_CHANGE_REQUIRED} if one must be chosen and was not
     */
    public Step signIn(UUID organization, String name, Secret password, @Nullable Secret chosen, String address) {
        Passwords.Proven proven = passwords.prove(organization, name, password, address);
        Person person = proven.person();
        List<Method> methods = methods(person);
        if (methods.isEmpty() && !settings.mfa().required()) {
            return new Step.Done(
                    person, proven.mustChange() ? passwords.choose(person, chosen(chosen)) : proven.version());
        }
        Challenges.Issued issued = challenges.issue(
                Challenges.Purpose.SECOND_FACTOR, organization, person.id(), proven.mustChange(), proven.version());
        return new Step.Needed(
                person,
                issued.text(),
                methods,
                methods.contains(Method.PASSKEY) ? passkeys.ask(person, issued.challenge()) : null,
                proven.mustChange());
    }

    private List<Method> methods(Person person) {
        List<Method> methods = new ArrayList<>();
        SecondFactors.State state = factors.state(person);
        if (state.totp()) {
            methods.add(Method.TOTP);
        }
        if (!passkeys.list(person).isEmpty()) {
            methods.add(Method.PASSKEY);
        }
        if (!methods.isEmpty() && state.recoveryCodes() > 0) {
            methods.add(Method.RECOVERY_CODE);
        }
        return methods;
    }

    private static Secret chosen(@Nullable Secret chosen) {
        if (chosen == null) {
            throw new GantryException(
                    ErrorCode.PASSWORD_CHANGE_REQUIRED,
                    "The password must be changed first; send new_password as well");
        }
        return chosen;
    }

    /**
     * Begins to enrol an application for somebody whose password was right and who has no second factor yet.
     *
     * @param challenge of {@link Step.Needed}
     * @throws GantryException {@link ErrorCode#CONFLICT} if there is a factor
     */
    public SecondFactors.Enrolment enrolOnTheWay(String challenge) {
        Person person = person(challenges.open(challenge, Challenges.Purpose.SECOND_FACTOR));
        if (!methods(person).isEmpty()) {
            throw of(
                    person,
                    new GantryException(ErrorCode.CONFLICT, "There is a second factor already; sign in with it"));
        }
        return factors.enrol(person);
    }

    /**
     * Somebody who signed in with a second factor.
     *
     * @param passwordVersion for {@link Passwords#isVersion}, to be asked once their session is open
     * @param recoveryCodes new ones, when an application was enrolled on the way; else empty
     */
    public record Completed(Person person, long passwordVersion, Method method, List<Secret> recoveryCodes) {
        /** Copies the codes. */
        public Completed {
            recoveryCodes = List.copyOf(recoveryCodes);
        }
    }

    /**
     * Ends signing in with a second factor. A new password is looked at first, so that one that is refused leaves everything as
     * it was.
     *
     * @param code for the methods with codes; null for a passkey
     * @param assertion for a passkey; null for codes
     * @param chosen a new password, for those who must change theirs; null for none
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED}, also when the password was changed since it was given,
     *     {@link ErrorCode#RATE_LIMITED}, {@link ErrorCode#PASSWORD_CHANGE_REQUIRED}, {@link ErrorCode#INVALID_REQUEST}
     */
    public Completed complete(
            String challenge,
            Method method,
            @Nullable Secret code,
            @Nullable ObjectNode assertion,
            @Nullable Secret chosen) {
        Challenges.Challenge opened = challenges.open(challenge, Challenges.Purpose.SECOND_FACTOR);
        Person person = person(opened);
        try {
            return complete(opened, person, method, code, assertion, chosen);
        } catch (GantryException refusal) {
            throw of(person, refusal);
        }
    }

    /** Returns a refusal that the audit log files under whom it is about. */
    private static GantryException of(Person person, GantryException refusal) {
        return refusal.to(new GantryException.Claimed(person.organization(), "users/" + person.name()));
    }

    private Completed complete(
            Challenges.Challenge opened,
            Person person,
            Method method,
            @Nullable Secret code,
            @Nullable ObjectNode assertion,
            @Nullable Secret chosen) {
        Passwords.Prepared next = opened.flag() ? passwords.prepare(person, chosen(chosen)) : null;
        List<Secret> recoveryCodes = List.of();
        if (method == Method.TOTP && methods(person).isEmpty()) {
            recoveryCodes =
                    factors.confirm(person, required(code, "code"), handle -> finish(handle, opened, person, next));
        } else {
            switch (method) {
                case TOTP -> factors.proveCode(person, required(code, "code"));
                case RECOVERY_CODE -> factors.proveRecoveryCode(person, required(code, "code"));
                case PASSKEY -> passkeys.prove(person, opened, required(assertion, "assertion"));
            }
            database.<Boolean>inOrganization(person.organization(), handle -> {
                finish(handle, opened, person, next);
                return true;
            });
        }
        if (next != null) {
            people.credentialsChanged(person);
        }
        return new Completed(person, next == null ? opened.version() : next.version(), method, recoveryCodes);
    }

    private void finish(
            Handle handle, Challenges.Challenge challenge, Person person, Passwords.@Nullable Prepared next) {
        challenges.spend(handle, challenge);
        if (next != null) {
            Passwords.store(handle, person, next, false);
        }
    }

    /** Somebody whose password is still the one with which they came so far. */
    private Person person(Challenges.Challenge challenge) {
        UUID principal = challenge.principal();
        return Optional.ofNullable(principal)
                .flatMap(id -> people.find(challenge.organization(), id))
                .filter(person -> passwords.isVersion(person, challenge.version()))
                .orElseThrow(() -> Challenges.stale(null));
    }

    private static <T> T required(@Nullable T value, String name) {
        if (value == null) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "'" + name + "' is required for this method");
        }
        return value;
    }

    /**
     * Insists that somebody proves anew who they are before they change how they do: by their password, or by a code when
     * they have no password.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if neither is right, {@link ErrorCode#RATE_LIMITED}
     */
    public void requireFresh(Person person, @Nullable Secret password, @Nullable Secret code, String address) {
        if (password != null) {
            passwords.prove(person.organization(), person.name(), password, address);
        } else if (code != null && factors.state(person).totp()) {
            factors.proveCode(person, code);
        } else {
            throw new GantryException(
                    ErrorCode.UNAUTHENTICATED,
                    "Prove anew who you are: send 'password', or 'code' of your authenticator application");
        }
    }

    /**
     * What an administrator may know of somebody's ways to sign in.
     *
     * @param lockedUntil when the last of the account's locks ends: to one address, to all, or to codes
     */
    public record Overview(
            Optional<Passwords.State> password,
            SecondFactors.State factors,
            int passkeys,
            Optional<Instant> lockedUntil) {}

    /** Returns somebody's ways to sign in. */
    public Overview overview(Person person) {
        return new Overview(
                passwords.state(person),
                factors.state(person),
                passkeys.list(person).size(),
                database.inOrganization(person.organization(), handle -> attempts.lockedUntil(handle, person)));
    }

    /** Forgets the password and the factors of somebody who is deleted, in the transaction of their organization that does it. */
    public void forget(Handle handle, UUID principal) {
        PasswordStore.delete(handle, principal);
        FactorStore.deleteCodes(handle, principal);
        FactorStore.deleteTotp(handle, principal);
        PasskeyStore.deleteAll(handle, principal);
    }

    /**
     * Takes away all second factors of somebody who lost them, and the lock that looking for them brought; the next sign-in
     * enrols a new one where that is required.
     */
    public void removeFactors(Person person) {
        factors.remove(person);
        passkeys.removeAll(person);
        unlock(person);
    }

    /** Lets an account be tried again before its locks end, from everywhere and with codes. */
    public void unlock(Person person) {
        database.<Boolean>inOrganization(person.organization(), handle -> {
            Attempts.forgive(handle, person);
            return true;
        });
    }

    /** Returns the passwords. */
    public Passwords passwords() {
        return passwords;
    }

    /** Returns the one-time and recovery codes. */
    public SecondFactors factors() {
        return factors;
    }

    /** Returns the passkeys. */
    public Passkeys passkeys() {
        return passkeys;
    }

    /** Stops computing hashes. */
    @Override
    public void close() {
        hasher.close();
    }
}
