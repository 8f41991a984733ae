package dev.gantry.signin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Slows down those who guess: counts failures by address, by account, and by both, on this node. Counting by account alone
 * would let anybody lock out anybody, so that its limit is far higher than that of one address for one account. Unknown
 * accounts are counted like known ones, so that nobody learns from it which exist. Thread-safe.
 */
public final class SignInThrottle {
    /** Failures of one address for one account within {@link #WINDOW}. */
    static final int PAIR_MAX = 5;

    /** Failures of one address within {@link #WINDOW}. */
    static final int ADDRESS_MAX = 50;

    /** Failures for one account within {@link #WINDOW}. */
    static final int ACCOUNT_MAX = 200;

    static final Duration WINDOW = Duration.ofMinutes(1);

    private static final int REMEMBERED_MAX = 100_000;

    private final Clock clock;
    private final Cache<String, Failures> failures;

    private record Failures(int count, long sinceMillis) {}

    /** A throttle that has seen nothing. */
    public SignInThrottle(Clock clock) {
        this.clock = clock;
        this.failures = Caffeine.newBuilder()
                .maximumSize(REMEMBERED_MAX)
                .expireAfterWrite(WINDOW)
                .ticker(Ticker.systemTicker())
                .build();
    }

    /**
     * Lets an attempt begin.
     *
     * @param account as it was given, known or not; empty when an attempt names none
     * @throws GantryException {@link ErrorCode#RATE_LIMITED} after too many failures
     */
    public void admit(String address, String account) {
        check("a " + address, ADDRESS_MAX);
        if (!account.isEmpty()) {
            check("u " + name(account), ACCOUNT_MAX);
            check("p " + address + " " + name(account), PAIR_MAX);
        }
    }

    private void check(String key, int most) {
        Failures known = failures.getIfPresent(key);
        if (known == null || known.count() < most) {
            return;
        }
        long waitMillis = known.sinceMillis() + WINDOW.toMillis() - clock.millis();
        if (waitMillis > 0) {
            throw new GantryException(
                    ErrorCode.RATE_LIMITED,
                    "Too many failed attempts to sign in; try again later",
                    List.of(),
                    Duration.ofMillis(waitMillis),
                    null);
        }
    }

    /** Notes that an attempt failed. */
    public void failed(String address, String account) {
        count("a " + address);
        if (!account.isEmpty()) {
            count("u " + name(account));
            count("p " + address + " " + name(account));
        }
    }

    /** Forgets the failures of an address for an account, whose owner it turned out to be. */
    public void succeeded(String address, String account) {
        failures.invalidate("p " + address + " " + name(account));
    }

    private void count(String key) {
        long now = clock.millis();
        failures.asMap()
                .merge(
                        key,
                        new Failures(1, now),
                        (old, one) -> now - old.sinceMillis() >= WINDOW.toMillis()
                                ? one
                                : new Failures(old.count() + 1, old.sinceMillis()));
    }

    /** Bounded, whatever was given. */
    private static String name(String account) {
        String name = account.strip().toLowerCase(Locale.ROOT);
        return name.length() <= 100 ? name : SessionToken.key(SessionToken.hash(name));
    }
}
