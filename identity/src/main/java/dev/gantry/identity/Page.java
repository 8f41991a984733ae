package dev.gantry.identity;

import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list, in the order in which its entries were made, or the other way round.
 *
 * @param items at most as many as were asked for
 * @param nextCursor where the next part begins; null when this is the last
 */
public record Page<T>(List<T> items, @Nullable String nextCursor) {
    /** Copies the items. */
    public Page {
        items = List.copyOf(items);
    }

    /** Makes a page of rows that were read with one more than the limit, to see whether there are more. */
    static <T> Page<T> of(List<T> rows, PageRequest request, Function<T, UUID> id) {
        if (rows.size() <= request.limit()) {
            return new Page<>(rows, null);
        }
        List<T> items = rows.subList(0, request.limit());
        return new Page<>(items, id.apply(items.getLast()).toString());
    }
}
