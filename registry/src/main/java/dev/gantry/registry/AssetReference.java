package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An asset as a caller names it: {@code summarize}, {@code team-a/summarize}, {@code ~/draft}, each with an optional
 * version such as {@code summarize@3}.
 *
 * @param name with or without a namespace
 * @param version null for the current one
 */
record AssetReference(String name, @Nullable Integer version) {
    private static final Pattern VERSIONED = Pattern.compile("(.+)@(\\d{1,9})");
    private static final int LENGTH_MAX = 500;

    static AssetReference parse(String written) {
        String trimmed = written.strip();
        if (trimmed.isEmpty() || trimmed.length() > LENGTH_MAX) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + Text.shorten(trimmed, 60) + "' cannot be a name: it has no or more than " + LENGTH_MAX
                            + " characters");
        }
        int lastPart = trimmed.lastIndexOf('/') + 1;
        Matcher matcher = VERSIONED.matcher(trimmed.substring(lastPart));
        if (matcher.matches()) {
            return new AssetReference(
                    trimmed.substring(0, lastPart) + matcher.group(1), Integer.valueOf(matcher.group(2)));
        }
        return new AssetReference(trimmed, null);
    }
}
