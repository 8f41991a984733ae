package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a list is to show.
 *
 * @param text words or a part of a name; null for everything. With a text the best matches come first, otherwise the list
 *     is in the order of names
 * @param tags all of which an asset must have
 * @param namespace the only namespace to show; null for all that the caller sees
 * @param visibility who sees what is shown; null for everything that the caller sees
 * @param cursor the previous page's; null for the first page
 * @param limit assets a page, 1 to {@value #LIMIT_MAX}
 */
public record AssetQuery(
        AssetKind kind,
        @Nullable String text,
        List<String> tags,
        @Nullable String namespace,
        @Nullable Visibility visibility,
        @Nullable String cursor,
        int limit) {
    /** Most assets that a page holds. */
    public static final int LIMIT_MAX = 500;

    private static final int TEXT_LENGTH_MAX = 200;

    /** Checks the bounds. */
    public AssetQuery {
        tags = List.copyOf(tags);
        text = text == null || text.isBlank() ? null : text.strip();
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "'limit' must be from 1 to " + LIMIT_MAX);
        }
        if ((text != null && (text.length() > TEXT_LENGTH_MAX || text.indexOf('\0') >= 0))
                || tags.size() > FrontMatterReader.TAGS_MAX
                || tags.stream().anyMatch(tag -> tag.indexOf('\0') >= 0)) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "A search takes up to " + TEXT_LENGTH_MAX + " characters and " + FrontMatterReader.TAGS_MAX
                            + " tags");
        }
    }

    /** Returns the first page of everything of a kind. */
    public static AssetQuery all(AssetKind kind) {
        return new AssetQuery(kind, null, List.of(), null, null, null, 100);
    }
}
