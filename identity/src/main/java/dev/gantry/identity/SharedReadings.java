package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;

/**
 * Lets those who want the same at the same time read it once. Thread-safe.
 *
 * @param <V> what is read
 */
final class SharedReadings<V> {
    private static final int TRIES = 3;

    private final ConcurrentHashMap<String, FutureTask<V>> underWay = new ConcurrentHashMap<>();

    /**
     * Reads, or waits for another's reading. A request must not live on what was read long before it arrived: what another read is
     * taken only if it may be believed when it is there; otherwise it is read anew.
     *
     * @param key of what is wanted
     * @throws GantryException what the reading throws; {@link ErrorCode#DATABASE_UNAVAILABLE} if readings take so long that
     *     nothing they give can be believed; {@link ErrorCode#SHUTTING_DOWN}
     */
    V read(String key, Callable<V> reading, Predicate<V> believed) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            FutureTask<V> mine = new FutureTask<>(reading);
            // At last for oneself: where much changes, each shared reading may be overtaken by the next change.
            FutureTask<V> others = attempt == TRIES - 1 ? null : underWay.putIfAbsent(key, mine);
            if (others == null) {
                try {
                    mine.run();
                } finally {
                    underWay.remove(key, mine);
                }
            }
            try {
                V read = (others == null ? mine : others).get();
                if (others == null || believed.test(read)) {
                    return read;
                }
            } catch (ExecutionException failure) {
                boolean othersGaveUp = others != null && isInterruption(failure);
                if (!othersGaveUp) {
                    throw failure.getCause() instanceof GantryException expected
                            ? expected
                            : new GantryException(ErrorCode.INTERNAL, "It could not be found out who calls", failure);
                }
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                throw new GantryException(ErrorCode.SHUTTING_DOWN, "The request was given up", stopping);
            }
        }
        throw new GantryException(
                ErrorCode.DATABASE_UNAVAILABLE, "The database answers too slowly to find out who calls");
    }

    private static boolean isInterruption(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException) {
                return true;
            }
        }
        return false;
    }
}
