package dev.gantry.accounts;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Computes hashes a few at a time, on threads of its own: a computation takes a processor and 19 MiB for tens of
 * milliseconds, and on a virtual thread it would keep its carrier from everybody else's requests. Who comes when too many
 * wait already is refused at once. Thread-safe.
 */
final class PasswordHasher implements AutoCloseable {
    private static final int WAITING_MAX = 128;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Argon2.Cost cost;
    private final Argon2 decoy;
    private final ThreadPoolExecutor threads;

    PasswordHasher(Argon2.Cost cost, int parallel) {
        this.cost = cost;
        // Nobody's password; only its cost matters.
        this.decoy = new Argon2(cost.memoryKib(), cost.passes(), 1, "A".repeat(22), "A".repeat(43));
        this.threads = new ThreadPoolExecutor(
                parallel,
                parallel,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_MAX),
                Thread.ofPlatform().daemon().name("gantry-passwords-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    static PasswordHasher of(AccountSettings.Passwords settings) {
        int processors = Runtime.getRuntime().availableProcessors();
        int parallel = settings.parallelHashes() > 0 ? settings.parallelHashes() : Math.max(1, processors / 2);
        return new PasswordHasher(
                new Argon2.Cost((int) (settings.memory().bytes() / 1024), settings.passes()), parallel);
    }

    /** Returns the hash of a password under a salt of its own. */
    String hash(String password) {
        return hash(password, salt());
    }

    /** Returns the hash of a password under a given salt. */
    String hash(String password, byte[] salt) {
        return compute(() -> Argon2.of(password, salt, cost).toString());
    }

    /** Returns the hash of a password under the salt and at the cost of another. */
    String hashLike(Argon2 other, String password) {
        Argon2.Cost costs = new Argon2.Cost(other.memoryKib(), other.passes());
        return compute(() -> Argon2.of(password, Base64.getDecoder().decode(other.salt()), costs)
                .toString());
    }

    static byte[] salt() {
        byte[] salt = new byte[Argon2.SALT_LENGTH];
        RANDOM.nextBytes(salt);
        return salt;
    }

    /** Returns whether a stored hash is that of a password. */
    boolean matches(String stored, String password) {
        Argon2 hash = Argon2.parse(stored);
        return compute(() -> hash.matches(password));
    }

    /** Costs what {@link #matches} does and says nothing, so that nobody can tell by the time who exists. */
    void matchNobody(String password) {
        compute(() -> decoy.matches(password));
    }

    /** Returns whether a stored hash costs less than new ones do. */
    boolean isOutdated(String stored) {
        return Argon2.parse(stored).isBelow(cost);
    }

    private <T> T compute(Callable<T> work) {
        Future<T> result;
        try {
            result = threads.submit(work);
        } catch (RejectedExecutionException full) {
            throw crowded(full);
        }
        try {
            return result.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            result.cancel(true);
            throw crowded(late);
        } catch (InterruptedException stopping) {
            result.cancel(true);
            Thread.currentThread().interrupt();
            throw new GantryException(ErrorCode.SHUTTING_DOWN, "The request was given up", stopping);
        } catch (ExecutionException failure) {
            throw new GantryException(ErrorCode.INTERNAL, "The password could not be checked", failure.getCause());
        }
    }

    private static GantryException crowded(Exception cause) {
        return new GantryException(
                ErrorCode.OVERLOADED,
                "Too many passwords are being checked at the moment",
                List.of(),
                Duration.ofSeconds(2),
                cause);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
