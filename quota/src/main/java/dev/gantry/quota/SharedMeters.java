package dev.gantry.quota;

import dev.gantry.quota.RateLimitRules.Limit;
import dev.gantry.quota.RateLimitRules.Rule;
import dev.gantry.redis.RedisLink;
import dev.gantry.redis.RedisScript;
import dev.gantry.redis.RedisSession;
import dev.gantry.redis.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Counts over all nodes, in Redis. A node draws what it hands out in blocks that end with the slice of the window in
 * which they were drawn, so that few requests cost a round trip and yet none is admitted beyond the limit. While Redis is
 * away, or has forgotten a part of the window, each node enforces its share instead.
 */
final class SharedMeters implements Meters {
    static final RedisScript TAKE = RedisScript.load(SharedMeters.class, "take.lua");
    static final RedisScript HOLD = RedisScript.load(SharedMeters.class, "hold.lua");

    /** A clock that is further off than this was set. */
    static final long TOLERANCE_MS = 2_000;

    private final RedisLink redis;
    private final LocalMeters local;
    private final LongSupplier clock;
    private final long leaseNanos;
    private final Duration nodeLease;
    private final String prefix;
    private final byte[] node = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    private final Set<SharedMeter> meters = ConcurrentHashMap.newKeySet();
    private final Set<SharedOccupancy> occupancies = ConcurrentHashMap.newKeySet();

    /**
     * Meters over a connection.
     *
     * @param local the shares that hold while Redis cannot be used
     * @param clock nanoseconds that pass, as everywhere in this module
     * @param nodeLease after which what a node held that died is free
     * @param prefix of the keys in Redis
     */
    SharedMeters(
            RedisLink redis,
            LocalMeters local,
            LongSupplier clock,
            long leaseNanos,
            Duration nodeLease,
            String prefix) {
        this.redis = redis;
        this.local = local;
        this.clock = clock;
        this.leaseNanos = leaseNanos;
        this.nodeLease = nodeLease;
        this.prefix = prefix;
    }

    @Override
    public Meter meter(Limit limit) {
        SharedMeter meter = new SharedMeter(this, key(limit), limit.rule().amount, limit.rule().windowNanos);
        meters.add(meter);
        return meter;
    }

    @Override
    public Occupancy occupancy(Limit limit) {
        SharedOccupancy occupancy =
                new SharedOccupancy(this, key(limit), limit.rule().amount, new Slots(leaseNanos), nodeLease);
        occupancies.add(occupancy);
        return occupancy;
    }

    private byte[] key(Limit limit) {
        Rule rule = limit.rule();
        String organization =
                limit.organization() == null ? "" : limit.organization().toString();
        // What is counted, for whom, and over what time; a limit that is changed goes on from what was counted.
        return String.join(
                        ":",
                        prefix,
                        rule.scope.id(),
                        rule.measure.name().toLowerCase(Locale.ROOT),
                        Long.toString(rule.windowNanos / 1_000_000),
                        organization,
                        limit.id().toString())
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the session if Redis remembers everything of a stretch of time. */
    Optional<RedisSession> reliable(Duration stretch) {
        return redis.session().filter(session -> session.remembers(stretch));
    }

    Optional<RedisSession> session() {
        return redis.session();
    }

    /** Ends a session whose clock was set: nothing that it counted can be believed for now. */
    static RedisUnavailableException distrust(RedisSession session) {
        session.distrust("clock was set");
        return new RedisUnavailableException("Redis has another time than before");
    }

    long share(long amount) {
        return local.share(amount);
    }

    byte[] node() {
        return node;
    }

    long now() {
        return clock.getAsLong();
    }

    void retired(SharedMeter meter) {
        meters.remove(meter);
    }

    void retired(SharedOccupancy occupancy) {
        occupancies.remove(occupancy);
    }

    @Override
    public void tick() {
        if (redis.session().isPresent()) {
            meters.forEach(SharedMeter::flush);
            occupancies.forEach(SharedOccupancy::renew);
        }
    }

    /** Gives back what this node drew and did not hand out, so that the others need not wait for it. */
    @Override
    public void close() {
        tick();
    }
}
