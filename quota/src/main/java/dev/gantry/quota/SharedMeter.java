package dev.gantry.quota;

import dev.gantry.redis.RedisSession;
import dev.gantry.redis.RedisUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One limit that nodes share. Requests take from the block that this node drew last; when it is used up, one request asks
 * for the next one while the others wait for it. What was taken is also counted here, so that the node can go on by
 * itself when Redis is lost. Thread-safe.
 */
final class SharedMeter implements Meter {
    /** For how long a refusal is believed: meanwhile another node may give something back. */
    private static final long REFUSAL_NANOS_MAX = 100_000_000L;

    private static final int FIXED_ARGUMENTS = 8;
    private static final long FLIGHT_WAIT_NANOS = 1_000_000_000L;

    /** The part of a limit that a node may keep for itself after it was given back. */
    private static final int SPARE_PART = 100;

    /** A block is for about this part of the time until the slice ends. */
    private static final int BLOCKS_A_SLICE = 4;

    private final SharedMeters meters;
    private final byte[] key;
    private final long limit;
    private final long windowNanos;
    private final long sliceNanos;
    private final Duration window;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition landed = lock.newCondition();

    /** Everything that this node admitted, by whatever means. */
    private final SlidingWindow own;

    private long blockLeft;
    private long blockSlice;
    private long blockEnds;
    private long drawnInSlice;
    private long drawnBefore;

    /** What is to be given back, by slice; what is older than a window counts no more. */
    private final NavigableMap<Long, Long> back = new TreeMap<>();

    private long uncounted;

    private boolean flying;
    private long waiting;
    private long refusedUntil = Long.MIN_VALUE;
    private long refusedNeed;
    private long roomAt;

    private long toldAt = Long.MIN_VALUE;
    private long toldUsed;
    private long toldOwn;
    private long toldReset;
    private boolean retired;

    SharedMeter(SharedMeters meters, byte[] key, long limit, long windowNanos) {
        this.meters = meters;
        this.key = key;
        this.limit = limit;
        this.windowNanos = windowNanos;
        this.sliceNanos = windowNanos / SlidingWindow.SLICES;
        this.window = Duration.ofNanos(windowNanos + 2 * sliceNanos);
        this.own = new SlidingWindow(windowNanos);
    }

    @Override
    public long take(long amount, long at) {
        lock.lock();
        try {
            long now = at;
            while (true) {
                if (retired) {
                    return SlidingWindow.RETIRED;
                }
                Optional<RedisSession> session = meters.reliable(window);
                if (session.isEmpty()) {
                    return takeShare(amount, now);
                }
                if (now < blockEnds && blockLeft >= amount) {
                    return takeFromBlock(amount, now);
                }
                if (now < refusedUntil && amount >= refusedNeed) {
                    return -Math.max(1, roomAt - now);
                }
                if (flying) {
                    awaitFlight(amount);
                } else {
                    Reply reply = fly(session.get(), amount, amount + waiting + foreseen());
                    if (reply == null) {
                        return takeShare(amount, meters.now());
                    }
                    return reply.granted() >= amount ? takeFromBlock(amount, now) : -Math.max(1, roomAt - now);
                }
                now = meters.now();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What Redis said. */
    private record Reply(long slice, long granted, long used, long waitMs, long sliceEndsMs, long resetMs) {}

    private long takeFromBlock(long amount, long now) {
        blockLeft -= amount;
        drawnInSlice += amount;
        own.charge(amount, now);
        return blockSlice << 1 | 1;
    }

    private long takeShare(long amount, long now) {
        long taken = own.take(amount, shareLimit(now), now);
        if (taken < 0) {
            return taken;
        }
        uncounted += amount;
        return taken << 1;
    }

    /**
     * This node's share. For as long as what Redis said last is within the window, it is a share of what was left then:
     * together, the nodes do not take again what was taken before Redis was lost.
     */
    private long shareLimit(long now) {
        long share = meters.share(limit);
        if (toldAt != Long.MIN_VALUE && now - toldAt < windowNanos) {
            share = Math.min(share, toldOwn + meters.share(Math.max(0, limit - toldUsed)));
        }
        return share;
    }

    /** What requests will take until the next block is due, going by the slice before. */
    private long foreseen() {
        return Math.max(drawnBefore, drawnInSlice) / BLOCKS_A_SLICE;
    }

    private void awaitFlight(long amount) {
        waiting += amount;
        try {
            long left = FLIGHT_WAIT_NANOS;
            while (flying && left > 0) {
                left = landed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            waiting -= amount;
        }
    }

    /** Asks Redis, without the lock; null when it did not answer. */
    private @Nullable Reply fly(RedisSession session, long needed, long wanted) {
        expireBlock();
        long charged = Math.min(uncounted, own.used(meters.now()));
        List<Map.Entry<Long, Long>> givenBack = List.copyOf(back.entrySet());
        uncounted = 0;
        // Not tried again when it fails, since it may have been done: rather too little is given back than twice.
        back.clear();
        boolean reliable = session.remembers(window);
        long sentAt = meters.now();
        flying = true;
        Reply reply = null;
        lock.unlock();
        try {
            reply = ask(session, needed, wanted, charged, givenBack);
        } catch (RedisUnavailableException lost) {
            // What became of it is not known. The next turn goes by the share.
        } finally {
            lock.lock();
            flying = false;
            landed.signalAll();
        }
        if (reply == null) {
            uncounted += charged;
        } else {
            note(reply, sentAt, needed, reliable);
        }
        return reply;
    }

    private Reply ask(
            RedisSession session, long needed, long wanted, long charged, List<Map.Entry<Long, Long>> givenBack)
            throws RedisUnavailableException {
        long[] arguments = new long[FIXED_ARGUMENTS + 2 * givenBack.size()];
        arguments[0] = limit;
        arguments[1] = windowNanos / 1_000_000;
        arguments[2] = needed;
        arguments[3] = wanted;
        arguments[4] = charged;
        arguments[5] = session.expectedMillis();
        arguments[6] = SharedMeters.TOLERANCE_MS;
        arguments[7] = SlidingWindow.SLICES;
        int next = FIXED_ARGUMENTS;
        for (Map.Entry<Long, Long> entry : givenBack) {
            arguments[next++] = entry.getKey();
            arguments[next++] = entry.getValue();
        }
        List<Long> reply = session.run(SharedMeters.TAKE, key, arguments);
        if (reply.getFirst() < 0) {
            throw SharedMeters.distrust(session);
        }
        return new Reply(reply.get(1), reply.get(2), reply.get(3), reply.get(4), reply.get(5), reply.get(6));
    }

    private void note(Reply reply, long sentAt, long needed, boolean reliable) {
        if (reply.slice() != blockSlice) {
            drawnBefore = drawnInSlice;
            drawnInSlice = 0;
        }
        if (reply.granted() > 0) {
            if (reply.slice() != blockSlice) {
                keepForReturn();
            }
            blockLeft += reply.granted();
            blockSlice = reply.slice();
            // Counted from before the question was sent, so that the block never outlives its slice.
            blockEnds = sentAt + TimeUnit.MILLISECONDS.toNanos(reply.sliceEndsMs() - 1);
            refusedUntil = Long.MIN_VALUE;
        } else if (needed > 0) {
            roomAt = sentAt + TimeUnit.MILLISECONDS.toNanos(reply.waitMs());
            refusedUntil = Math.min(roomAt, sentAt + Math.min(sliceNanos, REFUSAL_NANOS_MAX));
            refusedNeed = needed;
        }
        if (reliable) {
            toldAt = sentAt;
            toldUsed = reply.used();
            toldOwn = own.used(meters.now()) + blockLeft;
            toldReset = sentAt + TimeUnit.MILLISECONDS.toNanos(reply.resetMs());
        }
    }

    private void expireBlock() {
        if (meters.now() >= blockEnds) {
            keepForReturn();
        }
    }

    /** Remembers what is left of the block, so that the next question gives it back. */
    private void keepForReturn() {
        if (blockLeft > 0) {
            keepForReturn(blockLeft, blockSlice);
            blockLeft = 0;
        }
    }

    private void keepForReturn(long amount, long slice) {
        back.merge(slice, amount, Long::sum);
        while (back.size() > SlidingWindow.SLICES) {
            back.pollFirstEntry();
        }
    }

    /** Tells Redis what it does not know yet. */
    void flush() {
        lock.lock();
        try {
            expireBlock();
            Optional<RedisSession> session = meters.session();
            if (!flying && session.isPresent() && (uncounted > 0 || !back.isEmpty())) {
                fly(session.get(), 0, 0);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void giveBack(long amount, long takenIn, long now) {
        lock.lock();
        try {
            long slice = takenIn >> 1;
            if ((takenIn & 1) == 0) {
                own.giveBack(amount, slice);
                uncounted = Math.max(0, uncounted - amount);
                return;
            }
            own.undo(amount, now);
            refusedUntil = Long.MIN_VALUE;
            if (slice == blockSlice && now < blockEnds && blockLeft + amount <= limit / SPARE_PART) {
                blockLeft += amount;
                return;
            }
            keepForReturn(amount, slice);
        } finally {
            lock.unlock();
        }
        if (amount > limit / SPARE_PART) {
            // Another node may need it now, and the request that gave it back need not wait.
            Thread.startVirtualThread(this::flush);
        }
    }

    @Override
    public boolean charge(long amount, long now) {
        lock.lock();
        try {
            if (!retired) {
                own.charge(amount, now);
                uncounted += amount;
                // What the block still holds is paid with first, so that the debt is felt at once.
                long fromBlock = Math.min(blockLeft, uncounted);
                blockLeft -= fromBlock;
                uncounted -= fromBlock;
            }
            return !retired;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long most() {
        lock.lock();
        try {
            return meters.reliable(window).isPresent() ? limit : shareLimit(meters.now());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long used(long now) {
        lock.lock();
        try {
            Optional<RedisSession> session = meters.reliable(window);
            if (session.isEmpty()) {
                return own.used(now);
            }
            if (!flying && (toldAt == Long.MIN_VALUE || now - toldAt > sliceNanos)) {
                fly(session.get(), 0, 0);
            }
            return Math.max(own.used(now), toldUsed - blockLeft);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long resetNanos(long now) {
        lock.lock();
        try {
            return Math.max(own.resetNanos(now), meters.reliable(window).isPresent() ? toldReset - now : 0);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean retireIfIdle(long now) {
        lock.lock();
        try {
            if (!flying && waiting == 0 && uncounted == 0 && back.isEmpty() && (blockLeft == 0 || now >= blockEnds)) {
                retired = retired || own.used(now) == 0;
            }
            if (retired) {
                meters.retired(this);
            }
            return retired;
        } finally {
            lock.unlock();
        }
    }
}
