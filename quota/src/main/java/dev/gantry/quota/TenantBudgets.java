package dev.gantry.quota;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of one organization on this node: finds the shares that a request needs and reserves in all of them or in
 * none. Thread-safe.
 */
final class TenantBudgets {
    private static final int RESOLVED_MAX = 100_000;
    private static final long PAUSE_MIN_MS = 20;
    private static final long PAUSE_MAX_MS = 200;
    private static final int ROUNDS_MAX = 64;

    private final UUID organization;
    private final BudgetNode node;
    private final BudgetDraws draws;
    private final ConcurrentHashMap<Window, BudgetShare> shares = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Payer, Resolved> resolved = new ConcurrentHashMap<>();
    private final AtomicReference<BudgetOverrides> overrides;
    private final AtomicLong version = new AtomicLong();

    private record Window(BudgetKey key, Instant start) {}

    private record Payer(@Nullable String team, @Nullable String project, UUID principal) {}

    /** The shares of somebody, as long as no window ends and no limit changes. */
    private record Resolved(List<BudgetShare> shares, Instant from, Instant to, long version) {
        boolean holds(Instant at, long current) {
            return version == current && !at.isBefore(from) && at.isBefore(to);
        }
    }

    TenantBudgets(UUID organization, BudgetNode node, BudgetOverrides overrides) {
        this.organization = organization;
        this.node = node;
        this.draws = new BudgetDraws(organization, node);
        this.overrides = new AtomicReference<>(overrides);
    }

    UUID organization() {
        return organization;
    }

    BudgetDraws draws() {
        return draws;
    }

    BudgetOverrides overrides() {
        return overrides.get();
    }

    /** Takes over limits that changed; what was refused or drawn under the old ones is looked at anew. */
    void changed(BudgetOverrides now) {
        overrides.set(now);
        version.incrementAndGet();
        resolved.clear();
        shares.values().forEach(BudgetShare::forgetRefusal);
    }

    Collection<BudgetShare> shares() {
        return shares.values();
    }

    @Nullable
    BudgetShare share(UUID account) {
        for (BudgetShare share : shares.values()) {
            if (account.equals(share.accountId())) {
                return share;
            }
        }
        return null;
    }

    /** Forgets the shares of windows that ended before a moment and that no request uses any more. */
    void forget(Instant endedBefore) {
        shares.values().removeIf(share -> share.window().end().isBefore(endedBefore) && share.reserved() == 0);
        if (resolved.size() > RESOLVED_MAX) {
            resolved.clear();
        }
    }

    /**
     * Reserves the most that a request can cost, in every budget that bounds it.
     *
     * @param bound is cheap to find
     * @param closer a closer bound that takes longer to find; asked only when the first does not fit
     * @throws GantryException {@link ErrorCode#BUDGET_EXCEEDED}, {@link ErrorCode#DATABASE_UNAVAILABLE}
     */
    BudgetReservation reserve(
            BudgetPayer payer, Instant at, Supplier<BudgetAmounts> bound, Supplier<BudgetAmounts> closer) {
        List<BudgetShare> needed = resolve(payer, at);
        if (needed.isEmpty()) {
            return BudgetReservation.NONE;
        }
        BudgetAmounts most = bound.get();
        long now = node.nanoTime().getAsLong();
        if (tryReserve(needed, most, now) && grantsHold(needed, most)) {
            draws.refill(needed, now);
            return new BudgetReservation(needed, most);
        }
        return reserveSlowly(needed, most, closer);
    }

    /** Reserves in all shares or in none. */
    static boolean tryReserve(List<BudgetShare> needed, BudgetAmounts most, long nowNanos) {
        for (int index = 0; index < needed.size(); index++) {
            if (!needed.get(index).tryReserve(most.of(needed.get(index).key().unit()), nowNanos)) {
                while (--index >= 0) {
                    needed.get(index).release(most.of(needed.get(index).key().unit()));
                }
                return false;
            }
        }
        return true;
    }

    /** What was drawn on a grant must not be reserved after its end: it is returned first, and drawn anew without it. */
    private boolean grantsHold(List<BudgetShare> needed, BudgetAmounts most) {
        boolean holds = true;
        for (BudgetShare share : needed) {
            Instant end = share.grantEnd();
            holds &= end == null || node.clock().instant().isBefore(end);
        }
        if (!holds) {
            for (BudgetShare share : needed) {
                share.release(most.of(share.key().unit()));
            }
            draws.returnAll(needed);
        }
        return holds;
    }

    private BudgetReservation reserveSlowly(
            List<BudgetShare> needed, BudgetAmounts cheap, Supplier<BudgetAmounts> closer) {
        BudgetAmounts most = cheap;
        boolean counted = false;
        long started = node.nanoTime().getAsLong();
        long since = started - node.timing().refusalTerm().toNanos();
        long pauseMs = PAUSE_MIN_MS;
        BudgetShare scarce = needed.getFirst();
        for (int round = 0; round < ROUNDS_MAX; round++) {
            BudgetShare lacking = lacking(needed, most, since);
            if (lacking == null) {
                if (tryReserve(needed, most, node.nanoTime().getAsLong())) {
                    return new BudgetReservation(needed, most);
                }
                continue;
            }
            scarce = lacking;
            if (!counted) {
                counted = true;
                most = smaller(most, closer.get());
                continue;
            }
            long waited = node.nanoTime().getAsLong() - started;
            if (waited >= node.timing().settlingWait().toNanos() || !mayComeBack(lacking, most)) {
                throw refuse(lacking, most);
            }
            draws.recall(lacking);
            pause(pauseMs);
            pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
            since = node.nanoTime().getAsLong();
        }
        throw refuse(scarce, most);
    }

    private static BudgetAmounts smaller(BudgetAmounts one, BudgetAmounts other) {
        return new BudgetAmounts(Math.min(one.microUsd(), other.microUsd()), Math.min(one.tokens(), other.tokens()));
    }

    /**
     * Draws where there is too little.
     *
     * @param sinceNanos a refusal since then is taken as the answer
     * @return the first budget that cannot give what is needed; null when all gave
     */
    private @Nullable BudgetShare lacking(List<BudgetShare> needed, BudgetAmounts most, long sinceNanos) {
        List<BudgetShare> tooLittle = new ArrayList<>(needed.size());
        for (BudgetShare share : needed) {
            long amount = most.of(share.key().unit());
            if (amount > 0 && share.available() < amount) {
                if (share.isRefused(amount, sinceNanos)) {
                    return share;
                }
                tooLittle.add(share);
            }
        }
        if (tooLittle.isEmpty()) {
            return null;
        }
        draws.draw(tooLittle, most, sinceNanos);
        for (BudgetShare share : tooLittle) {
            if (share.isRefused(most.of(share.key().unit()), sinceNanos)) {
                return share;
            }
        }
        return null;
    }

    /** Whether what is lacking is held by requests in flight or by other nodes, and not spent. */
    private static boolean mayComeBack(BudgetShare share, BudgetAmounts most) {
        BudgetShare.Refusal refusal = share.refusal();
        if (refusal == null) {
            return true;
        }
        long need = most.of(share.key().unit());
        return need <= refusal.drawn().free() + refusal.drawn().elsewhere() + share.available() + share.reserved();
    }

    private GantryException refuse(BudgetShare share, BudgetAmounts most) {
        node.counters().refusals().increment();
        share.turnedAway();
        return BudgetRefusal.of(share, most.of(share.key().unit()));
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(Duration.ofMillis(millis));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GantryException(ErrorCode.SHUTTING_DOWN, "Interrupted while waiting for a budget.");
        }
    }

    private List<BudgetShare> resolve(BudgetPayer payer, Instant at) {
        long currentVersion = version.get();
        BudgetOverrides current = overrides.get();
        if (node.rules().isEmpty() && current.limits().isEmpty()) {
            return List.of();
        }
        Payer who = new Payer(payer.team(), payer.project(), payer.principalId());
        Resolved known = resolved.get(who);
        if (known == null || !known.holds(at, currentVersion)) {
            known = find(payer, at, current, currentVersion);
            resolved.put(who, known);
        }
        return known.shares();
    }

    private Resolved find(BudgetPayer payer, Instant at, BudgetOverrides current, long currentVersion) {
        List<BudgetShare> found = new ArrayList<>();
        Instant from = Instant.MIN;
        Instant to = Instant.MAX;
        for (BudgetPeriod period : BudgetPeriod.values()) {
            BudgetWindow window = period.window(at, node.rules().zone());
            from = window.start().isAfter(from) ? window.start() : from;
            to = window.end().isBefore(to) ? window.end() : to;
            for (BudgetLevel level : BudgetLevel.values()) {
                String subject = BudgetKey.subject(level, payer.team(), payer.project(), payer.principalId());
                for (BudgetUnit unit : BudgetUnit.values()) {
                    if (subject != null) {
                        add(found, new BudgetKey(level, subject, period, unit), window, payer, current);
                    }
                }
            }
        }
        found.sort((a, b) -> a.key().compareTo(b.key()));
        return new Resolved(List.copyOf(found), from, to, currentVersion);
    }

    private void add(
            List<BudgetShare> found, BudgetKey key, BudgetWindow window, BudgetPayer payer, BudgetOverrides current) {
        BudgetOverrides.Own own = current.limits().get(key);
        BudgetRule rule = own != null ? own.rule() : node.rules().find(key).orElse(null);
        if (rule != null && rule.limit() != null) {
            String label = key.level() == BudgetLevel.USER ? payer.principal() : key.subject();
            found.add(shares.computeIfAbsent(
                    new Window(key, window.start()),
                    _ -> new BudgetShare(
                            key, window, label, node.rules().find(key).orElse(rule))));
        }
    }
}
