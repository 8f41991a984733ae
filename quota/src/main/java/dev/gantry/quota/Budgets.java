package dev.gantry.quota;

import dev.gantry.database.Database;
import dev.gantry.database.Statements;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Budgets that are never exceeded: before a request goes to a provider, the most that it can cost is reserved of every
 * budget that bounds it, of all or of none; afterwards the reservation becomes what was spent.
 *
 * <p>Each node draws blocks from the accounts in the database and reserves from them in memory. A conditional update lets
 * all blocks together never exceed the limit, and only the node that drew a block can return it, so that no number of
 * nodes, requests or crashes makes more available than there is. What is spent is counted in the transaction that writes
 * the ledger, so that both always agree. What a node had drawn and not spent when it vanished counts as spent until the
 * window ends: requests that it had in flight may have cost that much.
 *
 * <p>Thread-safe.
 */
public final class Budgets implements AutoCloseable {
    private final BudgetNode node;
    private final ConcurrentHashMap<UUID, TenantBudgets> tenants = new ConcurrentHashMap<>();
    private final LeaseSpending spending;
    private final BudgetUpkeep upkeep;
    private final BudgetBook book;

    /**
     * Opens the budgets of this node, in a database whose migrations of module {@code quota} were applied.
     *
     * @param history what the ledger says of the time before a budget began
     * @param listener learns of alerts
     */
    public static Budgets open(
            Database database,
            BudgetSettings settings,
            BudgetTokenSettings tokens,
            BudgetHistory history,
            BudgetListener listener,
            Clock clock) {
        Budgets budgets = new Budgets(
                database, settings, tokens, history, listener, clock, System::nanoTime, BudgetNode.Timing.DEFAULT);
        budgets.upkeep.start();
        return budgets;
    }

    /** Like {@link #open}, with time as a test wants it and upkeep only when the test does it. */
    Budgets(
            Database database,
            BudgetSettings settings,
            BudgetTokenSettings tokens,
            BudgetHistory history,
            BudgetListener listener,
            Clock clock,
            LongSupplier nanoTime,
            BudgetNode.Timing timing) {
        node = new BudgetNode(
                Ids.next(),
                database,
                new BudgetRules(settings, tokens),
                history,
                clock,
                nanoTime,
                timing,
                new BudgetNode.Counters());
        spending = new LeaseSpending(node.id());
        BudgetAlerts alerts =
                new BudgetAlerts(node, listener, settings.webhook().orElse(null));
        upkeep = new BudgetUpkeep(node, tenants, alerts);
        book = new BudgetBook(node, this::tenant);
    }

    /**
     * Reserves the most that a request can cost, in every budget of whoever pays, or in none. Without a budget this costs
     * next to nothing; with one it needs the database only when what this node has drawn runs out.
     *
     * @param arrivedAt decides in which windows the request counts; the same time goes to the ledger
     * @param most a bound that is cheap to find; asked only when there is a budget
     * @param closer a closer bound that takes longer to find; asked only when the first does not fit
     * @throws GantryException {@link ErrorCode#BUDGET_EXCEEDED} if a budget has too little left,
     *     {@link ErrorCode#DATABASE_UNAVAILABLE} if more must be drawn and cannot be; nothing is reserved then
     */
    public BudgetReservation reserve(
            BudgetPayer payer, Instant arrivedAt, Supplier<BudgetAmounts> most, Supplier<BudgetAmounts> closer) {
        return tenant(payer.organization()).reserve(payer, arrivedAt, most, closer);
    }

    /**
     * Counts lines of the ledger, in the transaction that writes them.
     *
     * @param statements of that transaction
     * @param lines of one organization
     */
    public void record(Statements statements, UUID organization, List<BudgetSpending> lines) {
        TenantBudgets tenant = tenants.get(organization);
        boolean mayHaveAccounts = !node.rules().isEmpty()
                || (tenant != null && !tenant.overrides().limits().isEmpty());
        if (!mayHaveAccounts) {
            return;
        }
        Map<LeaseSpending.Sum, BudgetAmounts> sums = new HashMap<>();
        for (BudgetSpending line : lines) {
            if (line.amounts().microUsd() != 0 || line.amounts().tokens() != 0) {
                add(sums, line);
            }
        }
        if (!sums.isEmpty()) {
            Instant expiresAt = node.clock().instant().plus(node.timing().leaseTerm());
            spending.add(statements, organization, sums, expiresAt);
        }
    }

    private void add(Map<LeaseSpending.Sum, BudgetAmounts> sums, BudgetSpending line) {
        for (BudgetPeriod period : BudgetPeriod.values()) {
            Instant start = period.window(line.at(), node.rules().zone()).start();
            for (BudgetLevel level : BudgetLevel.values()) {
                String subject = BudgetKey.subject(level, line.team(), line.project(), line.principalId());
                if (subject != null) {
                    sums.merge(
                            new LeaseSpending.Sum(level, subject, period, start), line.amounts(), BudgetAmounts::plus);
                }
            }
        }
    }

    /** Returns the operations of people: showing budgets, setting limits, granting raises. */
    public BudgetBook book() {
        return book;
    }

    /** Returns how often this node drew from the database since its start. */
    public long draws() {
        return node.counters().draws().sum();
    }

    /** Returns how many requests this node refused for lack of budget since its start. */
    public long refusals() {
        return node.counters().refusals().sum();
    }

    /** Returns how often this node found that requests had cost more than was reserved for them. */
    public long overruns() {
        return node.counters().overruns().sum();
    }

    /** Returns what is left of each team's tightest budget, as a share of its limit, as far as this node used it. */
    public List<TeamBudgetLeft> remaining() {
        return upkeep.alerts().remaining();
    }

    /** What this node does now and then; for tests. */
    BudgetUpkeep upkeep() {
        return upkeep;
    }

    private TenantBudgets tenant(UUID organization) {
        TenantBudgets known = tenants.get(organization);
        if (known != null) {
            return known;
        }
        BudgetOverrides overrides = node.database()
                .inOrganization(
                        organization,
                        handle -> BudgetOverrides.read(handle, node.rules().threshold()));
        return tenants.computeIfAbsent(organization, _ -> new TenantBudgets(organization, node, overrides));
    }

    /** Returns what is not in use to the accounts. */
    @Override
    public void close() {
        upkeep.close();
    }
}
