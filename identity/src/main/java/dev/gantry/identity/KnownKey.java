package dev.gantry.identity;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node remembers about a prefix that was presented: the key's row, its secrets and, once a right secret was
 * presented, the caller it makes. Immutable.
 */
final class KnownKey {
    private final KeyStore.KeyRow row;
    private final byte[][] hashes;
    private final long[] secretExpiries;
    private final long expiry;
    private final long loadedAtNanos;
    private final long changesBefore;
    private final KeyUse use;
    private final @Nullable Caller caller;

    /**
     * Remembers a row.
     *
     * @param loadedAtNanos a moment before the row was read
     * @param changesBefore how many changes the feed had told of at that moment
     */
    KnownKey(KeyStore.Presented presented, long loadedAtNanos, long changesBefore, KeyUse use) {
        List<KeyStore.SecretRow> secrets = presented.secrets();
        this.row = presented.key();
        this.hashes = secrets.stream().map(KeyStore.SecretRow::hash).toArray(byte[][]::new);
        this.secretExpiries =
                secrets.stream().mapToLong(secret -> millis(secret.expiresAt())).toArray();
        this.expiry = millis(row.revokedAt() == null ? row.expiresAt() : Instant.EPOCH);
        this.loadedAtNanos = loadedAtNanos;
        this.changesBefore = changesBefore;
        this.use = use;
        this.caller = null;
    }

    private KnownKey(KnownKey known, Caller caller) {
        this.row = known.row;
        this.hashes = known.hashes;
        this.secretExpiries = known.secretExpiries;
        this.expiry = known.expiry;
        this.loadedAtNanos = known.loadedAtNanos;
        this.changesBefore = known.changesBefore;
        this.use = known.use;
        this.caller = caller;
    }

    private static long millis(@Nullable Instant instant) {
        return instant == null ? Long.MAX_VALUE : instant.toEpochMilli();
    }

    /** Returns the same with the caller that was found out; the age stays that of the row. */
    KnownKey of(Caller resolved) {
        return new KnownKey(this, resolved);
    }

    /** Returns whether a key's hash belongs to a live secret of a live key; takes the same time for every wrong one. */
    boolean accepts(byte[] hash, long nowMillis) {
        boolean accepted = false;
        for (int index = 0; index < hashes.length; index++) {
            accepted |= MessageDigest.isEqual(hashes[index], hash) && nowMillis < secretExpiries[index];
        }
        return accepted && nowMillis < expiry;
    }

    KeyStore.KeyRow row() {
        return row;
    }

    long loadedAtNanos() {
        return loadedAtNanos;
    }

    long changesBefore() {
        return changesBefore;
    }

    KeyUse use() {
        return use;
    }

    /** Returns the caller, or null as long as only wrong secrets were presented. */
    @Nullable
    Caller caller() {
        return caller;
    }
}
