package dev.gantry.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as they are written in files: {@code 30d 24h 5m 60s 250ms}, or a sum such as {@code 1h30m}. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("(?:[0-9]{1,18}(?:ms|[smhdw]))+");
    private static final Pattern PART = Pattern.compile("([0-9]+)(ms|[smhdw])");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1),
            "w", Duration.ofDays(7));
    private static final String[] SHOWN = {"d", "h", "m", "s", "ms"};
    private static final Map<String, String> NAMES = Map.of(
            "milliseconds", "ms",
            "seconds", "s",
            "minutes", "m",
            "hours", "h",
            "days", "d");

    /** About 30,000 years: beyond it, sums of an instant and a duration begin to fail. */
    private static final long DAYS_MAX = 10_000_000;

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @param unit the unit of a bare number by its {@link Setting#unit()}; a bare number is refused if it is none
     * @return null if the text has another form or is too long
     */
    public static @Nullable Duration parse(String text, String unit) {
        String name = NAMES.get(unit);
        String complete = name != null && text.matches("[0-9]{1,18}") ? text + name : text;
        if (complete.length() > 100 || !FORM.matcher(complete).matches()) {
            return null;
        }
        Duration sum = Duration.ZERO;
        Matcher parts = PART.matcher(complete);
        try {
            while (parts.find()) {
                Duration part = UNITS.getOrDefault(parts.group(2), Duration.ZERO);
                sum = sum.plus(part.multipliedBy(Long.parseLong(parts.group(1))));
            }
        } catch (ArithmeticException tooLong) {
            return null;
        }
        return sum.toDays() > DAYS_MAX ? null : sum;
    }

    /** Whether a unit of a setting tells how to read a bare number. */
    static boolean isUnit(String unit) {
        return NAMES.containsKey(unit);
    }

    /** Writes a duration in the largest unit that divides it. */
    static String format(Duration duration) {
        for (String name : SHOWN) {
            Duration unit = UNITS.getOrDefault(name, Duration.ZERO);
            if (!duration.isZero() && duration.toMillis() % unit.toMillis() == 0) {
                return duration.toMillis() / unit.toMillis() + name;
            }
        }
        return duration.isZero() ? "0s" : duration.toString();
    }
}
