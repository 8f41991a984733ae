package dev.gantry.gateway;

import dev.gantry.config.Durations;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When a request must be done, with everything that is tried for it.
 *
 * @param atNanos on {@link System#nanoTime()}'s scale
 * @param wished whether the caller set it, sooner than the operator would have
 */
record Deadline(long atNanos, boolean wished) {
    private static final Pattern DECIMAL_SECONDS = Pattern.compile("[0-9]{1,7}\\.[0-9]{1,3}");

    /**
     * Returns the deadline of a request: the caller's wish within the operator's bound.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if the wish cannot be read
     */
    static Deadline of(Origin origin, Duration longest) {
        Duration wish = wish(origin.wishes().timeout());
        return wish != null && wish.compareTo(longest) < 0
                ? new Deadline(origin.startedNanos() + wish.toNanos(), true)
                : new Deadline(origin.startedNanos() + longest.toNanos(), false);
    }

    private static @Nullable Duration wish(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Duration wish = DECIMAL_SECONDS.matcher(text.strip()).matches()
                ? Duration.ofMillis(Math.round(Double.parseDouble(text.strip()) * 1_000))
                : Durations.parse(text.strip(), "seconds");
        if (wish != null && wish.isPositive()) {
            return wish;
        }
        throw new GantryException(
                ErrorCode.INVALID_REQUEST,
                "X-Request-Timeout is '" + Text.shorten(text, 40)
                        + "'; write seconds (30, 2.5) or a duration (1500ms, 2m), more than nothing");
    }

    /** Returns what is left; zero or less when it has passed. */
    Duration left() {
        return Duration.ofNanos(atNanos - System.nanoTime());
    }
}
