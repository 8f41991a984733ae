package dev.gantry.accounts;

import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

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
 * <p>A count begins anew when a lock's length went by without an attempt that was let through. Thread-safe.
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

    /** What is counted together, and how much of it is let through. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Subject(byte[] hash, int max, boolean isPair, boolean isAccount) {}

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
    void code(UUID organization, UUID principal) {
        reserve(organization, List.of(codeSubject(principal)));
    }

    /** Gives back what {@link #code} counted. */
    void codeWasRight(UUID organization, UUID principal) {
        release(organization, List.of(codeSubject(principal)));
    }

    /** Lets an account be tried again: an administrator has spoken with its owner. */
    static void forgive(Handle handle, Person person) {
        handle.createUpdate("DELETE FROM sign_in_attempts WHERE subject = :account OR subject = :code")
                .bind("account", accountHash(person.name()))
                .bind("code", codeHash(person.id()))
                .execute();
    }

    /** Returns until when an account is locked to addresses that it does not know. */
    Optional<Instant> lockedUntil(Handle handle, Person person) {
        return handle.createQuery("""
                        SELECT since FROM sign_in_attempts
                        WHERE subject = :account AND attempts > :max AND since > :windowStart""")
                .bind("account", accountHash(person.name()))
                .bind("max", settings.accountAttemptsMax())
                .bind("windowStart", now().minus(settings.lockout()))
                .mapTo(Instant.class)
                .findOne()
                .map(since -> since.plus(settings.lockout()));
    }

    private List<Subject> passwordSubjects(String account, String address) {
        String place = place(address);
        // Always in this order, so that no two transactions wait for each other.
        List<Subject> subjects = new ArrayList<>();
        if (settings.addressAttemptsMax() > 0) {
            subjects.add(new Subject(Digests.of("address", place), settings.addressAttemptsMax(), false, false));
        }
        subjects.add(new Subject(
                Digests.of("pair", account.toLowerCase(Locale.ROOT), place), settings.attemptsMax(), true, false));
        subjects.add(new Subject(accountHash(account), settings.accountAttemptsMax(), false, true));
        return subjects;
    }

    private static byte[] accountHash(String account) {
        return Digests.of("account", account.toLowerCase(Locale.ROOT));
    }

    private Subject codeSubject(UUID principal) {
        return new Subject(codeHash(principal), settings.attemptsMax(), false, false);
    }

    private static byte[] codeHash(UUID principal) {
        return Digests.of("code", principal.toString());
    }

    /** One household or machine has a whole /64 of IPv6 addresses. */
    static String place(String address) {
        if (address.indexOf(':') < 0 || address.indexOf('.') >= 0) {
            return address;
        }
        String bare = address.indexOf('%') < 0 ? address : address.substring(0, address.indexOf('%'));
        String[] halves = bare.split("::", -1);
        List<String> groups = new ArrayList<>(List.of(halves[0].isEmpty() ? new String[0] : halves[0].split(":", -1)));
        if (halves.length > 1) {
            int after = halves[1].isEmpty() ? 0 : halves[1].split(":", -1).length;
            while (groups.size() + after < 8) {
                groups.add("0");
            }
        }
        return String.join(":", groups.subList(0, Math.min(4, groups.size()))) + "::/64";
    }

    private void reserve(UUID organization, List<Subject> subjects) {
        Instant now = now();
        Optional<Instant> until = database.inOrganization(organization, handle -> {
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
            return Optional.<Instant>empty();
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

    private record Count(int attempts, Instant since, Optional<Instant> provenAt) {}

    private Count count(Handle handle, Subject subject, Instant now) {
        return handle.createQuery("""
                        INSERT INTO sign_in_attempts AS a (organization_id, subject, attempts, since)
                        VALUES (gantry_organization(), :subject, 1, :now)
                        ON CONFLICT (organization_id, subject) DO UPDATE SET
                            attempts = CASE WHEN a.since <= :windowStart THEN 1 ELSE LEAST(a.attempts, :max) + 1 END,
                            since = CASE WHEN a.since > :windowStart AND a.attempts >= :max THEN a.since ELSE :now END
                        RETURNING attempts, since, proven_at""")
                .bind("subject", subject.hash())
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
            sweep(handle, now);
            return true;
        });
    }

    /** Takes a few counts away that mean nothing any more; whoever signs in does it. */
    private void sweep(Handle handle, Instant now) {
        handle.createUpdate("""
                        DELETE FROM sign_in_attempts WHERE subject IN (
                            SELECT subject FROM sign_in_attempts
                            WHERE since < :windowStart AND (proven_at IS NULL OR proven_at < :provenStart)
                            ORDER BY since LIMIT :rows FOR UPDATE SKIP LOCKED)""")
                .bind("windowStart", now.minus(settings.lockout()))
                .bind("provenStart", now.minus(PROVEN))
                .bind("rows", SWEPT_MAX)
                .execute();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
