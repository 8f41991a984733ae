package dev.gantry.quota;

import dev.gantry.config.Durations;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So much in any stretch of time of a given length.
 *
 * @param amount requests or tokens; at least one
 * @param window the length of the stretch, from a second to 31 days
 */
public record Rate(int amount, Duration window) {
    /** Largest amount. */
    public static final int AMOUNT_MAX = 1_000_000_000;

    /** How a rate is written, for messages. */
    static final String FORM =
            "a number from 1 to 1000000000 and a length of time from 1s to 31d, such as 100/minute, 5000/hour or 20/10s";

    private static final Duration WINDOW_MIN = Duration.ofSeconds(1);
    private static final Duration WINDOW_MAX = Duration.ofDays(31);
    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,10})(?:\\s*(?:/|\\sper\\s)\\s*([a-z0-9]{1,20}))?");
    private static final Map<String, Duration> UNITS = Map.of(
            "second", Duration.ofSeconds(1),
            "minute", Duration.ofMinutes(1),
            "hour", Duration.ofHours(1),
            "day", Duration.ofDays(1));

    /** Checks the bounds. */
    public Rate {
        if (amount < 1 || amount > AMOUNT_MAX || window.compareTo(WINDOW_MIN) < 0 || window.compareTo(WINDOW_MAX) > 0) {
            throw new IllegalArgumentException("must be " + FORM);
        }
    }

    /** Returns a rate for each minute. */
    public static Rate perMinute(int amount) {
        return new Rate(amount, Duration.ofMinutes(1));
    }

    /**
     * Reads {@code 10/minute}, {@code 10 per minute}, {@code 20/10s}, or a bare number, which is by the minute.
     *
     * @throws IllegalArgumentException whose message completes "the value …"
     */
    public static Rate parse(String text) {
        Matcher parts = WRITTEN.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (parts.matches()) {
            String unit = parts.group(2);
            Duration window =
                    unit == null ? Duration.ofMinutes(1) : UNITS.getOrDefault(unit, Durations.parse(unit, ""));
            long amount = Long.parseLong(parts.group(1));
            if (window != null && amount <= AMOUNT_MAX) {
                return new Rate((int) amount, window);
            }
        }
        throw new IllegalArgumentException("must be " + FORM);
    }

    /** Returns the length of time in words: {@code minute}, or {@code 10 seconds}. */
    String windowWords() {
        for (Map.Entry<String, Duration> unit : UNITS.entrySet()) {
            if (unit.getValue().equals(window)) {
                return unit.getKey();
            }
        }
        return window.toMillis() % 1000 == 0 ? window.toSeconds() + " seconds" : window.toMillis() + " ms";
    }
}
