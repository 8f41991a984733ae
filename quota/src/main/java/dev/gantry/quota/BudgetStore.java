package dev.gantry.quota;

import dev.gantry.kernel.Ids;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** SQL over accounts and leases; for use inside a transaction of the organization. */
final class BudgetStore {
    /** Stands for "no limit" in sums that must not overflow. */
    static final long UNLIMITED = Long.MAX_VALUE / 4;

    private static final int FORGOTTEN_AT_ONCE = 5_000;

    private static final String ACCOUNT = "level = :level AND subject = :subject AND period = :period AND unit = :unit"
            + " AND window_start = :start";

    private BudgetStore() {}

    /**
     * One window of a budget, locked.
     *
     * @param committed what was drawn, and what nodes spent beyond that: of requests that began before there was the budget
     * @param beyond of that, what the drawing node spent beyond what it drew
     * @param own whether a limit was set through the API
     * @param ownLimit that limit; null for none
     * @param raised by grants that have not expired
     * @param grantEnd when the first of them expires; null without grants
     */
    record Account(
            UUID id,
            long committed,
            long beyond,
            boolean own,
            @Nullable Long ownLimit,
            long raised,
            @Nullable Instant grantEnd,
            long seeded) {
        /** Returns the limit in effect, given that of the configuration; null stands for no limit. */
        long limit(@Nullable Long configured) {
            Long base = own ? ownLimit : configured;
            return base == null ? UNLIMITED : Math.min(UNLIMITED, base + raised);
        }
    }

    /**
     * What a draw gave.
     *
     * @param amount 0 when there was too little
     * @param free what was left before it
     * @param spent what the ledger has seen spent
     * @param elsewhere what living nodes beside this one have drawn and not spent
     */
    record Drawn(
            UUID accountId,
            long amount,
            long limit,
            long free,
            long spent,
            long elsewhere,
            @Nullable Instant grantEnd) {}

    private static <S extends SqlStatement<S>> S bind(S statement, BudgetKey key, BudgetWindow window) {
        return statement
                .bind("level", key.level().id())
                .bind("subject", key.subject())
                .bind("period", key.period().id())
                .bind("unit", key.unit().id())
                .bind("start", window.start());
    }

    /**
     * Makes the account of a window; what the ledger holds of the window already is counted as committed.
     *
     * @return false if it was there
     */
    static boolean create(Handle handle, BudgetKey key, BudgetWindow window, String label, BudgetHistory history) {
        int made = bind(handle.createUpdate("""
                        INSERT INTO budget_accounts (organization_id, level, subject, period, unit, window_start,
                                                     window_end, account_id, label, seeded, committed)
                        VALUES (gantry_organization(), :level, :subject, :period, :unit, :start, :end, :id, :label, 0, 0)
                        ON CONFLICT DO NOTHING"""), key, window)
                .bind("end", window.end())
                .bind("id", Ids.next())
                .bind("label", label)
                .execute();
        if (made == 0) {
            return false;
        }
        raiseSeed(handle, key, window, history.spent(handle, key, window));
        return true;
    }

    private static void raiseSeed(Handle handle, BudgetKey key, BudgetWindow window, long seed) {
        bind(
                        handle.createUpdate(
                                "UPDATE budget_accounts SET committed = committed + (:seed - seeded), seeded = :seed WHERE "
                                        + ACCOUNT + " AND seeded < :seed"),
                        key,
                        window)
                .bind("seed", seed)
                .execute();
    }

    /**
     * Counts what was written to the ledger beside the leases: by a node that did not know of the budget yet when it began.
     * The ledger is read first, so that what is spent meanwhile makes the difference too small and never too large; doing
     * it again corrects that, and changes nothing when nothing is missing.
     */
    static void reconcile(Handle handle, BudgetKey key, BudgetWindow window, BudgetHistory history) {
        long ledger = history.spent(handle, key, window);
        Optional<Account> account = lock(handle, key, window, new UUID(0, 0), Instant.EPOCH);
        if (account.isPresent()) {
            raiseSeed(handle, key, window, ledger - leased(handle, account.get().id()));
        }
    }

    private static long leased(Handle handle, UUID account) {
        return handle.createQuery(
                        "SELECT coalesce(sum(spent), 0)::bigint FROM budget_leases WHERE account_id = :account")
                .bind("account", account)
                .mapTo(Long.class)
                .one();
    }

    /**
     * Locks an account until the end of the transaction; to be called in the order of keys.
     *
     * @param node which draws
     */
    static Optional<Account> lock(Handle handle, BudgetKey key, BudgetWindow window, UUID node, Instant now) {
        try (Query select = handle.createQuery("""
                SELECT account.account_id, account.seeded, account.committed + beyond.amount AS committed,
                       beyond.own_amount AS beyond,
                       own.level IS NOT NULL AS own,
                       own.limit_amount, coalesce(raised.amount, 0) AS raised, raised.until
                FROM budget_accounts AS account
                LEFT JOIN budget_limits AS own USING (organization_id, level, subject, period, unit)
                CROSS JOIN LATERAL (
                    SELECT least(coalesce(sum(greatest(spent - drawn, 0)), 0), 2305843009213693951)::bigint AS amount,
                           least(coalesce(sum(greatest(spent - drawn, 0)) FILTER (WHERE node_id = :node), 0),
                                 2305843009213693951)::bigint AS own_amount
                    FROM budget_leases AS lease
                    WHERE lease.account_id = account.account_id) AS beyond
                LEFT JOIN LATERAL (
                    SELECT least(coalesce(sum(amount), 0), 2305843009213693951)::bigint AS amount, min(expires_at) AS until
                    FROM budget_grants AS g
                    WHERE g.level = account.level AND g.subject = account.subject AND g.period = account.period
                      AND g.unit = account.unit AND g.expires_at > :now AND g.revoked_at IS NULL) AS raised ON true
                WHERE account.level = :level AND account.subject = :subject AND account.period = :period
                  AND account.unit = :unit AND account.window_start = :start
                FOR UPDATE OF account""")) {
            return bind(select, key, window)
                    .bind("now", now)
                    .bind("node", node)
                    .map((row, _) -> account(row))
                    .findOne();
        }
    }

    private static Account account(ResultSet row) throws SQLException {
        OffsetDateTime until = row.getObject("until", OffsetDateTime.class);
        return new Account(
                row.getObject("account_id", UUID.class),
                row.getLong("committed"),
                row.getLong("beyond"),
                row.getBoolean("own"),
                row.getObject("limit_amount", Long.class),
                row.getLong("raised"),
                until == null ? null : until.toInstant(),
                row.getLong("seeded"));
    }

    /** Moves an amount from a locked account to this node's lease; a negative one back. Returns what it has drawn now. */
    static long move(Handle handle, UUID account, UUID node, long amount, Instant expiresAt) {
        handle.createUpdate("UPDATE budget_accounts SET committed = committed + :amount WHERE account_id = :account")
                .bind("amount", amount)
                .bind("account", account)
                .execute();
        return handle.createQuery("""
                        INSERT INTO budget_leases AS lease (organization_id, account_id, node_id, drawn, spent, expires_at)
                        VALUES (gantry_organization(), :account, :node, :amount, 0, :expires)
                        ON CONFLICT (organization_id, account_id, node_id)
                        DO UPDATE SET drawn = lease.drawn + excluded.drawn, expires_at = excluded.expires_at
                        RETURNING drawn""")
                .bind("amount", amount)
                .bind("account", account)
                .bind("node", node)
                .bind("expires", expiresAt)
                .mapTo(Long.class)
                .one();
    }

    /** Returns what this node has drawn of an account. */
    static long drawn(Handle handle, UUID account, UUID node) {
        return handle.createQuery("SELECT drawn FROM budget_leases WHERE account_id = :account AND node_id = :node")
                .bind("account", account)
                .bind("node", node)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    /** Returns what was spent, and what living nodes beside this one hold. */
    static long[] spentAndElsewhere(Handle handle, UUID account, UUID node, Instant now) {
        return handle.createQuery("""
                        SELECT coalesce(sum(spent), 0)::bigint AS spent,
                               coalesce(sum(drawn - spent) FILTER (
                                   WHERE node_id <> :node AND expires_at > :now AND drawn > spent), 0)::bigint AS elsewhere
                        FROM budget_leases WHERE account_id = :account""")
                .bind("account", account)
                .bind("node", node)
                .bind("now", now)
                .map((row, _) -> new long[] {row.getLong("spent"), row.getLong("elsewhere")})
                .one();
    }

    /** Keeps the leases of a node alive; locks them in the order in which everybody does. */
    static void renew(Handle handle, UUID node, Instant expiresAt) {
        handle.createUpdate("""
                        UPDATE budget_leases SET expires_at = :expires
                        WHERE node_id = :node AND account_id IN (
                            SELECT account_id FROM budget_leases WHERE node_id = :node AND drawn > spent
                            ORDER BY account_id FOR UPDATE)""").bind("node", node).bind("expires", expiresAt).execute();
    }

    /**
     * Forgets windows that ended long ago, since the ledger remembers, and grants for them.
     *
     * @return whether there may be more
     */
    static boolean forget(Handle handle, Instant endedBefore) {
        int accounts = handle.createQuery("""
                        WITH old AS (
                            SELECT account_id FROM budget_accounts WHERE window_end < :before LIMIT :most),
                        leases AS (DELETE FROM budget_leases WHERE account_id IN (SELECT account_id FROM old)),
                        alerts AS (DELETE FROM budget_alerts WHERE account_id IN (SELECT account_id FROM old)),
                        accounts AS (
                            DELETE FROM budget_accounts WHERE account_id IN (SELECT account_id FROM old) RETURNING 1)
                        SELECT count(*) FROM accounts""")
                .bind("before", endedBefore)
                .bind("most", FORGOTTEN_AT_ONCE)
                .mapTo(Integer.class)
                .one();
        int grants = handle.createUpdate("""
                        DELETE FROM budget_grants WHERE grant_id IN (
                            SELECT grant_id FROM budget_grants WHERE expires_at < :before LIMIT :most)""")
                .bind("before", endedBefore)
                .bind("most", FORGOTTEN_AT_ONCE)
                .execute();
        return accounts == FORGOTTEN_AT_ONCE || grants == FORGOTTEN_AT_ONCE;
    }

    /** Removes what belongs to no account. */
    static void forgetOrphans(Handle handle) {
        for (String table : List.of("budget_leases", "budget_alerts")) {
            handle.execute(
                    "DELETE FROM " + table + " AS orphan WHERE NOT EXISTS (SELECT FROM budget_accounts AS account"
                            + " WHERE account.account_id = orphan.account_id)");
        }
    }
}
