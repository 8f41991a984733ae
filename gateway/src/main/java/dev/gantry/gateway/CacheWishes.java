package dev.gantry.gateway;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wishes of the cache of answers: by {@code Cache-Control} of RFC 9111, whose unknown directives mean nothing,
 * and by {@code X-Gantry-Cache: use}.
 *
 * @param store whether the answer may be kept, and one that was kept be given
 * @param reuse whether an answer that was kept may be given
 * @param ageSecondsMax how old it may be
 * @param asked whether answers are wanted from the cache that are not taken from it by default
 */
record CacheWishes(boolean store, boolean reuse, long ageSecondsMax, boolean asked) {
    private static final CacheWishes NONE = new CacheWishes(true, true, Long.MAX_VALUE, false);

    /**
     * Reads the wishes.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if {@code X-Gantry-Cache} says anything but {@code use}
     */
    static CacheWishes of(Wishes wishes) {
        String control = wishes.cacheControl();
        String own = wishes.cache();
        if (control == null && own == null) {
            return NONE;
        }
        boolean asked = own != null && own.strip().equalsIgnoreCase("use");
        if (own != null && !asked) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    CacheOutcome.HEADER + " is '" + Text.shorten(own, 40)
                            + "'; a request may say 'use', and Cache-Control says the rest");
        }
        return read(control, asked);
    }

    private static CacheWishes read(@Nullable String control, boolean asked) {
        boolean store = true;
        boolean reuse = true;
        long ageMax = Long.MAX_VALUE;
        for (String part : control == null ? new String[0] : control.split(",", -1)) {
            String directive = part.strip().toLowerCase(Locale.ROOT);
            if (directive.equals("no-store")) {
                store = false;
            } else if (directive.equals("no-cache")) {
                reuse = false;
            } else if (directive.startsWith("max-age=")) {
                ageMax = Math.min(ageMax, seconds(directive.substring("max-age=".length())));
            }
        }
        return new CacheWishes(store, reuse && ageMax > 0, ageMax, asked);
    }

    /** What cannot be read wishes for something, and the youngest answer fulfils it. */
    private static long seconds(String text) {
        String digits = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
        try {
            return Math.max(0, Long.parseLong(digits));
        } catch (NumberFormatException unreadable) {
            return 0;
        }
    }
}
