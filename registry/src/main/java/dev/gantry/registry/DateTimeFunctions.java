package dev.gantry.registry;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code plugin:datetime}: the moment of the request in the time zone of the clock. Weeks run from Sunday to Saturday,
 * as in the libraries that people bring along; dates are ISO 8601, names of days and months English.
 */
final class DateTimeFunctions {
    static final Set<String> OPERATIONS = Set.of(
            "now",
            "time",
            "unix",
            "today",
            "full",
            "month",
            "year",
            "startofhour",
            "endofhour",
            "startofday",
            "endofday",
            "startofweek",
            "endofweek",
            "startofmonth",
            "endofmonth",
            "startofyear",
            "endofyear",
            "rel");

    private static final DateTimeFormatter FULL = DateTimeFormatter.ofPattern("EEEE, MMMM d, yyyy", Locale.ENGLISH);
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("MMMM", Locale.ENGLISH);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ENGLISH);
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssXXX", Locale.ENGLISH);
    private static final Pattern RELATIVE = Pattern.compile("([+-]?\\d{1,6})([hdwmy])");

    private final Clock clock;

    DateTimeFunctions(Clock clock) {
        this.clock = clock;
    }

    String call(String operation, String argument) {
        ZonedDateTime now = ZonedDateTime.now(clock).truncatedTo(ChronoUnit.SECONDS);
        LocalDate today = now.toLocalDate();
        return switch (operation) {
            case "now" -> now.format(MOMENT);
            case "time" -> now.format(TIME);
            case "unix" -> Long.toString(now.toEpochSecond());
            case "today" -> today.toString();
            case "full" -> now.format(FULL);
            case "month" -> now.format(MONTH);
            case "year" -> Integer.toString(now.getYear());
            case "startofhour" -> now.truncatedTo(ChronoUnit.HOURS).format(MOMENT);
            case "endofhour" -> now.withMinute(59).withSecond(59).format(MOMENT);
            case "startofday" -> now.truncatedTo(ChronoUnit.DAYS).format(MOMENT);
            case "endofday" -> now.withHour(23).withMinute(59).withSecond(59).format(MOMENT);
            case "startofweek" ->
                today.with(TemporalAdjusters.previousOrSame(DayOfWeek.SUNDAY)).toString();
            case "endofweek" ->
                today.with(TemporalAdjusters.nextOrSame(DayOfWeek.SATURDAY)).toString();
            case "startofmonth" -> today.withDayOfMonth(1).toString();
            case "endofmonth" -> today.with(TemporalAdjusters.lastDayOfMonth()).toString();
            case "startofyear" -> today.withDayOfYear(1).toString();
            case "endofyear" -> today.with(TemporalAdjusters.lastDayOfYear()).toString();
            case "rel" -> relative(now, argument.strip());
            default -> throw new IllegalArgumentException("No function datetime:" + operation);
        };
    }

    private static String relative(ZonedDateTime now, String argument) {
        Matcher matcher = RELATIVE.matcher(argument);
        if (!matcher.matches()) {
            throw TemplateFunctions.badArgument(
                    "plugin:datetime:rel", "write a number and h, d, w, m (months) or y, such as -1d or 2w");
        }
        int amount = Integer.parseInt(matcher.group(1));
        LocalDate today = now.toLocalDate();
        try {
            return switch (matcher.group(2)) {
                case "h" -> now.plusHours(amount).format(MOMENT);
                case "d" -> today.plusDays(amount).toString();
                case "w" -> today.plusWeeks(amount).toString();
                case "m" -> today.plusMonths(amount).toString();
                default -> today.plusYears(amount).toString();
            };
        } catch (DateTimeException outOfRange) {
            throw TemplateFunctions.badArgument("plugin:datetime:rel", "there is no such date");
        }
    }
}
