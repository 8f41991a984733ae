package dev.gantry.kernel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes UUIDs of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then 12 bits that count within a
 * millisecond, then 62 random bits.
 *
 * <p>Within one process identifiers are strictly increasing, so that a B-tree index grows at its right edge and a cursor
 * over identifiers is a cursor over time. When more than 4,096 are made in a millisecond the timestamp runs ahead of the
 * clock rather than repeat itself. They identify, they do not protect: nothing secret may be derived from one.
 * Thread-safe.
 */
public final class Ids {
    private static final int COUNTER_BITS = 12;
    private static final long COUNTER_MASK = (1L << COUNTER_BITS) - 1;
    private static final long RANDOM_MASK = 0x3FFF_FFFF_FFFF_FFFFL;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long VERSION = 0x7000L;

    /** Milliseconds and counter of the last identifier, as one 60-bit number. */
    private static final AtomicLong LAST = new AtomicLong();

    private Ids() {}

    /** Returns a new identifier, greater than every one that this process made before. */
    public static UUID next() {
        long now = System.currentTimeMillis() << COUNTER_BITS;
        long stamp = LAST.updateAndGet(last -> Math.max(last + 1, now));
        long high = ((stamp >>> COUNTER_BITS) << 16) | VERSION | (stamp & COUNTER_MASK);
        long low = VARIANT | (ThreadLocalRandom.current().nextLong() & RANDOM_MASK);
        return new UUID(high, low);
    }

    /**
     * Returns the identifier that stands for a name, always the same (RFC 9562, version 8: the first bits of SHA-256).
     *
     * @param name unique for what it stands for; not to be found out from the identifier only if it cannot be guessed
     */
    public static UUID of(String name) {
        try {
            ByteBuffer hash =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
            long high = (hash.getLong() & ~0xF000L) | 0x8000L;
            return new UUID(high, VARIANT | (hash.getLong() & RANDOM_MASK));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Returns the smallest identifier of a millisecond, for range queries by time.
     *
     * @param instant not before the Unix epoch
     */
    public static UUID floor(Instant instant) {
        return new UUID((instant.toEpochMilli() << 16) | VERSION, VARIANT);
    }

    /**
     * Reads an identifier as a caller wrote it.
     *
     * @param name what the identifier stands for, for the message, such as {@code key}
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it is not a UUID
     */
    public static UUID parse(String name, String text) {
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equalsIgnoreCase(text)) {
                return id;
            }
        } catch (IllegalArgumentException malformed) {
            // Reported below, together with text that UUID.fromString lets pass, such as "1-1-1-1-1".
        }
        throw new GantryException(
                ErrorCode.INVALID_REQUEST, "'" + Text.shorten(text, 60) + "' is not a " + name + " id (a UUID)");
    }
}
