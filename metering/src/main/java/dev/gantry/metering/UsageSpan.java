package dev.gantry.metering;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A period, cut into whole days, whole hours and the rest at its ends, so that a sum over it reads the largest sums that
 * there are: days from {@code usage_rollup}, then hours, and lines of the ledger for less than two hours.
 */
final class UsageSpan {
    private static final String COLUMNS = """
            %s AS at, %s AS team, %s AS project, principal_id, principal, model, %s AS pattern,
            %s AS requests, %s AS estimated_requests, input_tokens, output_tokens, cache_read_tokens,
            %s AS cache_write_tokens, reasoning_tokens, cost_micro_usd""";

    private static final String OF_ROLLUP = COLUMNS.formatted(
            "bucket",
            "nullif(team, '')",
            "nullif(project, '')",
            "nullif(pattern, '')",
            "requests",
            "estimated_requests",
            "cache_write_tokens");
    private static final String OF_LINES = COLUMNS.formatted(
            "occurred_at",
            "team",
            "project",
            "pattern",
            "1::bigint",
            "(CASE WHEN estimated THEN 1 ELSE 0 END)::bigint",
            "cache_write_tokens + cache_write_long_tokens");

    private final List<String> parts = new ArrayList<>();
    private final Map<String, Object> parameters;

    private UsageSpan(Map<String, Object> parameters) {
        this.parameters = parameters;
    }

    /**
     * Returns a SELECT of everything that was used in a period, as {@code at}, the names and the sums.
     *
     * @param parameters receives the values that the SELECT refers to
     */
    static String select(Instant from, Instant to, Map<String, Object> parameters) {
        UsageSpan span = new UsageSpan(parameters);
        Instant firstHour = ceil(from, ChronoUnit.HOURS);
        Instant endHour = to.truncatedTo(ChronoUnit.HOURS);
        if (!firstHour.isBefore(endHour)) {
            span.lines(from, to);
        } else {
            span.lines(from, firstHour);
            span.hoursAndDays(firstHour, endHour);
            span.lines(endHour, to);
        }
        return String.join("\nUNION ALL\n", span.parts);
    }

    private void hoursAndDays(Instant from, Instant to) {
        Instant firstDay = ceil(from, ChronoUnit.DAYS);
        Instant endDay = to.truncatedTo(ChronoUnit.DAYS);
        if (!firstDay.isBefore(endDay)) {
            sums("h", from, to);
        } else {
            sums("h", from, firstDay);
            sums("d", firstDay, endDay);
            sums("h", endDay, to);
        }
    }

    private void lines(Instant from, Instant to) {
        add("SELECT " + OF_LINES + " FROM usage WHERE occurred_at >= :%s AND occurred_at < :%s", from, to);
    }

    private void sums(String grain, Instant from, Instant to) {
        add(
                "SELECT " + OF_ROLLUP + " FROM usage_rollup WHERE grain = '" + grain
                        + "' AND bucket >= :%s AND bucket < :%s",
                from,
                to);
    }

    private void add(String select, Instant from, Instant to) {
        if (from.isBefore(to)) {
            String first = "from" + parts.size();
            String end = "to" + parts.size();
            parameters.put(first, from);
            parameters.put(end, to);
            parts.add(select.formatted(first, end));
        }
    }

    private static Instant ceil(Instant time, ChronoUnit unit) {
        Instant floor = time.truncatedTo(unit);
        return floor.equals(time) ? time : floor.plus(1, unit);
    }
}
