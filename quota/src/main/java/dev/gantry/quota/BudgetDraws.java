package dev.gantry.quota;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves amounts between the accounts of one organization and the shares of this node, one transaction at a time.
 *
 * <p>Locks are taken in one order everywhere: accounts by key, then this node's leases by account. When it is not known
 * whether a transaction took place, what it was about stays out of use until the database was asked.
 */
final class BudgetDraws {
    private static final Logger LOG = LoggerFactory.getLogger(BudgetDraws.class);
    private static final long LOCK_WAIT_S = 5;

    /** When there is enough for it, at least this part of what is left stays for others. */
    private static final int LEFT_SHARE = 4;

    private final UUID organization;
    private final BudgetNode node;
    private final ReentrantLock lock = new ReentrantLock();

    /** A share, how much is to be reserved of it, and how much it is to be given for that, at least and at best. */
    private record Request(BudgetShare share, long amount, long need, long want) {}

    /** A locked account and what it gives. */
    private record Given(Request request, BudgetStore.Account account, long limit, long amount) {}

    BudgetDraws(UUID organization, BudgetNode node) {
        this.organization = organization;
        this.node = node;
    }

    /**
     * Draws what shares lack. A share that gets nothing has a refusal afterwards.
     *
     * @param sinceNanos what was refused since then is not asked for again
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE}
     */
    void draw(List<BudgetShare> shares, BudgetAmounts most, long sinceNanos) {
        for (BudgetShare share : shares) {
            share.want(most.of(share.key().unit()));
        }
        try {
            acquire();
            try {
                List<Request> requests = new ArrayList<>();
                for (BudgetShare share : shares) {
                    long amount = most.of(share.key().unit());
                    if (share.available() < amount && !share.isRefused(amount, sinceNanos)) {
                        requests.add(request(share, amount));
                    }
                }
                drawLocked(requests);
            } finally {
                lock.unlock();
            }
        } finally {
            for (BudgetShare share : shares) {
                share.wantNoMore(most.of(share.key().unit()));
            }
        }
    }

    private Request request(BudgetShare share, long amount) {
        share.adaptBlock(amount, node.nanoTime().getAsLong());
        long available = share.available();
        long need = amount - available;
        return new Request(share, amount, need, Math.max(need, share.wanted() - available) + share.block());
    }

    /** Draws in the background where little is left, so that requests need not wait. */
    void refill(List<BudgetShare> shares, long nowNanos) {
        long dry = nowNanos - node.timing().refusalTerm().toNanos();
        for (BudgetShare share : shares) {
            if (share.beginsRefill(dry)) {
                Thread.ofVirtual().name("gantry-budget-refill").start(() -> refill(share));
            }
        }
    }

    private void refill(BudgetShare share) {
        try {
            acquire();
            try {
                long available = share.available();
                if (available < share.block() / 2) {
                    share.adaptBlock(1, node.nanoTime().getAsLong());
                    drawLocked(List.of(new Request(share, 1, 1, share.block())));
                }
            } finally {
                lock.unlock();
            }
        } catch (RuntimeException failure) {
            LOG.debug("A budget could not be refilled ahead of need", failure);
        } finally {
            share.endRefill();
        }
    }

    private void drawLocked(List<Request> requests) {
        if (requests.isEmpty()) {
            return;
        }
        node.counters().draws().increment();
        List<Request> ordered = new ArrayList<>(requests);
        ordered.sort(Comparator.comparing(request -> request.share().key()));
        create(ordered);
        Instant now = node.clock().instant();
        long nowNanos = node.nanoTime().getAsLong();
        List<BudgetStore.Drawn> results;
        try {
            results = node.database().inOrganization(organization, handle -> draw(handle, ordered, now));
        } catch (RuntimeException unknown) {
            ordered.forEach(request -> request.share().becomeUnsure(0));
            throw unknown;
        }
        for (int index = 0; index < ordered.size(); index++) {
            BudgetShare share = ordered.get(index).share();
            BudgetStore.Drawn result = results.get(index);
            share.drew(result);
            if (result.amount() == 0) {
                share.refuse(ordered.get(index).amount(), result, nowNanos);
            }
        }
    }

    /** In a transaction of its own, so that no two nodes wait for each other's new accounts in a circle. */
    private void create(List<Request> ordered) {
        for (Request request : ordered) {
            BudgetShare share = request.share();
            if (share.accountId() == null) {
                boolean made = node.database()
                        .inOrganization(
                                organization,
                                handle -> BudgetStore.create(
                                        handle, share.key(), share.window(), share.label(), node.history()));
                if (made) {
                    share.created(node.nanoTime().getAsLong());
                }
            }
        }
    }

    private List<BudgetStore.Drawn> draw(Handle handle, List<Request> ordered, Instant now) {
        List<Given> given = new ArrayList<>();
        for (Request request : ordered) {
            BudgetShare share = request.share();
            BudgetStore.Account account = BudgetStore.lock(handle, share.key(), share.window(), node.id(), now)
                    .orElseThrow(() -> new GantryException(
                            ErrorCode.DATABASE_UNAVAILABLE, "The account of a budget vanished; try again"));
            long limit = account.limit(share.rule().limit());
            // What the share knows that it spent too much is in its need already.
            long known = Math.min(account.beyond(), Math.max(0, -share.available()));
            given.add(new Given(request, account, limit, amount(request, limit - account.committed() + known)));
        }
        Instant expiresAt = now.plus(node.timing().leaseTerm());
        given.stream()
                .filter(one -> one.amount() > 0)
                .sorted(Comparator.comparing(one -> one.account().id().toString()))
                .forEach(one -> BudgetStore.move(handle, one.account().id(), node.id(), one.amount(), expiresAt));
        return given.stream().map(one -> result(handle, one, now)).toList();
    }

    /** As much as is wanted while much is left, and near the end no more than a fourth of the rest beyond the need. */
    private static long amount(Request request, long free) {
        return free < request.need() ? 0 : Math.min(request.want(), Math.max(request.need(), free / LEFT_SHARE));
    }

    private BudgetStore.Drawn result(Handle handle, Given given, Instant now) {
        BudgetStore.Account account = given.account();
        long[] others = given.amount() > 0
                ? new long[] {0, 0}
                : BudgetStore.spentAndElsewhere(handle, account.id(), node.id(), now);
        return new BudgetStore.Drawn(
                account.id(),
                given.amount(),
                given.limit(),
                given.limit() - account.committed(),
                account.seeded() + others[0],
                others[1],
                account.grantEnd());
    }

    /** Asks other nodes to return what they do not need of a budget. */
    void recall(BudgetShare share) {
        UUID account = share.accountId();
        if (account != null) {
            BudgetNews.send(node.database(), BudgetNews.recall(organization, account, node.id()));
        }
    }

    /** Returns everything that is not reserved. */
    void returnAll(Collection<BudgetShare> shares) {
        giveBack(shares.stream().map(share -> new Keep(share, 0)).toList());
    }

    /** A share and how much of it stays at hand. */
    record Keep(BudgetShare share, long amount) {}

    /** Returns what is beyond some bound; an overdrawn share is made whole instead. */
    void giveBack(List<Keep> keeps) {
        acquire();
        try {
            List<BudgetShare> shares = new ArrayList<>();
            List<Long> amounts = new ArrayList<>();
            for (Keep keep : keeps.stream()
                    .filter(one -> one.share().accountId() != null)
                    .sorted(Comparator.comparing(one -> one.share().key()))
                    .toList()) {
                if (keep.share().isUnsure()) {
                    shares.add(keep.share());
                    amounts.add(0L);
                    continue;
                }
                long overdrawn = Math.max(0, -keep.share().available());
                long surplus = overdrawn > 0 ? -overdrawn : keep.share().take(keep.amount());
                if (surplus != 0) {
                    shares.add(keep.share());
                    amounts.add(surplus);
                }
            }
            if (!shares.isEmpty()) {
                giveBack(shares, amounts);
            }
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(List<BudgetShare> shares, List<Long> amounts) {
        Instant now = node.clock().instant();
        Instant expiresAt = now.plus(node.timing().leaseTerm());
        try {
            List<Long> drawn = node.database()
                    .inOrganization(organization, handle -> giveBack(handle, shares, amounts, now, expiresAt));
            for (int index = 0; index < shares.size(); index++) {
                BudgetShare share = shares.get(index);
                long amount = amounts.get(index);
                if (share.isUnsure()) {
                    share.becomeSure(drawn.get(index));
                } else {
                    share.returned(amount, amount < 0);
                }
            }
        } catch (RuntimeException unknown) {
            for (int index = 0; index < shares.size(); index++) {
                shares.get(index).becomeUnsure(Math.max(0, amounts.get(index)));
            }
            throw unknown;
        }
    }

    private List<Long> giveBack(
            Handle handle, List<BudgetShare> shares, List<Long> amounts, Instant now, Instant expiresAt) {
        for (BudgetShare share : shares) {
            BudgetStore.lock(handle, share.key(), share.window(), node.id(), now);
        }
        List<Integer> order = new ArrayList<>();
        for (int index = 0; index < shares.size(); index++) {
            order.add(index);
        }
        order.sort(
                Comparator.comparing(index -> String.valueOf(shares.get(index).accountId())));
        Long[] drawn = new Long[shares.size()];
        for (int index : order) {
            UUID account = shares.get(index).accountId();
            if (account == null) {
                throw new IllegalStateException("A share without an account has nothing to return");
            }
            drawn[index] = amounts.get(index) == 0
                    ? (Long) BudgetStore.drawn(handle, account, node.id())
                    : (Long) BudgetStore.move(handle, account, node.id(), -amounts.get(index), expiresAt);
        }
        return List.of(drawn);
    }

    private void acquire() {
        try {
            if (!lock.tryLock(LOCK_WAIT_S, TimeUnit.SECONDS)) {
                throw new GantryException(
                        ErrorCode.DATABASE_UNAVAILABLE, "Budgets cannot be drawn on: the database does not keep up.");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GantryException(ErrorCode.SHUTTING_DOWN, "Interrupted while waiting for a budget.");
        }
    }
}
