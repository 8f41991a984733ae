package dev.gantry.quota;

import dev.gantry.kernel.GantryException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does every second: return what it does not use, keep its leases alive, look for thresholds that were passed,
 * and follow what other nodes say.
 */
final class BudgetUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BudgetUpkeep.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration FORGET_AFTER = Duration.ofHours(1);
    private static final Duration DELETE_AFTER = Duration.ofDays(62);
    private static final Duration DELETE_EVERY = Duration.ofHours(6);
    private static final Duration DELETE_FIRST = Duration.ofMinutes(5);

    /** What is left is removed the next time. */
    private static final int DELETE_ROUNDS_MAX = 100;

    private final BudgetNode node;
    private final Map<UUID, TenantBudgets> tenants;
    private final BudgetAlerts alerts;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<UUID, Boolean> outdated = new ConcurrentHashMap<>();
    private @Nullable Thread thread;
    private long renewedNanos;
    private long deletedNanos;
    private boolean failing;

    BudgetUpkeep(BudgetNode node, Map<UUID, TenantBudgets> tenants, BudgetAlerts alerts) {
        this.node = node;
        this.tenants = tenants;
        this.alerts = alerts;
        this.renewedNanos = node.nanoTime().getAsLong();
        // A node that is restarted every day must come to it as well.
        this.deletedNanos = renewedNanos - DELETE_EVERY.toNanos() + DELETE_FIRST.toNanos();
    }

    BudgetAlerts alerts() {
        return alerts;
    }

    void start() {
        node.database()
                .notifications()
                .listen(BudgetNews.CHANNEL, this::hear, () -> tenants.keySet().forEach(this::outdate));
        thread = Thread.ofVirtual().name("gantry-budget-upkeep").start(this::run);
    }

    private void run() {
        try {
            while (!closed.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                tick();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes in what another node says; must not block for long. */
    void hear(String payload) {
        BudgetNews news = BudgetNews.parse(payload);
        TenantBudgets tenant = tenants.get(news.organization());
        if (tenant == null || node.id().equals(news.sender())) {
            return;
        }
        Thread.ofVirtual().name("gantry-budget-news").start(() -> {
            if (news.account() == null) {
                outdate(news.organization());
                attempt(() -> refresh(tenant));
            } else {
                BudgetShare share = tenant.share(news.account());
                if (share != null) {
                    attempt(() -> tenant.draws().returnAll(List.of(share)));
                }
            }
        });
    }

    private void outdate(UUID organization) {
        outdated.put(organization, true);
    }

    /** Does everything that is due; what fails is tried again at the next tick. */
    synchronized void tick() {
        long now = node.nanoTime().getAsLong();
        boolean renew = now - renewedNanos >= node.timing().leaseTerm().toNanos() / 3;
        boolean delete = now - deletedNanos >= DELETE_EVERY.toNanos();
        boolean deaf = thread != null && !node.database().notifications().isConnected();
        boolean worked = true;
        for (TenantBudgets tenant : tenants.values()) {
            if (deaf) {
                outdate(tenant.organization());
            }
            worked &= attempt(() -> refresh(tenant));
            worked &= attempt(() -> giveBack(tenant, now));
            worked &= attempt(() -> reconcile(tenant, now));
            if (renew) {
                worked &= attempt(() -> renew(tenant));
            }
            if (delete) {
                worked &= attempt(() -> delete(tenant));
            }
            tenant.forget(node.clock().instant().minus(FORGET_AFTER));
        }
        if (renew && worked) {
            renewedNanos = now;
        }
        if (delete) {
            deletedNanos = now;
        }
        // The leases of all are renewed first: an alert may wait for its record.
        for (TenantBudgets tenant : tenants.values()) {
            attempt(() -> alerts.look(tenant));
        }
    }

    private boolean attempt(Runnable work) {
        try {
            work.run();
            failing = false;
            return true;
        } catch (GantryException unavailable) {
            if (!failing) {
                LOG.warn("Budgets wait for the database: {}", unavailable.getMessage());
            }
            failing = true;
        } catch (RuntimeException failure) {
            LOG.error("The upkeep of budgets failed; it goes on", failure);
        }
        return false;
    }

    private void refresh(TenantBudgets tenant) {
        if (outdated.remove(tenant.organization()) == null) {
            return;
        }
        try {
            tenant.changed(node.database()
                    .inOrganization(
                            tenant.organization(),
                            handle -> BudgetOverrides.read(handle, node.rules().threshold())));
        } catch (RuntimeException failure) {
            outdate(tenant.organization());
            throw failure;
        }
        tenant.draws().returnAll(tenant.shares());
    }

    private void giveBack(TenantBudgets tenant, long nowNanos) {
        Instant now = node.clock().instant();
        List<BudgetDraws.Keep> keeps = new ArrayList<>();
        for (BudgetShare share : tenant.shares()) {
            long keep = isIdle(share, now, nowNanos) ? 0 : 2 * share.block() + share.reserved() / 4;
            if (share.available() < 0 || share.available() > keep || share.isUnsure()) {
                keeps.add(new BudgetDraws.Keep(share, keep));
            }
            if (share.available() < 0) {
                node.counters().overruns().increment();
            }
        }
        if (!keeps.isEmpty()) {
            tenant.draws().giveBack(keeps);
        }
    }

    private boolean isIdle(BudgetShare share, Instant now, long nowNanos) {
        Instant grantEnd = share.grantEnd();
        return nowNanos - share.usedNanos() >= node.timing().idleTerm().toNanos()
                || !share.window().contains(now)
                || (grantEnd != null && !now.isBefore(grantEnd));
    }

    private void reconcile(TenantBudgets tenant, long nowNanos) {
        for (BudgetShare share : tenant.shares()) {
            if (share.isReconciliationDue(nowNanos)) {
                node.database().<Boolean>inOrganization(tenant.organization(), handle -> {
                    BudgetStore.reconcile(handle, share.key(), share.window(), node.history());
                    return true;
                });
            }
        }
    }

    private void renew(TenantBudgets tenant) {
        Instant expiresAt = node.clock().instant().plus(node.timing().leaseTerm());
        node.database().<Boolean>inOrganization(tenant.organization(), handle -> {
            BudgetStore.renew(handle, node.id(), expiresAt);
            return true;
        });
    }

    private void delete(TenantBudgets tenant) {
        Instant before = node.clock().instant().minus(DELETE_AFTER);
        boolean more = true;
        for (int round = 0; more && round < DELETE_ROUNDS_MAX; round++) {
            more = node.database().inOrganization(tenant.organization(), handle -> BudgetStore.forget(handle, before));
        }
        node.database().<Boolean>inOrganization(tenant.organization(), handle -> {
            BudgetStore.forgetOrphans(handle);
            return true;
        });
    }

    /** Returns everything that is not reserved, as far as the database takes it. */
    @Override
    public void close() {
        closed.countDown();
        for (TenantBudgets tenant : tenants.values()) {
            attempt(() -> tenant.draws().returnAll(tenant.shares()));
        }
        alerts.close();
    }
}
