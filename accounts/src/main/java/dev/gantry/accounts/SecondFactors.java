package dev.gantry.accounts;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.Sealed;
import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/**
 * One-time codes of authenticator applications, and the recovery codes for when these are lost. Every code works once.
 * Thread-safe; every method blocks and may throw {@link ErrorCode#DATABASE_UNAVAILABLE}.
 */
public final class SecondFactors {
    /** How many recovery codes somebody gets at a time. */
    public static final int RECOVERY_CODES = 10;

    private static final int RECOVERY_LENGTH = 10;
    /** Without letters and figures that look alike. */
    private static final String RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Database database;
    private final KeyRing keyRing;
    private final PasswordHasher hasher;
    private final Attempts attempts;
    private final AccountSettings.Mfa settings;
    private final People people;
    private final Clock clock;

    SecondFactors(
            Database database,
            KeyRing keyRing,
            PasswordHasher hasher,
            Attempts attempts,
            AccountSettings.Mfa settings,
            People people,
            Clock clock) {
        this.database = database;
        this.keyRing = keyRing;
        this.hasher = hasher;
        this.attempts = attempts;
        this.settings = settings;
        this.people = people;
        this.clock = clock;
    }

    /**
     * What somebody has besides a password.
     *
     * @param totp whether an authenticator application was confirmed
     * @param recoveryCodes how many are left
     */
    public record State(boolean totp, int recoveryCodes) {}

    /**
     * What an authenticator application needs.
     *
     * @param secret in base 32, for typing
     * @param uri for a QR code
     */
    public record Enrolment(Secret secret, Secret uri) {}

    /** Returns what somebody has. */
    public State state(Person person) {
        return database.inOrganization(
                person.organization(),
                handle -> new State(
                        FactorStore.totp(handle, person.id())
                                .map(FactorStore.Totp::confirmed)
                                .orElse(false),
                        FactorStore.codes(handle, person.id()).size()));
    }

    /**
     * Begins to enrol an authenticator application; nothing changes until {@link #confirm}.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if there is one, which has to be removed first
     */
    public Enrolment enrol(Person person) {
        byte[] secret = Totp.newSecret();
        byte[] sealed =
                keyRing.seal(person.organization(), secret, place(person.id())).toBytes();
        boolean begun = database.inOrganization(
                person.organization(), handle -> FactorStore.begin(handle, person.id(), sealed, now()));
        if (!begun) {
            throw new GantryException(
                    ErrorCode.CONFLICT, "There is an authenticator application already; remove it before another one");
        }
        return new Enrolment(
                Secret.of(Totp.base32(secret)), Secret.of(Totp.uri(settings.issuer(), person.name(), secret)));
    }

    /**
     * Ends an enrolment with the application's first code.
     *
     * @return new recovery codes, shown this once
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if the code is wrong, {@link ErrorCode#NOT_FOUND} if
     *     nothing was begun, {@link ErrorCode#CONFLICT} if it was confirmed before, {@link ErrorCode#RATE_LIMITED}
     */
    public List<Secret> confirm(Person person, Secret code) {
        return confirm(person, code, handle -> {});
    }

    /**
     * As {@link #confirm(Person, Secret)}.
     *
     * @param more done in the transaction that confirms; an exception undoes both
     */
    List<Secret> confirm(Person person, Secret code, Consumer<Handle> more) {
        FactorStore.Totp totp = database.inOrganization(
                        person.organization(), handle -> FactorStore.totp(handle, person.id()))
                .orElseThrow(() -> new GantryException(ErrorCode.NOT_FOUND, "No enrolment was begun"));
        if (totp.confirmed()) {
            throw new GantryException(ErrorCode.CONFLICT, "The authenticator application was confirmed before");
        }
        attempts.code(person);
        long step = step(person, totp, code).orElseThrow(SecondFactors::wrong);
        // Computed before anything is confirmed, as that can fail and the codes would be lost.
        RecoveryCodes codes = newRecoveryCodes();
        database.<Boolean>inOrganization(person.organization(), handle -> {
            more.accept(handle);
            if (!FactorStore.confirm(handle, person.id(), totp.sealed(), step, now())) {
                throw wrong();
            }
            FactorStore.replaceCodes(handle, person.id(), codes.hashes(), now());
            return true;
        });
        attempts.codeWasRight(person);
        return codes.texts();
    }

    /**
     * Checks a code of the application, which works once.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if it is wrong or was used, {@link ErrorCode#RATE_LIMITED}
     */
    public void proveCode(Person person, Secret code) {
        attempts.code(person);
        boolean right = database.inOrganization(person.organization(), handle -> FactorStore.totp(handle, person.id()))
                .filter(FactorStore.Totp::confirmed)
                .map(totp -> isCode(person, totp, code))
                .orElse(false);
        if (!right) {
            throw wrong();
        }
        attempts.codeWasRight(person);
    }

    private boolean isCode(Person person, FactorStore.Totp totp, Secret code) {
        return step(person, totp, code)
                .map(step -> database.inOrganization(
                        person.organization(), handle -> FactorStore.take(handle, person.id(), step)))
                .orElse(false);
    }

    private Optional<Long> step(Person person, FactorStore.Totp totp, Secret code) {
        byte[] secret = keyRing.open(person.organization(), Sealed.fromBytes(totp.sealed()), place(person.id()));
        OptionalLong step = Totp.stepOf(secret, code.reveal().replace(" ", ""), clock.instant());
        return step.isPresent() ? Optional.of(step.getAsLong()) : Optional.empty();
    }

    /**
     * Checks a recovery code, which works once.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if it is wrong or was used, {@link ErrorCode#RATE_LIMITED}
     */
    public void proveRecoveryCode(Person person, Secret code) {
        attempts.code(person);
        List<FactorStore.Code> left =
                database.inOrganization(person.organization(), handle -> FactorStore.codes(handle, person.id()));
        String typed = code.reveal().toLowerCase(Locale.ROOT).replaceAll("[\\s-]", "");
        String hash = left.isEmpty()
                ? hasher.hash(typed)
                : hasher.hashLike(Argon2.parse(left.getFirst().hash()), typed);
        boolean used = left.stream()
                .filter(each -> each.hash().equals(hash))
                .findFirst()
                .map(each -> database.inOrganization(
                        person.organization(), handle -> FactorStore.use(handle, person.id(), each, now())))
                .orElse(false);
        if (!used) {
            throw wrong();
        }
        attempts.codeWasRight(person);
    }

    /** Makes ten new recovery codes; those before are void. They are shown this once. */
    public List<Secret> renewRecoveryCodes(Person person) {
        RecoveryCodes codes = newRecoveryCodes();
        database.<Boolean>inOrganization(person.organization(), handle -> {
            FactorStore.replaceCodes(handle, person.id(), codes.hashes(), now());
            return true;
        });
        return codes.texts();
    }

    private record RecoveryCodes(List<Secret> texts, List<String> hashes) {}

    private RecoveryCodes newRecoveryCodes() {
        byte[] salt = PasswordHasher.salt();
        List<Secret> texts = new ArrayList<>();
        List<String> hashes = new ArrayList<>();
        for (int count = 0; count < RECOVERY_CODES; count++) {
            String code = newRecoveryCode();
            hashes.add(hasher.hash(code, salt));
            texts.add(Secret.of(code.substring(0, 5) + "-" + code.substring(5)));
        }
        return new RecoveryCodes(List.copyOf(texts), List.copyOf(hashes));
    }

    private static String newRecoveryCode() {
        StringBuilder code = new StringBuilder();
        while (code.length() < RECOVERY_LENGTH) {
            code.append(RECOVERY_ALPHABET.charAt(RANDOM.nextInt(RECOVERY_ALPHABET.length())));
        }
        return code.toString();
    }

    /**
     * Removes the application, and the recovery codes with it.
     *
     * @return whether there was one
     */
    public boolean remove(Person person) {
        boolean had = database.inOrganization(person.organization(), handle -> {
            FactorStore.deleteCodes(handle, person.id());
            return FactorStore.deleteTotp(handle, person.id());
        });
        people.credentialsChanged(person);
        return had;
    }

    private static byte[] place(UUID principal) {
        return ("accounts/totp_secrets/" + principal).getBytes(StandardCharsets.US_ASCII);
    }

    private static GantryException wrong() {
        return new GantryException(ErrorCode.UNAUTHENTICATED, "The code is wrong, too old or was used before");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
