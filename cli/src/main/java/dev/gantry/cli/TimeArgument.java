package dev.gantry.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Points in time and lengths of time as a person writes them on the command line. */
final class TimeArgument {
    private static final Pattern LENGTH = Pattern.compile("(\\d{1,6})([smhdw])");

    private TimeArgument() {}

    /**
     * Reads a date, an instant, or how long ago, as in {@code 7d}.
     *
     * @param option names it, for the message
     * @return as the API wants it; empty when nothing was written
     */
    static String instant(String option, String text, Clock clock) {
        if (text.isEmpty()) {
            return "";
        }
        Matcher length = LENGTH.matcher(text);
        if (length.matches()) {
            return clock.instant().minus(length(length)).toString();
        }
        try {
            return LocalDate.parse(text)
                    .atStartOfDay(ZoneId.systemDefault())
                    .toInstant()
                    .toString();
        } catch (DateTimeParseException noDate) {
            return exact(option, text);
        }
    }

    private static String exact(String option, String text) {
        try {
            return Instant.parse(text).toString();
        } catch (DateTimeParseException malformed) {
            throw CommandFailure.usage(
                    "'" + text + "' is no time for " + option,
                    "Write a date (2026-11-01), an instant (2026-11-01T12:00:00Z) or how long ago (7d, 12h, 30m)");
        }
    }

    /** Reads a length of time such as {@code 90d}. */
    static Duration length(String option, String text) {
        Matcher matcher = LENGTH.matcher(text);
        if (!matcher.matches()) {
            throw CommandFailure.usage("'" + text + "' is no length of time for " + option, "Write 90d, 12h or 30m");
        }
        return length(matcher);
    }

    private static Duration length(Matcher matcher) {
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofDays(7 * number);
        };
    }
}
