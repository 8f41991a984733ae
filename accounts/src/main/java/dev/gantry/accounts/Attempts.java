package dev.gantry.accounts;

import dev.gantry.database.Database;
import dev.gantry.kernel.ClientNetwork;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Bounds guessing, over all nodes. An attempt is counted before it is checked and given back when it succeeds, so that a
 * thousand attempts at once are no more than five.
 *
 * <p>Three counts hold for passwords. One account from one address: a few wrong attempts lock just that address out of just
 * that account, so that nobody can lock somebody else out. One account from everywhere: many wrong attempts lock all
 * addresses out of it, but those from which it was used lately. One address for all accounts: stops trying one password on
 * many names. A name that nobody has is counted like one that somebody has. One-time codes have a count of their own, per
 * account: whoever guesses at them knows the password already.
 *
 * <p>A count begins anew when a lock's length went by without an attempt that was let through. Every attempt takes a few counts
 * away that mean nothing any more, so that whoever tries many names leaves no more than what they did within a lock's length.
 * Thread-safe.
 */
final class Attempts {
    private static final Duration PROVEN = Duration.ofDays(30);
    private static final int SWEPT_MAX = 100;

    private final Database database;
    private final AccountSettings.Passwords settings;
    private final Clock clock;

    Attempts(Database database, AccountSettings.Passwords settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What is counted together, and how much of it is let through.
     *
     * @param account whose attempts they are; null for those of a whole address
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Subject(byte[] hash, byte @Nullable [] account, int max, boolean isPair) {
        boolean isAccount() {
            return Arrays.equals(hash, account);
        }
    }

    /**
     * Counts an attempt to sign in with a password.
     *
     * @throws GantryException {@link ErrorCode#RATE_LIMITED} if it must not be checked
     */
    void password(UUID organization, String account, String address) {
        reserve(organization, passwordSubjects(account, address));
    }

    /** Gives back what {@link #password} counted, and remembers the address as one of the account's. */
    void passwordWasRight(UUID organization, String account, String address) {
        release(organization, passwordSubjects(account, address));
    }

    /**
     * Counts an attempt to give a one-time or recovery code.
     *
     * @throws GantryException {@link ErrorCode#RATE_LIMITED} if it must not be checked
     */
    void code(Person person) {
        reserve(person.organization(), List.of(codeSubject(person)));
    }

    /** Gives back what {@link #code} counted. */
    void codeWasRight(Person person) {
        release(person.organization(), List.of(codeSubject(person)));
    }

    /**
     * Ends every lock of an account, from whatever address and of codes too: an administrator has spoken with its owner, or
     * there is another password to be tried. The addresses from which it was used stay known.
     */
    static void forgive(Handle handle, Person person) {
        // In the order in which attempts take them, so that no two transactions wait for each other.
        handle.createUpdate("""
                        WITH counted AS (SELECT subject FROM sign_in_attempts WHERE account = :account AND attempts > 0
                            ORDER BY subject = account FOR UPDATE)
                        UPDATE sign_in_attempts SET attempts = 0 WHERE subject IN (SELECT subject FROM counted)""").bind("account", accountHash(person.name())).execute();
    }

    /** Returns until when an account is locked to one address at least, to all that it does not know, or to codes. */
    Optional<Instant> lockedUntil(Handle handle, Person person) {
        return handle.createQuery("""
                        SELECT max(since) FROM sign_in_attempts
                        WHERE account = :account AND since > :windowStart
                            AND attempts >= CASE WHEN subject = account THEN :accountMax ELSE :max END""")
                .bind("account", accountHash(person.name()))
                .bind("accountMax", settings.accountAttemptsMax())
                .bind("max", settings.attemptsMax())
                .bind("windowStart", now().minus(settings.lockout()))
                .mapTo(Instant.class)
                .findOne()
                .map(since -> since.plus(settings.lockout()));
    }

    private List<Subject> passwordSubjects(String account, String address) {
        String place = ClientNetwork.of(address);
        // Always in this order, so that no two transactions wait for each other.
        List<Subject> subjects = new ArrayList<>();
        if (settings.addressAttemptsMax() > 0) {
            subjects.add(new Subject(Digests.of("address", place), null, settings.addressAttemptsMax(), false));
        }
        byte[] hash = accountHash(account);
        subjects.add(new Subject(
                Digests.of("pair", account.toLowerCase(Locale.ROOT), place), hash, settings.attemptsMax(), true));
        subjects.add(new Subject(hash, hash, settings.accountAttemptsMax(), false));
        return subjects;
    }

    private static byte[] accountHash(String account) {
        return Digests.of("account", account.toLowerCase(Locale.ROOT));
    }

    private Subject codeSubject(Person person) {
        byte[] hash = Digests.of("code", person.id().toString());
        return new Subject(hash, accountHash(person.name()), settings.attemptsMax(), false);
    }

    private void reserve(UUID organization, List<Subject> subjects) {
        Instant now = now();
        Optional<Instant> until = database.inOrganization(organization, handle -> {
            commitWithoutWaiting(handle);
            Optional<Instant> end = count(handle, subjects, now);
            sweep(handle, now);
            return end;
        });
        until.ifPresent(end -> {
            Duration wait = Duration.between(now, end);
            throw new GantryException(
                    ErrorCode.RATE_LIMITED,
                    "Too many wrong attempts; try again in " + Math.max(1, (wait.toSeconds() + 59) / 60) + " minutes",
                    List.of(),
                    wait,
                    null);
        });
    }

    /** Counts one more of each; returns until when one of them is locked, empty if none is. */
    private Optional<Instant> count(Handle handle, List<Subject> subjects, Instant now) {
        boolean proven = false;
        for (Subject subject : subjects) {
            Count count = count(handle, subject, now);
            proven |= subject.isPair()
                    && count.provenAt().map(now.minus(PROVEN)::isBefore).orElse(false);
            if (count.attempts() > subject.max() && !(subject.isAccount() && proven)) {
                // What follows is not counted: who is locked out here must not lock the owner out elsewhere.
                return Optional.of(count.since().plus(settings.lockout()));
            }
        }
        return Optional.empty();
    }

    /**
     * Everybody behind one address waits for its count, so that it must not be held while a disk writes. Counts of the last
     * moment may be lost when the database crashes, which nobody who guesses can bring about.
     */
    private static void commitWithoutWaiting(Handle handle) {
        handle.execute("SET LOCAL synchronous_commit = off");
    }

    private record Count(int attempts, Instant since, Optional<Instant> provenAt) {}

    private Count count(Handle handle, Subject subject, Instant now) {
        return handle.createQuery("""
                        INSERT INTO sign_in_attempts AS a (organization_id, subject, account, attempts, since)
                        VALUES (gantry_organization(), :subject, CAST(:account AS bytea), 1, :now)
                        ON CONFLICT (organization_id, subject) DO UPDATE SET
                            account = CAST(:account AS bytea),
                            attempts = CASE WHEN a.since <= :windowStart THEN 1 ELSE LEAST(a.attempts, :max) + 1 END,
                            since = CASE WHEN a.since > :windowStart AND a.attempts >= :max THEN a.since ELSE :now END
                        RETURNING attempts, since, proven_at""")
                .bind("subject", subject.hash())
                .bind("account", subject.account())
                .bind("now", now)
                .bind("windowStart", now.minus(settings.lockout()))
                .bind("max", subject.max())
                .map((row, context) -> new Count(
                        row.getInt("attempts"),
                        row.getTimestamp("since").toInstant(),
                        Optional.ofNullable(row.getTimestamp("proven_at")).map(java.util.Date::toInstant)))
                .one();
    }

    private void release(UUID organization, List<Subject> subjects) {
        Instant now = now();
        database.<Boolean>inOrganization(organization, handle -> {
            commitWithoutWaiting(handle);
            for (Subject subject : subjects) {
                handle.createUpdate("""
                                UPDATE sign_in_attempts SET
                                    attempts = CASE WHEN :forget THEN 0 ELSE GREATEST(attempts - 1, 0) END,
                                    proven_at = CASE WHEN :pair THEN CAST(:now AS timestamptz) ELSE proven_at END
                                WHERE subject = :subject""")
                        .bind("forget", subject.isPair())
                        .bind("pair", subject.isPair())
                        .bind("now", now)
                        .bind("subject", subject.hash())
                        .execute();
            }
            sweepProven(handle, now);
            return true;
        });
    }

    /** Takes a few counts of no known address away that mean nothing any more. */
    private void sweep(Handle handle, Instant now) {
        handle.createUpdate("""
                        DELETE FROM sign_in_attempts WHERE subject IN (
                            SELECT subject FROM sign_in_attempts WHERE proven_at IS NULL AND since < :windowStart
                            ORDER BY since LIMIT :rows FOR UPDATE SKIP LOCKED)""")
                .bind("windowStart", now.minus(settings.lockout()))
                .bind("rows", SWEPT_MAX)
                .execute();
    }

    /** The same for addresses that were known; only successes make any. */
    private void sweepProven(Handle handle, Instant now) {
        handle.createUpdate("""
                        DELETE FROM sign_in_attempts WHERE subject IN (
                            SELECT subject FROM sign_in_attempts WHERE proven_at < :provenStart AND since < :windowStart
                            ORDER BY proven_at LIMIT :rows FOR UPDATE SKIP LOCKED)""")
                .bind("windowStart", now.minus(settings.lockout()))
                .bind("provenStart", now.minus(PROVEN))
                .bind("rows", SWEPT_MAX)
                .execute();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
