package dev.gantry.quota;

import dev.gantry.quota.RateLimitRules.Limit;

/** Counts in this process: this node's share of each limit. */
final class LocalMeters implements Meters {
    private final Nodes nodes;
    private final WithoutRedis policy;
    private final long leaseNanos;

    LocalMeters(Nodes nodes, WithoutRedis policy, long leaseNanos) {
        this.nodes = nodes;
        this.policy = policy;
        this.leaseNanos = leaseNanos;
    }

    /** Returns this node's part of a limit. */
    long share(long amount) {
        Nodes.Place place = nodes.place();
        return place.count() > 1 && policy == WithoutRedis.REFUSE ? 0 : place.share(amount);
    }

    @Override
    public LocalMeter meter(Limit limit) {
        return new LocalMeter(new SlidingWindow(limit.rule().windowNanos), limit.rule().amount);
    }

    @Override
    public LocalOccupancy occupancy(Limit limit) {
        return new LocalOccupancy(new Slots(leaseNanos), limit.rule().amount);
    }

    @Override
    public void tick() {}

    @Override
    public void close() {}

    final class LocalMeter implements Meter {
        private final SlidingWindow window;
        private final long amount;

        private LocalMeter(SlidingWindow window, long amount) {
            this.window = window;
            this.amount = amount;
        }

        @Override
        public long take(long wanted, long now) {
            return window.take(wanted, most(), now);
        }

        @Override
        public void giveBack(long given, long takenIn, long now) {
            window.giveBack(given, takenIn);
        }

        @Override
        public boolean charge(long consumed, long now) {
            return window.charge(consumed, now);
        }

        @Override
        public long most() {
            return share(amount);
        }

        @Override
        public long used(long now) {
            return window.used(now);
        }

        @Override
        public long resetNanos(long now) {
            return window.resetNanos(now);
        }

        @Override
        public boolean retireIfIdle(long now) {
            return window.retireIfEmpty(now);
        }
    }

    final class LocalOccupancy implements Occupancy {
        private final Slots slots;
        private final long amount;

        private LocalOccupancy(Slots slots, long amount) {
            this.slots = slots;
            this.amount = amount;
        }

        @Override
        public Slots.Attempt take(long now) {
            return slots.take(most(), now);
        }

        @Override
        public void giveBack(Slots.Lease lease, long now) {
            slots.giveBack(lease);
        }

        @Override
        public long most() {
            return share(amount);
        }

        @Override
        public long used(long now) {
            return slots.used(now);
        }

        @Override
        public boolean retireIfIdle(long now) {
            return slots.retireIfEmpty(now);
        }
    }
}
