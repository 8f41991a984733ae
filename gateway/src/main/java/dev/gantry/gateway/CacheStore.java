package dev.gantry.gateway;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where sealed answers lie. Whatever goes wrong with it costs a new answer and never an error: both methods throw nothing.
 * Thread-safe.
 */
interface CacheStore {
    /** Returns whether it can be asked now. */
    boolean isAvailable();

    /** Returns what lies under a key; null when there is nothing, or nothing can be told. */
    byte @Nullable [] get(byte[] key);

    /** Keeps bytes for a time, if there is room. */
    void put(byte[] key, byte[] sealed, Duration ttl);
}
