package dev.gantry.signin;

import dev.gantry.database.Database;
import dev.gantry.kernel.ClientNetwork;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Slows down those who guess at keys and answers of providers: counts failures by address, on all nodes together. Guessing
 * at passwords and codes is counted apart, by account as well. Thread-safe.
 */
public final class SignInThrottle {
    /** Failures of one address within {@link #WINDOW}. */
    static final int ADDRESS_MAX = 50;

    static final Duration WINDOW = Duration.ofMinutes(1);

    /** What nobody has to begin here. */
    static final String UNASKED = "unasked ";

    private static final int SWEPT_MAX = 100;

    private final Database database;
    private final Clock clock;

    SignInThrottle(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Lets an attempt begin.
     *
     * @throws GantryException {@link ErrorCode#RATE_LIMITED} after too many failures
     */
    void admit(String address) {
        admit("", address);
    }

    /** The same for a purpose that is counted apart. */
    void admit(String purpose, String address) {
        Instant now = clock.instant();
        database.<Optional<Instant>>unscoped(handle -> handle.createQuery("""
                                SELECT since FROM signin_failures
                                WHERE address = :address AND failures >= :max AND since > :start""")
                        .bind("address", key(purpose, address))
                        .bind("max", ADDRESS_MAX)
                        .bind("start", now.minus(WINDOW))
                        .mapTo(Instant.class)
                        .findOne())
                .ifPresent(since -> {
                    throw new GantryException(
                            ErrorCode.RATE_LIMITED,
                            "Too many failed attempts to sign in; try again later",
                            List.of(),
                            Duration.between(now, since.plus(WINDOW)),
                            null);
                });
    }

    /** Notes that an attempt failed. */
    void failed(String address) {
        failed("", address);
    }

    /** The same for a purpose that is counted apart. */
    void failed(String purpose, String address) {
        Instant now = clock.instant();
        database.<Boolean>unscoped(handle -> {
            handle.createUpdate("""
                            DELETE FROM signin_failures WHERE address IN (
                                SELECT address FROM signin_failures WHERE since < :start
                                ORDER BY since LIMIT :rows FOR UPDATE SKIP LOCKED)""")
                    .bind("start", now.minus(WINDOW))
                    .bind("rows", SWEPT_MAX)
                    .execute();
            handle.createUpdate("""
                            INSERT INTO signin_failures AS f (address, failures, since) VALUES (:address, 1, :now)
                            ON CONFLICT (address) DO UPDATE SET
                                failures = CASE WHEN f.since <= :start THEN 1 ELSE least(f.failures, :max) + 1 END,
                                since = CASE WHEN f.since <= :start THEN :now ELSE f.since END""")
                    .bind("address", key(purpose, address))
                    .bind("now", now)
                    .bind("start", now.minus(WINDOW))
                    .bind("max", ADDRESS_MAX)
                    .execute();
            return true;
        });
    }

    private static byte[] key(String purpose, String address) {
        return SessionToken.hash(purpose + ClientNetwork.of(address));
    }
}
