package dev.gantry.kernel;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;

/**
 * The place in a list that is sorted by time and then by id, after which the next page begins. Opaque to clients.
 *
 * @param time time of the last row that was returned; kept to the microsecond
 * @param id id of that row
 */
public record TimeCursor(Instant time, UUID id) {
    private static final int SIZE_BYTES = 3 * Long.BYTES;

    /** Times that every database can compare with; a cursor beyond them was forged. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    /** Truncates the time to what the database keeps. */
    public TimeCursor {
        time = time.truncatedTo(ChronoUnit.MICROS);
    }

    /** Returns the cursor as a client sees it: 32 characters that are safe in a URL. */
    public String encode() {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE_BYTES)
                .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, time))
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /**
     * Reads a cursor as a client sent it back.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it is not one of ours
     */
    public static TimeCursor parse(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            if (bytes.length == SIZE_BYTES) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                Instant time = Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS);
                if (time.isAfter(EARLIEST) && time.isBefore(LATEST)) {
                    return new TimeCursor(time, new UUID(buffer.getLong(), buffer.getLong()));
                }
            }
        } catch (IllegalArgumentException malformed) {
            // Reported below, together with cursors of another length.
        }
        throw new GantryException(
                ErrorCode.INVALID_REQUEST,
                "'" + Text.shorten(text, 60) + "' is not a cursor; pass the one of the previous page unchanged");
    }
}
