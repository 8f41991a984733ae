package dev.gantry.quota;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Text;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What people do with budgets. Thread-safe; every method may throw {@link ErrorCode#DATABASE_UNAVAILABLE}. */
public final class BudgetBook {
    /** Most budgets that are shown. */
    public static final int SHOWN_MAX = 1_000;

    /** Longest reason of a grant. */
    public static final int REASON_LENGTH_MAX = 500;

    private static final Duration GRANT_MAX = Duration.ofDays(400);
    private static final long AMOUNT_MAX = 1_000_000_000_000_000L;
    private static final int GRANTS_MAX = 1_000;

    private final BudgetNode node;
    private final Function<UUID, TenantBudgets> tenants;

    /**
     * Budgets that are shown.
     *
     * @param isTruncated whether there are more of which something was spent than {@value #SHOWN_MAX}
     */
    public record Page(List<BudgetState> states, boolean isTruncated) {}

    BudgetBook(BudgetNode node, Function<UUID, TenantBudgets> tenants) {
        this.node = node;
        this.tenants = tenants;
    }

    /**
     * Shows how budgets stand now: those with a limit that names them, and those of users who have spent something
     * or are asked for.
     *
     * @param level null for all
     * @param subject null for all
     */
    public List<BudgetState> show(UUID organization, @Nullable BudgetLevel level, @Nullable String subject) {
        return page(organization, level, subject).states();
    }

    /**
     * Shows the same as {@link #show}, and whether that is all.
     *
     * @param level null for all
     * @param subject null for all
     */
    public Page page(UUID organization, @Nullable BudgetLevel level, @Nullable String subject) {
        Instant now = node.clock().instant();
        return node.database().inOrganization(organization, handle -> {
            TreeMap<BudgetKey, BudgetState> states = new TreeMap<>();
            List<BudgetViews.Shown> found =
                    BudgetViews.current(handle, node.rules(), level, subject, now, SHOWN_MAX + 1);
            boolean isTruncated = found.size() > SHOWN_MAX;
            for (BudgetViews.Shown shown : isTruncated ? found.subList(0, SHOWN_MAX) : found) {
                BudgetWindow window =
                        shown.key().period().window(now, node.rules().zone());
                if (shown.state() != null && shown.window().equals(window)) {
                    states.put(shown.key(), shown.state());
                }
            }
            BudgetOverrides overrides =
                    BudgetOverrides.read(handle, node.rules().threshold());
            Set<BudgetKey> named = new TreeSet<>(node.rules().keys());
            named.addAll(overrides.keys());
            if (level == BudgetLevel.USER && subject != null) {
                named.addAll(BudgetKey.all(level, subject));
            }
            named.removeIf(key -> (level != null && key.level() != level)
                    || (subject != null && !key.subject().equals(subject))
                    || states.containsKey(key));
            untouched(handle, named, overrides, now).forEach(state -> states.put(state.key(), state));
            return new Page(List.copyOf(states.values()), isTruncated);
        });
    }

    /** Budgets from which nothing was drawn in this window; the ledger knows what was spent without them. */
    private List<BudgetState> untouched(
            Handle handle, Collection<BudgetKey> keys, BudgetOverrides overrides, Instant now) {
        Map<BudgetKey, BudgetWindow> windows = new TreeMap<>();
        for (BudgetKey key : keys) {
            BudgetRule rule = rule(key, overrides.limits().get(key));
            if (rule != null && rule.limit() != null) {
                windows.put(key, key.period().window(now, node.rules().zone()));
            }
        }
        if (windows.isEmpty()) {
            return List.of();
        }
        Map<BudgetKey, Long> granted = BudgetGrants.sums(handle, now);
        Map<BudgetKey, Long> spent = node.history().spent(handle, windows);
        List<BudgetState> states = new ArrayList<>();
        windows.forEach((key, window) -> {
            BudgetOverrides.Own own = overrides.limits().get(key);
            BudgetRule rule = rule(key, own);
            if (rule != null && rule.limit() != null) {
                states.add(new BudgetState(
                        key,
                        own == null ? key.subject() : own.label(),
                        window,
                        rule.limit(),
                        granted.getOrDefault(key, 0L),
                        spent.getOrDefault(key, 0L),
                        0,
                        0,
                        rule.threshold(),
                        own != null));
            }
        });
        return states;
    }

    private @Nullable BudgetRule rule(BudgetKey key, BudgetOverrides.@Nullable Own own) {
        return own != null ? own.rule() : node.rules().find(key).orElse(null);
    }

    /**
     * Sets a limit that goes before that of the configuration, on all nodes and at once: what was spent in this window
     * already counts.
     *
     * @param label the subject for people
     * @param limit in the budget's unit; null for no limit
     * @param threshold share from which on an alert is raised; null for the configured one
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST}
     */
    public void set(
            UUID organization,
            BudgetKey key,
            String label,
            @Nullable Long limit,
            @Nullable BigDecimal threshold,
            String by) {
        if (limit != null && (limit < 0 || limit > AMOUNT_MAX)) {
            throw invalid("limit", "must be from 0 to " + AMOUNT_MAX);
        }
        if (threshold != null
                && (threshold.signum() <= 0 || threshold.compareTo(BigDecimal.ONE) > 0 || threshold.scale() > 4)) {
            throw invalid("alert_threshold", "must be above 0 and at most 1, with at most four decimals");
        }
        boolean hadRoom = node.database().inOrganization(organization, handle -> {
            if (!BudgetOverrides.hasRoom(handle, key)) {
                return false;
            }
            set(handle, key, label, limit, threshold, by);
            return true;
        });
        if (!hadRoom) {
            throw invalid(
                    "limit",
                    "would be one more than the " + BudgetOverrides.LIMITS_MAX
                            + " that an organization may set; unset some, or set a default for all users");
        }
        changed(organization);
    }

    private void set(
            Handle handle,
            BudgetKey key,
            String label,
            @Nullable Long limit,
            @Nullable BigDecimal threshold,
            String by) {
        BudgetGrants.bind(handle.createUpdate("""
                        INSERT INTO budget_limits (organization_id, level, subject, period, unit, label, limit_amount,
                                                   alert_threshold, set_by, set_at)
                        VALUES (gantry_organization(), :level, :subject, :period, :unit, :label, :limit, :threshold,
                                :by, :now)
                        ON CONFLICT (organization_id, level, subject, period, unit) DO UPDATE
                        SET label = excluded.label, limit_amount = excluded.limit_amount,
                            alert_threshold = excluded.alert_threshold, set_by = excluded.set_by,
                            set_at = excluded.set_at"""), key)
                .bind("label", label)
                .bind("limit", limit)
                .bind("threshold", threshold)
                .bind("by", by)
                .bind("now", node.clock().instant())
                .execute();
    }

    /**
     * Takes back what {@link #set} did, so that the configuration holds again.
     *
     * @return false if there was nothing to take back
     */
    public boolean unset(UUID organization, BudgetKey key) {
        int rows = node.database()
                .inOrganization(
                        organization,
                        handle ->
                                BudgetGrants.bind(handle.createUpdate("""
                        DELETE FROM budget_limits
                        WHERE level = :level AND subject = :subject AND period = :period AND unit = :unit"""), key).execute());
        changed(organization);
        return rows > 0;
    }

    /**
     * Raises a limit for a time.
     *
     * @param amount in the budget's unit
     * @param expiresAt when the raise ends
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST}, also for a budget without a limit
     */
    public BudgetGrant grant(
            UUID organization, BudgetKey key, String label, long amount, Instant expiresAt, String reason, String by) {
        Instant now = node.clock().instant();
        if (amount < 1 || amount > AMOUNT_MAX) {
            throw invalid("amount", "must be above 0 and at most " + AMOUNT_MAX);
        }
        if (!expiresAt.isAfter(now) || expiresAt.isAfter(now.plus(GRANT_MAX))) {
            throw invalid("expires_at", "must be in the future, and within " + GRANT_MAX.toDays() + " days");
        }
        if (reason.isBlank() || !reason.equals(Text.storable(reason, REASON_LENGTH_MAX))) {
            throw invalid("reason", "must be 1 to " + REASON_LENGTH_MAX + " characters of text");
        }
        BudgetGrant made = new BudgetGrant(Ids.next(), key, label, amount, reason, by, now, expiresAt, null);
        node.database().inOrganization(organization, handle -> {
            BudgetOverrides.Own own = BudgetOverrides.read(handle, node.rules().threshold())
                    .limits()
                    .get(key);
            BudgetRule rule = own != null ? own.rule() : node.rules().find(key).orElse(null);
            if (rule == null || rule.limit() == null) {
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST, "There is no " + key.show(label) + " that could be raised");
            }
            BudgetGrants.insert(handle, made);
            return made;
        });
        changed(organization);
        return made;
    }

    /** Lists raises, the newest first; those that ended too, for a while. */
    public List<BudgetGrant> grants(UUID organization) {
        return node.database().inOrganization(organization, handle -> BudgetGrants.list(handle, GRANTS_MAX));
    }

    /**
     * Ends a raise before its time.
     *
     * @return false if there is none of that id that still holds
     */
    public boolean revoke(UUID organization, UUID grant) {
        int rows = node.database()
                .inOrganization(
                        organization,
                        handle ->
                                BudgetGrants.revoke(handle, grant, node.clock().instant()));
        changed(organization);
        return rows > 0;
    }

    private void changed(UUID organization) {
        TenantBudgets tenant = tenants.apply(organization);
        tenant.changed(node.database()
                .inOrganization(
                        organization,
                        handle -> BudgetOverrides.read(handle, node.rules().threshold())));
        tenant.draws().returnAll(tenant.shares());
        BudgetNews.send(node.database(), BudgetNews.changed(organization));
    }

    private static GantryException invalid(String field, String problem) {
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "'" + field + "' " + problem,
                List.of(new FieldError("/" + field, problem)),
                null,
                null);
    }
}
