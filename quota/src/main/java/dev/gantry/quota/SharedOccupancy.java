package dev.gantry.quota;

import dev.gantry.redis.RedisSession;
import dev.gantry.redis.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One limit on parallel requests that nodes share. The node holds slots in Redis under a lease that it renews; what a node
 * held that died is free when the lease has run out. Each slot in use has a lease of its own as well. Thread-safe.
 */
final class SharedOccupancy implements Occupancy {
    /** For how long a refusal is believed: meanwhile another node may free a slot. */
    private static final long REFUSAL_NANOS = 20_000_000L;

    private static final int RENEWALS_A_LEASE = 4;
    private static final long FLIGHT_WAIT_NANOS = 1_000_000_000L;

    /** The part of a limit that a node may keep unused, to spare round trips. */
    private static final int SPARE_PART = 100;

    private final SharedMeters meters;
    private final byte[] key;
    private final long limit;
    private final Slots slots;
    private final Duration lease;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition landed = lock.newCondition();

    private long held;
    private long othersHold;
    private long toldAt = Long.MIN_VALUE;
    private long fullUntil = Long.MIN_VALUE;
    private long waiting;
    private boolean flying;
    private boolean retired;

    SharedOccupancy(SharedMeters meters, byte[] key, long limit, Slots slots, Duration lease) {
        this.meters = meters;
        this.key = key;
        this.limit = limit;
        this.slots = slots;
        this.lease = lease;
    }

    @Override
    public Slots.Attempt take(long at) {
        lock.lock();
        try {
            long now = at;
            while (!retired) {
                Optional<RedisSession> session = meters.reliable(lease);
                if (session.isEmpty()) {
                    return slots.take(shareLimit(now), now);
                }
                Slots.Attempt attempt = slots.take(held, now);
                if (attempt.outcome() == Slots.Outcome.TAKEN || now < fullUntil) {
                    return attempt;
                }
                if (flying) {
                    awaitFlight();
                } else if (!fly(session.get(), slots.used(now) + 1 + waiting)) {
                    return slots.take(shareLimit(now), now);
                }
                now = meters.now();
            }
            return slots.take(0, now);
        } finally {
            lock.unlock();
        }
    }

    /** This node's share, or what the others left when Redis was heard last, whichever is less. */
    private long shareLimit(long now) {
        long share = meters.share(limit);
        if (toldAt != Long.MIN_VALUE && now - toldAt < lease.toNanos()) {
            share = Math.min(share, Math.max(0, limit - othersHold));
        }
        return share;
    }

    private void awaitFlight() {
        waiting++;
        try {
            long left = FLIGHT_WAIT_NANOS;
            while (flying && left > 0) {
                left = landed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            waiting--;
        }
    }

    /** Tells Redis what the node wants to hold; without the lock. Returns whether it answered. */
    private boolean fly(RedisSession session, long wanted) {
        long sentAt = meters.now();
        long using = slots.used(sentAt);
        List<Long> reply = List.of();
        flying = true;
        lock.unlock();
        try {
            reply = session.run(
                    SharedMeters.HOLD,
                    key,
                    meters.node(),
                    bytes(using),
                    bytes(wanted),
                    bytes(limit),
                    bytes(lease.toMillis()),
                    bytes(session.expectedMillis()),
                    bytes(SharedMeters.TOLERANCE_MS));
            if (reply.getFirst() < 0) {
                reply = List.of();
                throw SharedMeters.distrust(session);
            }
        } catch (RedisUnavailableException lost) {
            // The next turn goes by the share.
        } finally {
            lock.lock();
            flying = false;
            landed.signalAll();
        }
        if (reply.isEmpty()) {
            return false;
        }
        held = reply.get(1);
        othersHold = reply.get(2);
        toldAt = sentAt;
        fullUntil = held < wanted ? sentAt + REFUSAL_NANOS : Long.MIN_VALUE;
        return true;
    }

    private static byte[] bytes(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void giveBack(Slots.Lease given, long now) {
        slots.giveBack(given);
        lock.lock();
        try {
            fullUntil = Long.MIN_VALUE;
            if (flying || held - slots.used(now) <= limit / SPARE_PART) {
                return;
            }
        } finally {
            lock.unlock();
        }
        // The request that ended need not wait for this.
        Thread.startVirtualThread(this::renew);
    }

    /** Keeps what is in use, and gives back what is not. */
    void renew() {
        lock.lock();
        try {
            long now = meters.now();
            long used = slots.used(now);
            boolean due = toldAt == Long.MIN_VALUE || now - toldAt > lease.toNanos() / RENEWALS_A_LEASE;
            Optional<RedisSession> session = meters.session();
            if (!flying && session.isPresent() && (held > used || (due && held + used > 0))) {
                fly(session.get(), used);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long most() {
        lock.lock();
        try {
            return meters.reliable(lease).isPresent() ? Math.max(0, limit - othersHold) : shareLimit(meters.now());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long used(long now) {
        return slots.used(now);
    }

    @Override
    public boolean retireIfIdle(long now) {
        lock.lock();
        try {
            if (!flying && waiting == 0 && held == 0) {
                retired = slots.retireIfEmpty(now);
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
