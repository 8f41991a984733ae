package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is wanted.
 *
 * @param limit how many entries at most, from 1 to {@value #LIMIT_MAX}
 * @param cursor {@link Page#nextCursor} of the part before; null for the first
 */
public record PageRequest(int limit, @Nullable String cursor) {
    /** Largest page. */
    public static final int LIMIT_MAX = 200;

    /** The first fifty. */
    public static final PageRequest FIRST = new PageRequest(50, null);

    /** Refuses a limit out of range and a cursor that none of our pages carried. */
    public PageRequest {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "limit must be from 1 to " + LIMIT_MAX);
        }
        if (cursor != null) {
            Ids.parse("cursor", cursor);
        }
    }

    /** The identifier after which to go on; the smallest possible one for the first page. */
    UUID after() {
        return cursor == null ? new UUID(0, 0) : UUID.fromString(cursor);
    }

    /** The identifier before which to go on where the newest leads; the largest possible one for the first page. */
    UUID before() {
        return cursor == null ? new UUID(-1, -1) : UUID.fromString(cursor);
    }

    /** One row more than the limit shows whether there is a next page. */
    int rows() {
        return limit + 1;
    }
}
