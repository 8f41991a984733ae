package dev.gantry.quota;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.quota.RateLimitRules.Limit;
import dev.gantry.quota.RateLimitRules.Rule;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What counts, by limit and holder. Holds at most {@value #BUCKETS_MAX} of each kind and refuses beyond, since forgetting
 * one that is in use would open its limit; those that hold nothing are swept away. Thread-safe.
 */
final class Buckets {
    static final int BUCKETS_MAX = 200_000;

    private final Meters meters;
    private final LongSupplier now;
    private final ConcurrentHashMap<BucketKey, Meter> rates = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<BucketKey, Occupancy> occupancies = new ConcurrentHashMap<>();

    private record BucketKey(Rule rule, @Nullable UUID organization, Object id) {}

    Buckets(Meters meters, LongSupplier now) {
        this.meters = meters;
        this.now = now;
    }

    /** Returns the meter of a limit, or null when there is none because nothing counts in it. */
    @Nullable
    Meter present(Limit limit) {
        return rates.get(key(limit));
    }

    /** Returns the occupancy of a limit, or null when there is none because nothing is in use. */
    @Nullable
    Occupancy presentOccupancy(Limit limit) {
        return occupancies.get(key(limit));
    }

    Meter meter(Limit limit) {
        BucketKey key = key(limit);
        Meter present = rates.get(key);
        if (present != null) {
            return present;
        }
        requireRoom(rates);
        return rates.computeIfAbsent(key, _ -> meters.meter(limit));
    }

    Occupancy occupancy(Limit limit) {
        BucketKey key = key(limit);
        Occupancy present = occupancies.get(key);
        if (present != null) {
            return present;
        }
        requireRoom(occupancies);
        return occupancies.computeIfAbsent(key, _ -> meters.occupancy(limit));
    }

    /** Forgets a meter that was retired. */
    void forget(Limit limit, Meter retired) {
        rates.remove(key(limit), retired);
    }

    void forget(Limit limit, Occupancy retired) {
        occupancies.remove(key(limit), retired);
    }

    /** Forgets what holds nothing. */
    void sweep() {
        long at = now.getAsLong();
        rates.values().removeIf(meter -> meter.retireIfIdle(at));
        occupancies.values().removeIf(occupancy -> occupancy.retireIfIdle(at));
    }

    int size() {
        return rates.size() + occupancies.size();
    }

    private static BucketKey key(Limit limit) {
        return new BucketKey(limit.rule(), limit.organization(), limit.id());
    }

    private void requireRoom(ConcurrentHashMap<BucketKey, ?> map) {
        if (map.mappingCount() >= BUCKETS_MAX) {
            sweep();
            if (map.mappingCount() >= BUCKETS_MAX) {
                throw new GantryException(
                        ErrorCode.OVERLOADED,
                        "More rate limits are in use than this node keeps; try again in a minute");
            }
        }
    }
}
