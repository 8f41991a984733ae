package dev.gantry.metering;

import dev.gantry.database.BatchColumns;
import dev.gantry.database.GroupCommit;
import dev.gantry.database.Statements;
import dev.gantry.kernel.Ids;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Writes a batch of lines and what follows from them. Used by the one writer of the group commit. */
final class UsageInsert implements GroupCommit.BatchInsert<UsageRecord> {
    /** In the select list, {@code unnest} streams; in FROM it would first collect every column on its own. */
    private static final String SQL = """
            INSERT INTO usage (organization_id, occurred_at, id, team, project, principal_id, principal, key_id, pattern,
                               pattern_version, model, provider, input_tokens, output_tokens, cache_read_tokens,
                               cache_write_tokens, cache_write_long_tokens, reasoning_tokens, estimated, cost_micro_usd,
                               endpoint, status, duration_ms, request_id)
            SELECT ?, timestamptz 'epoch' + occurred_at_us * interval '1 microsecond', id, team, project, principal_id,
                   principal, key_id, pattern, pattern_version, model, provider, input_tokens, output_tokens,
                   cache_read_tokens, cache_write_tokens, cache_write_long_tokens, reasoning_tokens, estimated,
                   cost_micro_usd, endpoint, status, duration_ms, request_id
            FROM (SELECT unnest(?::bigint[]) AS occurred_at_us, unnest(?::uuid[]) AS id, unnest(?::text[]) AS team,
                         unnest(?::text[]) AS project, unnest(?::uuid[]) AS principal_id,
                         unnest(?::text[]) AS principal, unnest(?::uuid[]) AS key_id, unnest(?::text[]) AS pattern,
                         unnest(?::integer[]) AS pattern_version, unnest(?::text[]) AS model,
                         unnest(?::text[]) AS provider, unnest(?::bigint[]) AS input_tokens,
                         unnest(?::bigint[]) AS output_tokens, unnest(?::bigint[]) AS cache_read_tokens,
                         unnest(?::bigint[]) AS cache_write_tokens, unnest(?::bigint[]) AS cache_write_long_tokens,
                         unnest(?::bigint[]) AS reasoning_tokens,
                         unnest(?::boolean[]) AS estimated, unnest(?::bigint[]) AS cost_micro_usd,
                         unnest(?::text[]) AS endpoint, unnest(?::text[]) AS status,
                         unnest(?::bigint[]) AS duration_ms, unnest(?::text[]) AS request_id) AS rows
            """;

    private final BatchColumns<UsageRecord> columns = new BatchColumns.Builder<UsageRecord>()
            .micros(UsageRecord::time)
            .uuids(UsageRecord::id)
            .texts(UsageRecord::team)
            .texts(UsageRecord::project)
            .uuids(UsageRecord::principalId)
            .texts(UsageRecord::principal)
            .uuids(UsageRecord::keyId)
            .texts(UsageRecord::pattern)
            .integers(UsageRecord::patternVersion)
            .texts(UsageRecord::model)
            .texts(UsageRecord::provider)
            .longs(row -> row.usage().input())
            .longs(row -> row.usage().output())
            .longs(row -> row.usage().cacheRead())
            .longs(row -> row.usage().cacheWrite())
            .longs(row -> row.usage().cacheWriteLong())
            .longs(row -> row.usage().reasoning())
            .booleans(row -> row.usage().estimated())
            .longs(row -> row.cost().value())
            .texts(UsageRecord::endpoint)
            .texts(UsageRecord::status)
            .longs(UsageRecord::durationMs)
            .texts(UsageRecord::requestId)
            .build();
    private final UsageRollup rollup = new UsageRollup(Ids.next());
    private final UsageFollower follower;

    UsageInsert(UsageFollower follower) {
        this.follower = follower;
    }

    /** The lines go first: a line that is there already ends the transaction before anything is counted again. */
    @Override
    public void insert(Statements statements, UUID organization, List<UsageRecord> rows) throws SQLException {
        List<Object> parameters = new ArrayList<>(List.of(organization));
        parameters.addAll(columns.arrays(rows));
        statements.add(SQL, parameters);
        rollup.add(statements, organization, rows);
        follower.follow(statements, organization, rows);
    }
}
