package dev.gantry.quota;

import dev.gantry.database.BatchColumns;
import dev.gantry.database.Statements;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Counts spending in the leases of a node. Used by the one thread that writes the ledger. */
final class LeaseSpending {
    private static final String SPEND = """
            INSERT INTO budget_leases AS lease (organization_id, account_id, node_id, drawn, spent, expires_at)
            SELECT ?, account.account_id, ?, 0,
                   sum(CASE account.unit WHEN 'tokens' THEN spending.tokens ELSE spending.micro_usd END)::bigint, ?
            FROM (SELECT unnest(?::text[]) AS level, unnest(?::text[]) AS subject, unnest(?::text[]) AS period,
                         unnest(?::bigint[]) AS start_s, unnest(?::bigint[]) AS micro_usd,
                         unnest(?::bigint[]) AS tokens) AS spending
            JOIN budget_accounts AS account
              ON account.organization_id = ? AND account.level = spending.level AND account.subject = spending.subject
             AND account.period = spending.period AND account.window_start = to_timestamp(spending.start_s)
            GROUP BY account.account_id
            ORDER BY account.account_id
            ON CONFLICT (organization_id, account_id, node_id)
            DO UPDATE SET spent = least(lease.spent::numeric + excluded.spent, 4611686018427387904)::bigint
            """;

    private final BatchColumns<Map.Entry<Sum, BudgetAmounts>> columns = new BatchColumns.Builder<
                    Map.Entry<Sum, BudgetAmounts>>()
            .texts(row -> row.getKey().level().id())
            .texts(row -> row.getKey().subject())
            .texts(row -> row.getKey().period().id())
            .longs(row -> row.getKey().start().getEpochSecond())
            .longs(row -> row.getValue().microUsd())
            .longs(row -> row.getValue().tokens())
            .build();
    private final UUID node;

    LeaseSpending(UUID node) {
        this.node = node;
    }

    /** Whose spending in which window. */
    record Sum(BudgetLevel level, String subject, BudgetPeriod period, Instant start) {}

    /**
     * Adds the statement that counts sums on the accounts that exist. A lease row is this node's own, so that nobody else waits
     * for it; one that is missing is made.
     *
     * @param expiresAt of a new lease
     */
    void add(Statements statements, UUID organization, Map<Sum, BudgetAmounts> sums, Instant expiresAt) {
        List<Object> parameters = new ArrayList<>(List.of(organization, node, expiresAt.atOffset(ZoneOffset.UTC)));
        parameters.addAll(columns.arrays(List.copyOf(sums.entrySet())));
        parameters.add(organization);
        statements.add(SPEND, parameters);
    }
}
