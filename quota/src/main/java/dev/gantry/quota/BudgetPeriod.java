package dev.gantry.quota;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;

/** How long a budget lasts before it begins anew. */
public enum BudgetPeriod {
    /** From midnight to midnight; 23 or 25 hours long when the clocks change. */
    DAY,
    /** From the first of a month to the first of the next. */
    MONTH;

    /** Returns the name on the wire and in the database, in lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the window in which a moment lies, by the calendar of a time zone. */
    public BudgetWindow window(Instant moment, ZoneId zone) {
        LocalDate today = LocalDate.ofInstant(moment, zone);
        LocalDate first = this == DAY ? today : today.withDayOfMonth(1);
        LocalDate next = this == DAY ? first.plusDays(1) : first.plusMonths(1);
        // atStartOfDay is the first moment of the day, also where the clocks change at midnight.
        return new BudgetWindow(
                first.atStartOfDay(zone).toInstant(), next.atStartOfDay(zone).toInstant());
    }
}
