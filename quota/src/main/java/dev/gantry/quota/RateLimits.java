package dev.gantry.quota;

import dev.gantry.quota.RateLimitRules.Limit;
import dev.gantry.quota.RateLimitRules.Measure;
import dev.gantry.redis.RedisLink;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits on requests, tokens and parallel requests. A request takes from every limit that is about it, or, when one
 * refuses, from none. Time is the process's monotonic clock, so that a clock that is set neither opens nor locks a
 * limit. Thread-safe.
 */
public final class RateLimits implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimits.class);
    private static final Duration TICK = Duration.ofMillis(250);
    private static final int ROUNDS_A_SWEEP = 40;
    private static final Duration NODE_LEASE = Duration.ofSeconds(10);
    private static final String NO_TIER = "none";

    private final RateLimitSettings settings;
    private final RateLimitRules rules;
    private final Buckets buckets;
    private final Meters meters;
    private final Clock clock;
    private final LongSupplier now;
    private final Consumer<String> refusals;
    private final Thread keeper;

    RateLimits(RateLimitSettings settings, Meters meters, Clock clock, LongSupplier now, Consumer<String> refusals) {
        this.settings = settings;
        this.rules = new RateLimitRules(settings);
        this.meters = meters;
        this.buckets = new Buckets(meters, now);
        this.clock = clock;
        this.now = now;
        this.refusals = refusals;
        this.keeper = Thread.ofVirtual().name("rate-limits").unstarted(this::keep);
    }

    /**
     * Begins to enforce limits: over all nodes by Redis, or in this process, of each limit this node's share.
     *
     * @param redis null where there is none; closed by the caller, after this
     * @param settings checked by {@link RateLimitCheck}
     * @param leaseMax after which a slot of a request that never ended frees itself; longer than any request lasts
     * @param clock tells callers when a limit is reset; decides nothing
     * @param refusals is told the tier of each refused caller, {@code none} without one
     */
    public static RateLimits open(
            RateLimitSettings settings,
            Nodes nodes,
            @Nullable RedisLink redis,
            Duration leaseMax,
            Clock clock,
            Consumer<String> refusals) {
        long start = System.nanoTime();
        LongSupplier now = () -> System.nanoTime() - start;
        LocalMeters local = new LocalMeters(nodes, settings.withoutRedis(), leaseMax.toNanos());
        Meters meters = redis == null
                ? local
                : new SharedMeters(redis, local, now, leaseMax.toNanos(), NODE_LEASE, "gantry:limit");
        RateLimits limits = new RateLimits(settings, meters, clock, now, refusals);
        limits.start();
        return limits;
    }

    void start() {
        keeper.start();
    }

    private void keep() {
        try {
            for (long round = 1; true; round++) {
                Thread.sleep(TICK);
                keep(round % ROUNDS_A_SWEEP == 0);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep(boolean sweep) {
        try {
            meters.tick();
            if (sweep) {
                buckets.sweep();
            }
        } catch (RuntimeException failure) {
            LOG.warn("Keeping the limits failed; it is tried again", failure);
        }
    }

    /**
     * Takes one request, and tokens where they are limited, from every limit that is about the holder.
     *
     * @param tokens the estimate of what the request takes; asked only when tokens are limited
     * @throws dev.gantry.kernel.GantryException {@link dev.gantry.kernel.ErrorCode#RATE_LIMITED} naming the limit and when
     *     there is room, with the headers that say the same; nothing is taken then
     */
    public Admittance admit(Holder holder, LongSupplier tokens) {
        Admittance admittance = new Admittance(this, holder, tokens);
        admittance.take(rules.limits(holder));
        return admittance;
    }

    /** Returns where a holder stands with every limit that is about it. */
    public List<RateStanding> standings(Holder holder) {
        List<RateStanding> standings = new ArrayList<>();
        for (Limit limit : rules.limits(holder)) {
            standings.add(standing(limit));
        }
        return standings;
    }

    /** Returns the tier of a holder; null without one. */
    public @Nullable String tier(Holder holder) {
        return rules.tier(holder);
    }

    private RateStanding standing(Limit limit) {
        long at = now.getAsLong();
        long most = limit.rule().amount;
        long used = 0;
        long reset = 0;
        if (limit.rule().measure == Measure.PARALLEL) {
            Occupancy occupancy = buckets.presentOccupancy(limit);
            used = occupancy == null ? 0 : occupancy.used(at);
            most = occupancy == null ? most : Math.min(most, occupancy.most());
        } else {
            Meter meter = buckets.present(limit);
            used = meter == null ? 0 : meter.used(at);
            most = meter == null ? most : Math.min(most, meter.most());
            reset = meter == null ? 0 : meter.resetNanos(at);
        }
        return new RateStanding(
                limit.rule().scope.id(),
                limit.name(),
                limit.rule().measure.name().toLowerCase(Locale.ROOT),
                limit.rule().amount,
                Math.max(0, most - used),
                Duration.ofNanos(limit.rule().windowNanos),
                Duration.ofNanos(reset));
    }

    Buckets buckets() {
        return buckets;
    }

    RateLimitRules rules() {
        return rules;
    }

    RateLimitSettings settings() {
        return settings;
    }

    long now() {
        return now.getAsLong();
    }

    Clock clock() {
        return clock;
    }

    void refused(Holder holder) {
        String tier = rules.tier(holder);
        refusals.accept(tier == null ? NO_TIER : tier);
    }

    /** Stops; what was admitted may still be settled. */
    @Override
    public void close() {
        keeper.interrupt();
        meters.close();
    }
}
