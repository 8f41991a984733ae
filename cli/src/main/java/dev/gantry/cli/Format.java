package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.MicroDollars;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.StringJoiner;

/** Numbers, times and JSON values as a person reads them. */
final class Format {
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private Format() {}

    /** Returns a length of time in its two largest units, such as {@code 2.3 s} or {@code 3 h 12 min}. */
    static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 10_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
        }
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return two(seconds / 60, "min", seconds % 60, "s");
        }
        if (seconds < 86_400) {
            return two(seconds / 3_600, "h", seconds % 3_600 / 60, "min");
        }
        return two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h");
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    /** Returns a size in the largest binary unit that keeps it whole or above ten. */
    static String bytes(long bytes) {
        if (bytes >= 1 << 20) {
            return (bytes >> 20) + " MiB";
        }
        return bytes >= 1 << 10 ? (bytes >> 10) + " KiB" : bytes + " bytes";
    }

    /** Returns a whole number with its thousands set off, such as {@code 1,234}. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Returns an instant in the local time zone, to the minute; text that is no instant stays as it is. */
    static String time(String instant) {
        try {
            return MINUTE.format(Instant.parse(instant).atZone(ZoneId.systemDefault()));
        } catch (DateTimeParseException other) {
            return instant;
        }
    }

    /** Returns an amount of money. */
    static String cost(long microDollars) {
        return new MicroDollars(microDollars).toString();
    }

    /** Returns a JSON value as a cell of a table: lists joined by commas, nothing for null. */
    static String cell(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (value.isArray()) {
            StringJoiner joined = new StringJoiner(", ");
            value.forEach(element -> joined.add(cell(element)));
            return joined.toString();
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }

    /** Returns a text of unknown origin without characters that would steer a terminal. */
    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "\uFFFD");
    }
}
