package dev.gantry.quota;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What this node drew of one budget's window, in memory. Reserving, settling and releasing are a few atomic additions;
 * drawing and returning happen under the lock of {@link TenantBudgets}.
 *
 * <p>Always: drawn = available + reserved + spent, where spent is what was settled here. What is drawn stays this node's
 * until it returns it, whatever happens to it: nobody else can give it away.
 */
final class BudgetShare {
    private final BudgetKey key;
    private final BudgetWindow window;
    private final String label;
    private final BudgetRule rule;

    /** Drawn and neither reserved nor spent; negative when a request cost more than was reserved for it. */
    private final AtomicLong available = new AtomicLong();

    private final AtomicLong reserved = new AtomicLong();

    /** What requests want that wait for a draw. */
    private final AtomicLong wanted = new AtomicLong();

    private final AtomicBoolean refilling = new AtomicBoolean();

    private volatile long usedNanos;
    private volatile int watchTicks;
    private volatile boolean exhausted;
    private volatile @Nullable Refusal refusal;
    /** How much is drawn beyond what is needed at the moment. */
    private volatile long block;

    /** When a grant ends on which the last draw may have stood; null when there was none. */
    private volatile @Nullable Instant grantEnd;

    // Below: under the lock of TenantBudgets.
    private @Nullable UUID accountId;
    private long drawn;
    private long takenForReturn;
    private boolean unsure;
    private long drawNanos;
    private boolean drewBefore;

    /** When the account is to be compared with the ledger; 0 for never. */
    private volatile long reconcileNanos;

    private volatile long reconcilePause;

    /** The last time that the account had too little. */
    record Refusal(long need, long atNanos, BudgetStore.Drawn drawn) {}

    BudgetShare(BudgetKey key, BudgetWindow window, String label, BudgetRule rule) {
        this.key = key;
        this.window = window;
        this.label = label;
        this.rule = rule;
    }

    BudgetKey key() {
        return key;
    }

    BudgetWindow window() {
        return window;
    }

    String label() {
        return label;
    }

    BudgetRule rule() {
        return rule;
    }

    long available() {
        return available.get();
    }

    long reserved() {
        return reserved.get();
    }

    /** Reserves if there is enough; nothing is enough for nothing. */
    boolean tryReserve(long amount, long nowNanos) {
        while (amount > 0) {
            long have = available.get();
            if (have < amount) {
                return false;
            }
            if (available.compareAndSet(have, have - amount)) {
                reserved.addAndGet(amount);
                break;
            }
        }
        usedNanos = nowNanos;
        return true;
    }

    void release(long amount) {
        reserved.addAndGet(-amount);
        available.addAndGet(amount);
    }

    /** Turns a reservation into what was spent; what is left over can be reserved again. */
    void settle(long amount, long spent) {
        reserved.addAndGet(-amount);
        available.addAndGet(amount - spent);
        // The ledger shows it a moment later, hence more than one look.
        watchTicks = 3;
    }

    /** Takes up to an amount out of what is available, for a return. */
    long take(long keep) {
        while (true) {
            long have = available.get();
            long surplus = have - Math.max(0, keep);
            if (surplus <= 0) {
                return 0;
            }
            if (available.compareAndSet(have, have - surplus)) {
                return surplus;
            }
        }
    }

    void want(long amount) {
        wanted.addAndGet(amount);
    }

    void wantNoMore(long amount) {
        wanted.addAndGet(-amount);
    }

    long wanted() {
        return wanted.get();
    }

    /** Whether it is time to draw in the background, before anybody has to wait; true once until it is done. */
    boolean beginsRefill(long dryNanos) {
        return available.get() < block / 4
                && !isRefused(1, dryNanos)
                && !refilling.get()
                && refilling.compareAndSet(false, true);
    }

    void endRefill() {
        refilling.set(false);
    }

    long block() {
        return block;
    }

    /** Chooses how much to draw beyond the need: twice as much when the last draw lasted less than a second. */
    void adaptBlock(long need, long nowNanos) {
        long lasted = nowNanos - drawNanos;
        long next = block;
        if (drewBefore && lasted < 1_000_000_000L) {
            next = Math.min(block * 2, Long.MAX_VALUE / 8);
        } else if (drewBefore && lasted > 8_000_000_000L) {
            next = block / 2;
        }
        Long limit = rule.limit();
        long most = limit == null ? Long.MAX_VALUE / 8 : limit / 16;
        block = Math.max(need, Math.min(next, most));
        drawNanos = nowNanos;
        drewBefore = true;
    }

    void drew(BudgetStore.Drawn result) {
        accountId = result.accountId();
        drawn += result.amount();
        grantEnd = result.grantEnd();
        if (result.amount() > 0) {
            refusal = null;
            available.addAndGet(result.amount());
        }
    }

    /** Remembers that an account has too little, so that the next requests need not ask the database. */
    void refuse(long need, BudgetStore.Drawn result, long nowNanos) {
        refusal = new Refusal(need, nowNanos, result);
        watchTicks = 3;
    }

    /** Whether so much was refused at a moment or after it. */
    boolean isRefused(long need, long sinceNanos) {
        Refusal last = refusal;
        return last != null && need >= last.need() && last.atNanos() - sinceNanos >= 0;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    void forgetRefusal() {
        refusal = null;
    }

    /** Notes that a request was turned away. */
    void turnedAway() {
        exhausted = true;
        watchTicks = 3;
    }

    boolean isExhausted() {
        return exhausted;
    }

    long usedNanos() {
        return usedNanos;
    }

    /** Whether spending may have changed since the last looks. */
    boolean isWatched() {
        return watchTicks > 0;
    }

    void watched() {
        watchTicks = Math.max(0, watchTicks - 1);
    }

    @Nullable
    Instant grantEnd() {
        return grantEnd;
    }

    @Nullable
    UUID accountId() {
        return accountId;
    }

    boolean isUnsure() {
        return unsure;
    }

    /** The database may or may not have done what was asked; {@code taken} was to be returned. */
    void becomeUnsure(long taken) {
        unsure = true;
        takenForReturn += taken;
    }

    /** Sets right what {@link #becomeUnsure} left open. */
    void becomeSure(long drawnInDatabase) {
        available.addAndGet(drawnInDatabase - drawn + takenForReturn);
        drawn = drawnInDatabase;
        takenForReturn = 0;
        unsure = false;
    }

    /** The database has done what was asked. */
    void returned(long amount, boolean madeWhole) {
        drawn -= amount;
        if (madeWhole) {
            available.addAndGet(-amount);
        }
    }

    /** This node made the account: what others wrote to the ledger at that moment is looked for a few times. */
    void created(long nowNanos) {
        reconcilePause = 4_000_000_000L;
        reconcileNanos = nowNanos + reconcilePause;
    }

    /** Whether it is time to compare with the ledger: after 4 s, then four times as long, until a quarter of an hour. */
    boolean isReconciliationDue(long nowNanos) {
        if (reconcilePause == 0 || nowNanos - reconcileNanos < 0) {
            return false;
        }
        reconcilePause = reconcilePause > 900_000_000_000L ? 0 : reconcilePause * 4;
        reconcileNanos = nowNanos + reconcilePause;
        return true;
    }
}
