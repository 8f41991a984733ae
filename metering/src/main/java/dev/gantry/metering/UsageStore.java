package dev.gantry.metering;

import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TimeCursor;
import dev.gantry.kernel.TokenUsage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** SQL that reads the ledger. */
final class UsageStore {
    /** How long adding up or searching may keep the database busy. */
    private static final String SET_TIMEOUT = "SET LOCAL statement_timeout = '30s'";

    private UsageStore() {}

    /** {@code after} is the key behind which a page in the order of keys begins; null for the order of cost. */
    static UsageSummary summarize(
            Handle handle,
            UsageFilter filter,
            List<UsageGrouping> groupings,
            @Nullable List<String> after,
            int linesMax) {
        handle.execute(SET_TIMEOUT);
        Map<String, Object> parameters = new LinkedHashMap<>();
        String span = UsageSpan.select(filter.from(), filter.to(), parameters);
        String conditions = conditions(filter, new StringBuilder("true"), parameters);
        // The set without columns is the total, so that one pass over the rows gives the lines and their sum. It comes
        // first.
        String sql = """
                SELECT * FROM (
                    SELECT %s
                           %s AS is_total,
                           coalesce(sum(requests), 0)::bigint AS requests,
                           coalesce(sum(estimated_requests), 0)::bigint AS estimated_requests,
                           coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
                           coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
                           coalesce(sum(cache_read_tokens), 0)::bigint AS cache_read_tokens,
                           coalesce(sum(cache_write_tokens), 0)::bigint AS cache_write_tokens,
                           coalesce(sum(reasoning_tokens), 0)::bigint AS reasoning_tokens,
                           coalesce(sum(cost_micro_usd), 0)::bigint AS cost_micro_usd
                    FROM (%s) AS used
                    WHERE %s
                    GROUP BY %s
                ) AS sums
                WHERE %s
                ORDER BY %s
                LIMIT :limit
                """.formatted(
                        columns(groupings),
                        groupings.isEmpty() ? "true" : "GROUPING(" + expressions(groupings) + ") <> 0",
                        span,
                        conditions,
                        sets(groupings),
                        behind(groupings, after, parameters),
                        order(groupings, after != null));
        try (Query select = handle.createQuery(sql)) {
            List<UsageSummary.Line> lines = new ArrayList<>(select.bindMap(parameters)
                    .bind("limit", linesMax + 2)
                    .map((row, _) -> line(row, groupings.size()))
                    .list());
            UsageSummary.Line total = lines.removeFirst();
            boolean truncated = lines.size() > linesMax;
            return new UsageSummary(groupings, truncated ? lines.subList(0, linesMax) : lines, total, truncated);
        }
    }

    /** The total is of everything, whatever page it is on. */
    private static String behind(
            List<UsageGrouping> groupings, @Nullable List<String> after, Map<String, Object> parameters) {
        if (after == null || after.isEmpty()) {
            return "true";
        }
        List<String> values = new ArrayList<>();
        for (int index = 0; index < after.size(); index++) {
            values.add(":after" + index);
            parameters.put("after" + index, after.get(index));
        }
        return "is_total OR (" + keys(groupings) + ") > (" + String.join(", ", values) + ")";
    }

    private static String columns(List<UsageGrouping> groupings) {
        return groupings.stream()
                .map(grouping -> grouping.expression() + " AS key_" + grouping.id() + ", ")
                .collect(Collectors.joining());
    }

    private static String sets(List<UsageGrouping> groupings) {
        return groupings.isEmpty() ? "()" : "GROUPING SETS ((), (" + expressions(groupings) + "))";
    }

    private static String order(List<UsageGrouping> groupings, boolean isByKey) {
        if (groupings.isEmpty()) {
            return "is_total";
        }
        String days = groupings.contains(UsageGrouping.DAY) ? "key_day, " : "";
        return "is_total DESC, " + (isByKey ? "" : days + "cost_micro_usd DESC, ") + keys(groupings);
    }

    /** Keys that can be compared: what has none of something comes first. */
    private static String keys(List<UsageGrouping> groupings) {
        return groupings.stream()
                .map(grouping -> "coalesce(key_" + grouping.id() + ", '')")
                .collect(Collectors.joining(", "));
    }

    private static String expressions(List<UsageGrouping> groupings) {
        return groupings.stream().map(UsageGrouping::expression).collect(Collectors.joining(", "));
    }

    private static UsageSummary.Line line(ResultSet row, int keys) throws SQLException {
        List<@Nullable String> key = new ArrayList<>(keys);
        for (int index = 1; index <= keys; index++) {
            key.add(row.getString(index));
        }
        return new UsageSummary.Line(
                key,
                row.getLong("requests"),
                row.getLong("estimated_requests"),
                row.getLong("input_tokens"),
                row.getLong("output_tokens"),
                row.getLong("cache_read_tokens"),
                row.getLong("cache_write_tokens"),
                row.getLong("reasoning_tokens"),
                new MicroDollars(row.getLong("cost_micro_usd")));
    }

    static UsagePage list(Handle handle, UUID organization, UsageFilter filter, @Nullable TimeCursor after, int limit) {
        handle.execute(SET_TIMEOUT);
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("from", filter.from());
        parameters.put("to", filter.to());
        String conditions =
                conditions(filter, new StringBuilder("occurred_at >= :from AND occurred_at < :to"), parameters);
        if (after != null) {
            conditions += " AND (occurred_at, id) < (:afterTime, :afterId)";
            parameters.put("afterTime", after.time());
            parameters.put("afterId", after.id());
        }
        String sql = """
                SELECT *
                FROM usage
                WHERE %s
                ORDER BY occurred_at DESC, id DESC
                LIMIT :limit
                """.formatted(conditions);
        try (Query select = handle.createQuery(sql)) {
            List<UsageRecord> records = new ArrayList<>(select.bindMap(parameters)
                    .bind("limit", limit + 1)
                    .map((row, _) -> record(row, organization))
                    .list());
            if (records.size() <= limit) {
                return new UsagePage(records, null);
            }
            records.removeLast();
            UsageRecord last = records.getLast();
            return new UsagePage(records, new TimeCursor(last.time(), last.id()));
        }
    }

    private static String conditions(UsageFilter filter, StringBuilder conditions, Map<String, Object> parameters) {
        equal(conditions, parameters, "team", filter.team());
        equal(conditions, parameters, "project", filter.project());
        equal(conditions, parameters, "principal", filter.principal());
        equal(conditions, parameters, "model", filter.model());
        equal(conditions, parameters, "pattern", filter.pattern());
        return conditions.toString();
    }

    private static void equal(
            StringBuilder conditions, Map<String, Object> parameters, String column, @Nullable String value) {
        if (value != null) {
            conditions.append(" AND ").append(column).append(" = :").append(column);
            parameters.put(column, value);
        }
    }

    private static UsageRecord record(ResultSet row, UUID organization) throws SQLException {
        int patternVersion = row.getInt("pattern_version");
        Integer patternVersionOrNull = row.wasNull() ? null : patternVersion;
        return new UsageRecord(
                row.getObject("id", UUID.class),
                row.getObject("occurred_at", OffsetDateTime.class).toInstant(),
                organization,
                row.getString("team"),
                row.getString("project"),
                row.getObject("principal_id", UUID.class),
                row.getString("principal"),
                row.getObject("key_id", UUID.class),
                row.getString("pattern"),
                patternVersionOrNull,
                row.getString("model"),
                row.getString("provider"),
                new TokenUsage(
                        row.getLong("input_tokens"),
                        row.getLong("output_tokens"),
                        row.getLong("cache_read_tokens"),
                        row.getLong("cache_write_tokens"),
                        row.getLong("cache_write_long_tokens"),
                        row.getLong("reasoning_tokens"),
                        row.getBoolean("estimated")),
                new MicroDollars(row.getLong("cost_micro_usd")),
                row.getString("endpoint"),
                row.getString("status"),
                row.getLong("duration_ms"),
                row.getString("request_id"));
    }
}
