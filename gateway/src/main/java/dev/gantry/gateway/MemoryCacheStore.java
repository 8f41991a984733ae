package dev.gantry.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Sealed answers in the memory of this node, bounded by their bytes. */
final class MemoryCacheStore implements CacheStore {
    /** What an entry takes besides its key and value: their headers and the links of the table. */
    private static final int ENTRY_OVERHEAD = 160;

    private final Cache<Key, Value> entries;

    /** Bytes that are compared by their content. */
    @SuppressWarnings("ArrayRecordComponent") // Compared below.
    private record Key(byte[] bytes) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Value(byte[] sealed, long ttlNanos) {}

    MemoryCacheStore(long bytesMax, LongSupplier nanoTime) {
        entries = Caffeine.newBuilder()
                .maximumWeight(bytesMax)
                .weigher((Key key, Value value) -> key.bytes().length + value.sealed().length + ENTRY_OVERHEAD)
                .expireAfter(Expiry.writing((Key _, Value value) -> Duration.ofNanos(value.ttlNanos())))
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        Value value = entries.getIfPresent(new Key(key));
        return value == null ? null : value.sealed();
    }

    @Override
    public void put(byte[] key, byte[] sealed, Duration ttl) {
        entries.put(new Key(key), new Value(sealed, ttl.toNanos()));
    }
}
