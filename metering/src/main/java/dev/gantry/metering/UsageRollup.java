package dev.gantry.metering;

import dev.gantry.database.BatchColumns;
import dev.gantry.database.Statements;
import dev.gantry.kernel.TokenUsage;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Adds a batch of lines to the sums by hour and by day. Used by the one writer of the group commit, in the transaction that
 * inserts the lines, so that no line is missing in a sum or in it twice.
 */
final class UsageRollup {
    private static final int SHARDS = 16;

    private static final String SQL = """
            INSERT INTO usage_rollup AS total
                   (organization_id, grain, bucket, team, project, principal_id, principal, model, pattern, shard,
                    requests, estimated_requests, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
                    reasoning_tokens, cost_micro_usd)
            SELECT ?, grain::"char", timestamptz 'epoch' + bucket_s * interval '1 second', team, project, principal_id,
                   principal, model, pattern, ?, requests, estimated_requests, input_tokens, output_tokens,
                   cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_micro_usd
            FROM (SELECT unnest(?::text[]) AS grain, unnest(?::bigint[]) AS bucket_s, unnest(?::text[]) AS team,
                         unnest(?::text[]) AS project, unnest(?::uuid[]) AS principal_id,
                         unnest(?::text[]) AS principal, unnest(?::text[]) AS model, unnest(?::text[]) AS pattern,
                         unnest(?::bigint[]) AS requests, unnest(?::bigint[]) AS estimated_requests,
                         unnest(?::bigint[]) AS input_tokens, unnest(?::bigint[]) AS output_tokens,
                         unnest(?::bigint[]) AS cache_read_tokens, unnest(?::bigint[]) AS cache_write_tokens,
                         unnest(?::bigint[]) AS reasoning_tokens, unnest(?::bigint[]) AS cost_micro_usd) AS sums
            ORDER BY grain, bucket_s, team, project, principal_id, principal, model, pattern
            ON CONFLICT (organization_id, grain, bucket, team, project, principal_id, principal, model, pattern, shard)
            DO UPDATE SET
                requests = total.requests + excluded.requests,
                estimated_requests = total.estimated_requests + excluded.estimated_requests,
                input_tokens = usage_add(total.input_tokens, excluded.input_tokens),
                output_tokens = usage_add(total.output_tokens, excluded.output_tokens),
                cache_read_tokens = usage_add(total.cache_read_tokens, excluded.cache_read_tokens),
                cache_write_tokens = usage_add(total.cache_write_tokens, excluded.cache_write_tokens),
                reasoning_tokens = usage_add(total.reasoning_tokens, excluded.reasoning_tokens),
                cost_micro_usd = usage_add(total.cost_micro_usd, excluded.cost_micro_usd)
            """;

    private final BatchColumns<Map.Entry<Key, Sum>> columns = new BatchColumns.Builder<Map.Entry<Key, Sum>>()
            .texts(row -> String.valueOf(row.getKey().grain()))
            .longs(row -> row.getKey().bucketSeconds())
            .texts(row -> row.getKey().team())
            .texts(row -> row.getKey().project())
            .uuids(row -> row.getKey().principalId())
            .texts(row -> row.getKey().principal())
            .texts(row -> row.getKey().model())
            .texts(row -> row.getKey().pattern())
            .longs(row -> row.getValue().requests)
            .longs(row -> row.getValue().estimated)
            .longs(row -> row.getValue().input)
            .longs(row -> row.getValue().output)
            .longs(row -> row.getValue().cacheRead)
            .longs(row -> row.getValue().cacheWrite)
            .longs(row -> row.getValue().reasoning)
            .longs(row -> row.getValue().cost)
            .build();
    private final int shard;

    /** A writer of its own shard, as far as there are enough. */
    UsageRollup(UUID writer) {
        this.shard = Math.floorMod(writer.hashCode(), SHARDS);
    }

    private record Key(
            char grain,
            long bucketSeconds,
            String team,
            String project,
            UUID principalId,
            String principal,
            String model,
            String pattern) {
        static Key of(UsageRecord line, char grain, ChronoUnit unit) {
            return new Key(
                    grain,
                    line.time().truncatedTo(unit).getEpochSecond(),
                    orEmpty(line.team()),
                    orEmpty(line.project()),
                    line.principalId(),
                    line.principal(),
                    line.model(),
                    orEmpty(line.pattern()));
        }

        private static String orEmpty(@Nullable String name) {
            return name == null ? "" : name;
        }
    }

    private static final class Sum {
        private long requests;
        private long estimated;
        private long input;
        private long output;
        private long cacheRead;
        private long cacheWrite;
        private long reasoning;
        private long cost;

        void add(UsageRecord line) {
            TokenUsage usage = line.usage();
            requests++;
            estimated += usage.estimated() ? 1 : 0;
            input = saturated(input, usage.input());
            output = saturated(output, usage.output());
            cacheRead = saturated(cacheRead, usage.cacheRead());
            cacheWrite = saturated(cacheWrite, saturated(usage.cacheWrite(), usage.cacheWriteLong()));
            reasoning = saturated(reasoning, usage.reasoning());
            cost = saturated(cost, line.cost().value());
        }

        private static long saturated(long a, long b) {
            long sum = a + b;
            boolean overflowed = ((a ^ sum) & (b ^ sum)) < 0;
            return overflowed ? (a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
        }
    }

    void add(Statements statements, UUID organization, List<UsageRecord> lines) {
        Map<Key, Sum> sums = new HashMap<>();
        for (UsageRecord line : lines) {
            sums.computeIfAbsent(Key.of(line, 'h', ChronoUnit.HOURS), _ -> new Sum())
                    .add(line);
            sums.computeIfAbsent(Key.of(line, 'd', ChronoUnit.DAYS), _ -> new Sum())
                    .add(line);
        }
        List<Object> parameters = new ArrayList<>(List.of(organization, shard));
        parameters.addAll(columns.arrays(List.copyOf(sums.entrySet())));
        statements.add(SQL, parameters);
    }
}
