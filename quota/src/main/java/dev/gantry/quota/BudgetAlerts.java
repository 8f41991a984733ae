package dev.gantry.quota;

import dev.gantry.kernel.Ids;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when thresholds are passed. A row in the database is what makes an alert: whoever inserts it tells the listener,
 * and the webhook is called until it accepts, by any node that knows the organization.
 */
final class BudgetAlerts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BudgetAlerts.class);
    private static final int LOOK_MAX = 500;
    private static final int TEAMS_MAX = 1_000;
    private static final int ATTEMPTS_MAX = 12;
    private static final int DUE_MAX = 20;

    /** The label of the organization's own budget in metrics; no team can have such a name. */
    static final String ORGANIZATION = "(organization)";

    private final BudgetNode node;
    private final BudgetListener listener;
    private final @Nullable BudgetWebhook webhook;
    private final ConcurrentHashMap<Owned, Left> left = new ConcurrentHashMap<>();

    private record Owned(UUID organization, BudgetKey key) {}

    /** What is left of a budget, until its window ends. */
    private record Left(double ratio, Instant until) {}

    private record Due(BudgetAlert alert, int attempts) {}

    BudgetAlerts(BudgetNode node, BudgetListener listener, @Nullable BudgetWebhookSettings webhook) {
        this.node = node;
        this.listener = listener;
        this.webhook = webhook == null ? null : new BudgetWebhook(webhook, node.clock());
    }

    /** Looks at the budgets that were used since the last looks, and sends what is due. */
    void look(TenantBudgets tenant) {
        Map<UUID, BudgetShare> watched = new HashMap<>();
        for (BudgetShare share : tenant.shares()) {
            UUID account = share.accountId();
            if (share.isWatched() && account != null && watched.size() < LOOK_MAX) {
                watched.put(account, share);
            }
        }
        if (!watched.isEmpty()) {
            Instant now = node.clock().instant();
            List<BudgetAlert> raised = node.database()
                    .inOrganization(tenant.organization(), handle -> raise(handle, tenant, watched, now));
            watched.values().forEach(BudgetShare::watched);
            raised.forEach(alert -> LOG.warn("{}", alert.show()));
        }
        if (webhook != null) {
            deliver(tenant, webhook);
        }
    }

    private List<BudgetAlert> raise(Handle handle, TenantBudgets tenant, Map<UUID, BudgetShare> watched, Instant now) {
        List<BudgetAlert> raised = new ArrayList<>();
        for (BudgetViews.Shown shown : BudgetViews.some(handle, node.rules(), watched.keySet(), now)) {
            BudgetState state = shown.state();
            BudgetShare share = watched.get(shown.account());
            if (state == null || share == null) {
                continue;
            }
            note(tenant, state);
            if (state.used() >= state.threshold().doubleValue()) {
                insert(handle, tenant, shown.account(), state, state.threshold(), now, raised);
            }
            if (share.isExhausted() || state.used() >= 1) {
                insert(handle, tenant, shown.account(), state, BigDecimal.ONE, now, raised);
            }
        }
        return raised;
    }

    private void note(TenantBudgets tenant, BudgetState state) {
        BudgetLevel level = state.key().level();
        Owned owned = new Owned(tenant.organization(), state.key());
        if ((level == BudgetLevel.TEAM || level == BudgetLevel.ORGANIZATION)
                && (left.size() < TEAMS_MAX || left.containsKey(owned))) {
            left.put(
                    owned,
                    new Left(Math.max(0, 1 - state.used()), state.window().end()));
        }
    }

    private void insert(
            Handle handle,
            TenantBudgets tenant,
            UUID account,
            BudgetState state,
            BigDecimal threshold,
            Instant now,
            List<BudgetAlert> raised) {
        // The same again when the transaction is lost: whoever raises it then is known to raise the same.
        UUID id = Ids.of(
                "budget.alert/" + account + "/" + threshold.stripTrailingZeros().toPlainString());
        BudgetAlert alert = new BudgetAlert(
                id,
                tenant.organization(),
                state.key(),
                state.label(),
                threshold,
                state.limit() + state.granted(),
                state.spent() + state.held(),
                state.window().end(),
                now);
        int rows = BudgetGrants.bind(handle.createUpdate("""
                        INSERT INTO budget_alerts (organization_id, account_id, threshold, alert_id, level, subject, period,
                                                   unit, label, window_end, limit_amount, spent, raised_at, attempt_at)
                        VALUES (gantry_organization(), :account, :threshold, :id, :level, :subject, :period, :unit, :label,
                                :end, :limit, :spent, :now, :attempt)
                        ON CONFLICT DO NOTHING"""), state.key())
                .bind("account", account)
                .bind("threshold", threshold)
                .bind("id", alert.id())
                .bind("label", state.label())
                .bind("end", state.window().end())
                .bind("limit", alert.limit())
                .bind("spent", alert.spent())
                .bind("now", now)
                .bind("attempt", webhook == null ? null : now)
                .execute();
        if (rows == 1) {
            listener.raised(handle, alert);
            raised.add(alert);
        }
    }

    /** Sends what is due; a row that is being sent is put off first, so that no two nodes send it at the same time. */
    private void deliver(TenantBudgets tenant, BudgetWebhook target) {
        Instant now = node.clock().instant();
        List<Due> due = node.database()
                .inOrganization(
                        tenant.organization(),
                        handle -> handle.createQuery("""
                        UPDATE budget_alerts SET attempts = attempts + 1,
                               attempt_at = CASE WHEN attempts + 1 >= :attempts THEN NULL
                                    ELSE :now::timestamptz + least(3600, power(2, attempts) * 5) * interval '1 second' END
                        WHERE (account_id, threshold) IN (
                            SELECT account_id, threshold FROM budget_alerts WHERE attempt_at <= :now
                            ORDER BY attempt_at LIMIT :most FOR UPDATE SKIP LOCKED)
                        RETURNING *""")
                                .bind("now", now)
                                .bind("attempts", ATTEMPTS_MAX)
                                .bind("most", DUE_MAX)
                                .map((row, _) -> new Due(
                                        new BudgetAlert(
                                                row.getObject("alert_id", UUID.class),
                                                tenant.organization(),
                                                BudgetRows.key(row),
                                                row.getString("label"),
                                                row.getBigDecimal("threshold").stripTrailingZeros(),
                                                row.getLong("limit_amount"),
                                                row.getLong("spent"),
                                                BudgetRows.time(row, "window_end"),
                                                BudgetRows.time(row, "raised_at")),
                                        row.getInt("attempts")))
                                .list());
        for (Due one : due) {
            Thread.ofVirtual().name("gantry-budget-webhook").start(() -> send(tenant, target, one));
        }
    }

    private void send(TenantBudgets tenant, BudgetWebhook target, Due due) {
        String problem = target.send(due.alert());
        if (problem != null) {
            LOG.warn(
                    "The webhook for alerts failed{}: {}",
                    due.attempts() >= ATTEMPTS_MAX ? " and is given up for this alert" : ", attempt " + due.attempts(),
                    problem);
            return;
        }
        try {
            node.database()
                    .inOrganization(
                            tenant.organization(),
                            handle -> handle.createUpdate(
                                            "UPDATE budget_alerts SET attempt_at = NULL WHERE alert_id = :id")
                                    .bind("id", due.alert().id())
                                    .execute());
        } catch (RuntimeException failure) {
            LOG.warn("A delivered alert may be delivered again: {}", failure.getMessage());
        }
    }

    /** Returns what is left of each team's tightest budget, as a share of its limit. */
    List<TeamBudgetLeft> remaining() {
        Instant now = node.clock().instant();
        Map<UUID, Map<String, Double>> ratios = new TreeMap<>();
        left.forEach((owned, value) -> ratios.computeIfAbsent(owned.organization(), _ -> new TreeMap<>())
                .merge(
                        owned.key().level() == BudgetLevel.TEAM ? owned.key().subject() : ORGANIZATION,
                        now.isBefore(value.until()) ? value.ratio() : 1.0,
                        Math::min));
        List<TeamBudgetLeft> all = new ArrayList<>();
        ratios.forEach((organization, teams) ->
                teams.forEach((team, ratio) -> all.add(new TeamBudgetLeft(organization, team, ratio))));
        return all;
    }

    @Override
    public void close() {
        if (webhook != null) {
            webhook.close();
        }
    }
}
