package dev.gantry.metering;

import dev.gantry.kernel.MicroDollars;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * What somebody used up in a period: the ledger's answer to whoever keeps accounts over it.
 *
 * @param tokens of all kinds
 * @param cost of all of them
 */
public record UsageTotals(long tokens, MicroDollars cost) {
    /**
     * Adds up, in a transaction of the organization. A null name stands for all.
     *
     * @param from earliest time, included
     * @param to latest time, excluded
     * @param principalId the user or service account
     */
    public static UsageTotals of(
            Handle handle,
            Instant from,
            Instant to,
            @Nullable String team,
            @Nullable String project,
            @Nullable UUID principalId) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        String span = UsageSpan.select(from, to, parameters);
        StringBuilder conditions = new StringBuilder("true");
        if (team != null) {
            conditions.append(" AND team = :team");
            parameters.put("team", team);
        }
        if (project != null) {
            conditions.append(" AND project = :project");
            parameters.put("project", project);
        }
        if (principalId != null) {
            conditions.append(" AND principal_id = :principal");
            parameters.put("principal", principalId);
        }
        String sql = """
                SELECT coalesce(sum(input_tokens + output_tokens + cache_read_tokens + cache_write_tokens), 0)::bigint,
                       coalesce(sum(cost_micro_usd), 0)::bigint
                FROM (%s) AS used
                WHERE %s
                """.formatted(span, conditions);
        try (Query select = handle.createQuery(sql)) {
            return select.bindMap(parameters)
                    .map((row, _) -> new UsageTotals(row.getLong(1), new MicroDollars(row.getLong(2))))
                    .one();
        }
    }

    /** Whose use is told apart by {@link #each}. */
    public enum By {
        /** The team that pays. */
        TEAM("team"),
        /** The tag for cost allocation. */
        PROJECT("project"),
        /** The user or service account, by id. */
        PRINCIPAL("principal_id::text");

        private final String column;

        By(String column) {
            this.column = column;
        }
    }

    /**
     * Adds up for each of some names, in a transaction of the organization.
     *
     * @param from earliest time, included
     * @param to latest time, excluded
     * @return the totals of those names that used something
     */
    public static Map<String, UsageTotals> each(
            Handle handle, Instant from, Instant to, By by, Collection<String> names) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        String span = UsageSpan.select(from, to, parameters);
        String sql = """
                SELECT %1$s,
                       coalesce(sum(input_tokens + output_tokens + cache_read_tokens + cache_write_tokens), 0)::bigint,
                       coalesce(sum(cost_micro_usd), 0)::bigint
                FROM (%2$s) AS used
                WHERE %1$s = ANY (:names)
                GROUP BY 1
                """.formatted(by.column, span);
        Map<String, UsageTotals> totals = new LinkedHashMap<>();
        try (Query select = handle.createQuery(sql)) {
            select.bindMap(parameters)
                    .bindArray("names", String.class, List.copyOf(names))
                    .map((row, _) -> Map.entry(
                            row.getString(1), new UsageTotals(row.getLong(2), new MicroDollars(row.getLong(3)))))
                    .forEach(entry -> totals.put(entry.getKey(), entry.getValue()));
        }
        return totals;
    }
}
